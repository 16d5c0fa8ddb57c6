from datetime import UTC, datetime, timedelta

import pytest

from nudges.delivery.retrying import FIRST_WAIT, MAX_TRIES, next_try, wait

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def after(tries=1, **facts):
    usual = {
        "retrying_helps": True,
        "may_have_arrived": False,
        "recognises_id": False,
        "retry_after": None,
        "chance": 1.0,
        "now": NOW,
    }
    return next_try(tries=tries, **usual | facts)


def test_waits_double():
    assert [wait(tries, 1.0) / FIRST_WAIT for tries in (1, 2, 3, 4)] == [1, 2, 4, 8]


def test_those_that_failed_together_come_back_at_different_times():
    assert wait(3, 0.25) == FIRST_WAIT
    assert wait(3, 0.5) == 2 * FIRST_WAIT


def test_nobody_comes_back_at_once():
    assert wait(1, 0.0) == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("tries", "is_tried_again"), [(1, True), (MAX_TRIES - 1, True), (MAX_TRIES, False), (9, False)]
)
def test_tries_are_limited(tries, is_tried_again):
    assert (after(tries) is not None) is is_tried_again


def test_permanent_error_is_the_end():
    assert after(retrying_helps=False) is None


def test_provider_that_names_a_time_is_left_alone_until_then():
    assert after(retry_after=7200.0) == NOW + timedelta(hours=2)
    assert after(retry_after=1.0) == NOW + FIRST_WAIT


@pytest.mark.parametrize("retrying_helps", [True, False])
def test_what_may_have_arrived_is_never_sent_blindly(retrying_helps):
    assert after(may_have_arrived=True, retrying_helps=retrying_helps) is None


@pytest.mark.parametrize("retrying_helps", [True, False])
def test_what_may_have_arrived_is_sent_again_where_it_is_recognised(retrying_helps):
    assert after(may_have_arrived=True, retrying_helps=retrying_helps, recognises_id=True) is not None


def test_even_there_tries_are_limited():
    assert after(MAX_TRIES, may_have_arrived=True, recognises_id=True) is None
