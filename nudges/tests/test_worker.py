import pytest
from django.db import OperationalError
from django.utils import timezone

from nudges import batches
from nudges.tests.factories import NudgeFactory
from nudges.worker import work

pytestmark = pytest.mark.django_db


def fail_with(error):
    def advance(now):
        raise error

    return advance


def test_batches_are_brought_on_before_delivery(monkeypatch):
    now = timezone.now()
    nudge = NudgeFactory(state="draft")

    def advance(now):
        nudge.state, nudge.due_at = "queued", now
        nudge.save(update_fields=["state", "due_at"])
        return 1

    monkeypatch.setattr(batches, "advance", advance)
    assert work() == 2
    nudge.refresh_from_db()
    assert nudge.state == "delivered"
    assert nudge.due_at > now


def test_bug_in_a_batch_holds_up_nobody_elses_nudge(monkeypatch, caplog):
    monkeypatch.setattr(batches, "advance", fail_with(RuntimeError("a bug")))
    nudge = NudgeFactory(state="queued", due_at=timezone.now())
    assert work() == 1
    nudge.refresh_from_db()
    assert nudge.state == "delivered"
    assert "could not be brought on" in caplog.text


def test_database_that_is_away_ends_the_round(monkeypatch):
    monkeypatch.setattr(batches, "advance", fail_with(OperationalError("gone")))
    with pytest.raises(OperationalError):
        work()
