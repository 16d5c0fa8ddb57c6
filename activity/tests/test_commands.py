import io

import pytest
from django.core.management import call_command
from django.db import connection

from activity.management.commands import fold_statements
from activity.models import Event, NameChange, Unfolded
from activity.tests.factories import a_statement, store
from learners.models import Learner
from learners.tests.factories import LearnerFactory
from riskscoring.models import RiskScore

pytestmark = pytest.mark.django_db


@pytest.fixture
def riya(db):
    return LearnerFactory(email="riya@example.org")


def call(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_fold_once_does_all_that_waits(riya, monkeypatch):
    monkeypatch.setattr("activity.folding.BATCH", {connection.vendor: 2})
    store(*[a_statement() for _ in range(5)])
    assert call("fold_statements") == ("5 statements folded\n", "")
    assert Event.objects.count() == 5


def test_fold_once_asks_about_all_actors(monkeypatch):
    monkeypatch.setattr("activity.actors.CHUNK", {connection.vendor: 1})
    store(*[a_statement(email=f"riya{number}@example.org") for number in range(3)])
    call("fold_statements")
    Learner.objects.bulk_create(
        [Learner(name="Riya", uid=f"r{number}", email=f"riya{number}@example.org") for number in range(3)]
    )
    NameChange.objects.create(learner=None)
    assert call("fold_statements") == ("3 statements folded\n", "")
    assert Event.objects.count() == 3


def test_fold_in_a_loop_does_rounds_until_it_is_told_to_stop(riya, monkeypatch):
    store(a_statement())
    rounds = []

    def loop(work, *, idle_seconds, pause_seconds):
        assert 0 < idle_seconds <= 0.2  # a statement is to reach the score within a second
        rounds.extend([work(lambda: False), work(lambda: False)])

    monkeypatch.setattr(fold_statements, "work_until_told_to_stop", loop)
    call("fold_statements", "--loop")
    assert rounds == [1, 0]


def test_rebuild_facts_mends_what_is_wrong_with_them(riya):
    store(a_statement(score=0.8, type="http://adlnet.gov/expapi/activities/assessment"))
    call("fold_statements")
    Learner.objects.update(avg_quiz_score=3)
    RiskScore.objects.all().delete()
    assert call("rebuild_facts") == ("1 learners changed\n", "")
    riya.refresh_from_db()
    assert riya.avg_quiz_score == 80
    assert RiskScore.objects.get().learner == riya
    assert call("rebuild_facts") == ("0 learners changed\n", "")


def test_rebuild_events_mends_what_was_read_wrongly(riya, monkeypatch):
    monkeypatch.setattr("activity.rebuilding.CHUNK", 2)
    positions = store(*[a_statement(score=0.8) for _ in range(5)])
    call("fold_statements")
    Event.objects.filter(pk=positions[0]).update(mark=3)
    Event.objects.filter(pk=positions[1]).delete()
    before = Event.objects.get(pk=positions[2])
    out, err = call("rebuild_facts", "--events")
    assert out.startswith("5 statements read again\n")
    assert err.splitlines()[-1] == "5 statements read"
    assert {event.mark for event in Event.objects.all()} == {80}
    assert Event.objects.count() == 5
    assert Event.objects.get(pk=positions[2]) == before
    assert not Unfolded.objects.exists()
