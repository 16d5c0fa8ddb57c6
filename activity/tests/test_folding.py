from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError
from django.utils import timezone

from activity import folding
from activity.folding import fold
from activity.models import Actor, Event, PoisonedMessage, Unfolded
from activity.tests.factories import (
    ADL,
    AccessKeyFactory,
    a_statement,
    a_voiding,
    an_account,
    store,
)
from learners.tests.factories import LearnerFactory
from riskscoring.models import RiskScore

pytestmark = pytest.mark.django_db


@pytest.fixture
def riya(db):
    return LearnerFactory(uid="learner_001", email="Riya@example.org")


def test_statement_of_a_known_learner_becomes_an_event(riya):
    key = AccessKeyFactory(name="Moodle")
    at = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
    [position] = store(a_statement(score=0.855, timestamp=at, name="Fractions"), key=key)
    assert fold() == 1
    event = Event.objects.get()
    assert (event.position, event.learner) == (position, riya)
    assert (event.verb, event.object_id) == (ADL + "completed", "https://example.org/lessons/1")
    assert (event.mark, event.occurred_at, event.source) == (Decimal("85.50"), at, "Moodle")
    assert event.lesson.title == "Fractions"
    assert not Unfolded.objects.exists()


def test_inputs_and_score_follow(riya):
    at = timezone.now() - timedelta(hours=1)
    store(a_statement(score=0.5, timestamp=at, type="http://adlnet.gov/expapi/activities/assessment"))
    fold()
    riya.refresh_from_db()
    assert riya.last_login == at
    assert riya.avg_quiz_score == 50
    assert RiskScore.objects.get().learner == riya


def test_statement_of_a_stranger_stays_and_makes_no_event():
    store(a_statement(email="nobody@example.org"))
    assert fold() == 1
    assert not Event.objects.exists()
    assert not Unfolded.objects.exists()
    assert Actor.objects.get().learner is None


def test_statement_of_a_group_or_of_nobody_makes_no_event(riya):
    members = [{"mbox": "mailto:riya@example.org"}]
    store(
        a_statement(actor={"objectType": "Group", "member": members}),
        a_statement(actor={"objectType": "Group", "mbox": "mailto:riya@example.org"}),
    )
    assert fold() == 2
    assert not Event.objects.exists()


def test_folding_again_changes_nothing(riya):
    positions = store(a_statement(score=1), a_statement(verb="initialized"))
    fold()
    before = list(Event.objects.order_by("position").values())
    folding.fold_again(positions)
    assert fold() == 2
    assert list(Event.objects.order_by("position").values()) == before


def test_nothing_to_fold_is_nothing_done():
    assert fold() == 0


def test_no_more_than_the_limit_and_the_newest_first(riya):
    positions = [store(a_statement(object=f"https://example.org/{number}"))[0] for number in range(3)]
    assert fold(limit=2) == 2
    assert set(Event.objects.values_list("position", flat=True)) == set(positions[1:])
    assert fold(limit=2) == 1
    assert Event.objects.count() == 3


@pytest.mark.parametrize("voided_first", [True, False])
@pytest.mark.parametrize("folded_between", [True, False])
def test_voided_statement_has_no_event_whichever_comes_first(riya, voided_first, folded_between):
    statement = a_statement(score=1, type="http://adlnet.gov/expapi/activities/assessment")
    both = [statement, a_voiding(statement)]
    for one in reversed(both) if voided_first else both:
        store(one)
        if folded_between:
            fold()
    fold()
    assert not Event.objects.exists()
    riya.refresh_from_db()
    assert (riya.avg_quiz_score, riya.last_login) == (None, None)
    assert not Unfolded.objects.exists()


def test_voiding_leaves_the_other_events(riya):
    kept, taken = a_statement(score=0.4), a_statement(score=0.9)
    positions = store(kept, taken)
    fold()
    store(a_voiding(taken))
    fold()
    assert list(Event.objects.values_list("position", flat=True)) == [positions[0]]


def test_voiding_of_what_is_not_there_waits_for_nothing():
    store(a_voiding(a_statement()))
    assert fold() == 1


def test_statement_about_another_is_a_sign_of_life(riya):
    store(a_statement(verb="commented", object={"objectType": "StatementRef", "id": a_statement()["id"]}))
    fold()
    event = Event.objects.get()
    assert (event.object_id, event.object_type, event.lesson) == ("", "StatementRef", None)


def test_statement_that_breaks_us_is_set_aside_and_the_others_go_on(riya, monkeypatch, caplog):
    good, bad = a_statement(), a_statement(object="https://example.org/bad")
    _, position = store(good, bad)
    read_event = folding.read_event

    def breaks(statement, *args, **more):
        if statement["id"] == bad["id"]:
            raise ZeroDivisionError("no such mark")
        return read_event(statement, *args, **more)

    monkeypatch.setattr(folding, "read_event", breaks)
    assert fold() == 1
    assert Event.objects.count() == 1
    assert not Unfolded.objects.exists()
    message = PoisonedMessage.objects.get()
    assert message.stream_id == f"fold-{position}"
    assert message.reason == "ZeroDivisionError: no such mark"
    assert bad["id"] in message.content
    assert str(position) in caplog.text


def test_statement_set_aside_twice_counts_its_tries_and_can_be_folded_when_mended(riya, monkeypatch):
    [position] = store(a_statement())
    with monkeypatch.context() as broken:
        broken.setattr(folding, "read_event", lambda *args, **more: 1 / 0)
        fold()
        PoisonedMessage.objects.update(resolved_at=timezone.now())
        folding.fold_again([position])
        fold()
    message = PoisonedMessage.objects.get()
    assert (message.tries, message.resolved_at) == (2, None)
    folding.fold_again([position])
    assert fold() == 1
    assert Event.objects.get().position == position


def test_reason_that_quotes_what_can_not_be_stored_is_stored(riya, monkeypatch):
    def breaks(*args, **more):
        raise ValueError("a zero \x00 and half a pair \ud800")

    store(a_statement())
    monkeypatch.setattr(folding, "read_event", breaks)
    monkeypatch.setattr(folding.log, "disabled", True)  # parallel tests can't tell one another of half a pair
    fold()
    assert PoisonedMessage.objects.get().reason == "ValueError: a zero � and half a pair ?"


def test_place_in_the_queue_without_a_statement_is_given_up():
    folding.fold_again([1])
    assert fold() == 1
    assert not Unfolded.objects.exists()


def test_database_that_is_away_leaves_everything_as_it_was(riya, monkeypatch):
    def away(*args, **more):
        raise OperationalError("the connection is closed")

    store(a_statement())
    with monkeypatch.context() as broken:
        broken.setattr(folding, "apply_events", away)
        with pytest.raises(OperationalError):
            fold()
    assert not Event.objects.exists()
    assert not PoisonedMessage.objects.exists()
    assert fold() == 1


def test_actor_named_by_account_is_found(riya):
    store(a_statement(actor=an_account("learner_001")))
    fold()
    assert Event.objects.get().learner == riya


def test_batch_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    learners = [LearnerFactory() for _ in range(20)]
    for learner in learners:
        store(a_statement(email=learner.email, verb="initialized"))
    fold()
    for size in (2, 20):
        store(*[a_statement(email=learner.email, score=0.5) for learner in learners[:size]])
        with django_assert_max_num_queries(45):
            fold()
