"""What reports mean together: the same in every order, however often they are told."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudges.hooks.standing import Kind, Standing, standing_of, step
from nudges.states import State


def end_after(told, begin=State.SENT):
    """The state of a nudge to which these reports came one after the other."""
    state, reason, known = begin, "", []
    for kind in told:
        known.append(kind)
        standing = standing_of(known)
        if standing and (taken := step(state, reason, standing)):
            state, reason = taken.state, taken.reason
    return state, reason


@pytest.mark.parametrize(
    ("kinds", "state", "reason"),
    [
        (["accepted"], State.SENT, ""),
        (["sent", "delivered"], State.DELIVERED, ""),
        (["deferred", "delivered"], State.DELIVERED, ""),
        (["sent", "delivered", "read"], State.DELIVERED, ""),
        (["sent", "undelivered"], State.FAILED, "undelivered"),
        (["undelivered", "bounced"], State.FAILED, "bounced"),
        (["delivered", "bounced"], State.FAILED, "bounced"),  # the server had said yes too early
        (["bounced", "read"], State.DELIVERED, ""),  # somebody has read it
        (["delivered", "complained"], State.DELIVERED, ""),
        (["opted_out"], State.FAILED, "unsubscribed"),
        (["opened", "clicked"], State.SENT, ""),  # scanners do that
        (["other", "inbound"], State.SENT, ""),
    ],
)
def test_reports_in_every_order_end_alike(kinds, state, reason):
    for told in permutations(kinds):
        assert end_after(told) == (state, reason), told
        assert end_after([*told, *told]) == (state, reason)


@given(st.permutations([kind.value for kind in Kind if kind != Kind.INBOUND]), st.integers(1, 12))
def test_any_of_all_reports_end_as_they_do_in_their_own_order(told, count):
    some = told[:count]
    assert end_after(some) == end_after(sorted(some))


@given(st.permutations([kind.value for kind in Kind]), st.sampled_from([State.SENDING, State.SENT, State.FAILED]))
def test_one_whose_answer_was_lost_ends_where_the_reports_say(told, begin):
    assert end_after(told, begin) == (State.DELIVERED, "")


def test_no_report_says_nothing():
    assert standing_of([]) is None
    assert standing_of(["opened"]) is None


@pytest.mark.parametrize("state", [State.DRAFT, State.SUPPRESSED, State.CANCELLED])
@pytest.mark.parametrize(
    "standing", [Standing(State.SENT), Standing(State.DELIVERED), Standing(State.FAILED, "bounced")]
)
def test_what_never_left_is_moved_by_no_report(state, standing):
    assert step(state, "", standing) is None


def test_one_that_waits_to_be_tried_again_is_not_sent_again_once_it_is_known_to_have_been_taken():
    assert step(State.QUEUED, "provider_busy", Standing(State.DELIVERED)) == Standing(State.DELIVERED)
    assert step(State.QUEUED, "provider_busy", Standing(State.SENT)) == Standing(State.SENT)
    undelivered = Standing(State.FAILED, "undelivered")
    assert step(State.QUEUED, "provider_busy", undelivered) == undelivered
