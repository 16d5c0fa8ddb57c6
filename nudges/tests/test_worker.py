import pytest
from django.db import OperationalError
from django.utils import timezone

from nudges import bulk
from nudges.models import NudgeBatch
from nudges.tests.factories import NudgeFactory
from nudges.worker import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch() -> NudgeBatch:
    return NudgeBatch.objects.create(channel="in-app", type="reminder", started_at=timezone.now())


def fail_with(error):
    def queue_chunk(batch_pk):
        raise error

    return queue_chunk


def test_bulk_nudge_with_a_bug_holds_up_nobody_elses_nudge(batch, monkeypatch, caplog):
    monkeypatch.setattr(bulk, "queue_chunk", fail_with(RuntimeError("a bug")))
    nudge = NudgeFactory(state="queued", queued_at=timezone.now(), content="Hi")
    assert work() == 1
    nudge.refresh_from_db()
    assert nudge.state == "delivered"
    assert "could not be queued" in caplog.text


def test_database_that_is_away_ends_the_round(batch, monkeypatch):
    monkeypatch.setattr(bulk, "queue_chunk", fail_with(OperationalError("gone")))
    with pytest.raises(OperationalError):
        work()
