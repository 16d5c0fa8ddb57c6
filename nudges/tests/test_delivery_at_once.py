"""Several workers, and people beside them: on PostgreSQL, where they run at the same moment."""

from collections import Counter
from datetime import timedelta
from threading import Barrier, Lock

import pytest
from django.db import transaction
from django.utils import timezone

from learners.tests.factories import LearnerFactory
from learners.tests.threads import at_once
from nudges import gate
from nudges.channels.base import Receipt
from nudges.delivery import deliver, deliver_due, running
from nudges.delivery.claiming import claim
from nudges.models import Attempt, ChannelState, Nudge
from nudges.tests.factories import NudgeFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("postgresql")]


class Recorder:
    provider = "recorder"
    recognises_id = False

    def __init__(self):
        self.ids = []
        self.lock = Lock()

    def send(self, message):
        with self.lock:
            self.ids.append(message.id)
        return Receipt()


@pytest.fixture
def recorder(monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(running, "transport_for", lambda channel: recorder)
    return recorder


def queued(**fields):
    return NudgeFactory(state="queued", due_at=timezone.now(), **fields)


def test_two_workers_share_what_waits_and_send_each_once(recorder):
    for _ in range(80):
        queued()
    at_once(deliver_due, deliver_due)
    assert len(recorder.ids) == len(set(recorder.ids)) == 80
    assert set(Nudge.objects.values_list("state", flat=True)) == {"sent"}
    assert Attempt.objects.count() == 80


def test_button_and_worker_send_one_nudge_once(recorder):
    for _ in range(5):
        nudge = queued()
        at_once(lambda: deliver(nudge), deliver_due)  # noqa: B023  (called at once)
    assert len(recorder.ids) == len(set(recorder.ids)) == 5


def test_two_nudges_of_one_learner_see_each_other_on_two_channels(recorder):
    """The cap is one a day: whichever comes second finds the first on its way."""
    for _ in range(5):
        learner = LearnerFactory(phone="+8801700000000")
        learner.preferences.create(
            channel="sms", allowed=True, decided_at=timezone.now(), verified_at=timezone.now(), source="test"
        )
        first, second = queued(learner=learner), queued(learner=learner, channel="sms")
        at_once(lambda: deliver(first), lambda: deliver(second))  # noqa: B023
        for nudge in (first, second):  # one that found the learner held by the other is still queued
            deliver(nudge)
            nudge.refresh_from_db()
        assert sorted([first.state, second.state]) == ["sent", "suppressed"]
    assert set(Nudge.objects.filter(state="suppressed").values_list("reason", flat=True)) == {"capped_day"}


def test_learners_whom_somebody_holds_are_passed_over_and_not_waited_for(recorder):
    held, free = queued(), queued()
    inside, done = Barrier(2, timeout=30), Barrier(2, timeout=30)

    def plan():
        with transaction.atomic():
            gate.lock([held.learner_id])
            inside.wait()
            done.wait()

    def work():
        inside.wait()
        departures = claim("in-app", recorder, limit=10).departures
        done.wait()
        assert [departure.nudge_id for departure in departures] == [free.pk]

    at_once(plan, work)


def test_rate_limit_holds_for_all_workers_together(recorder):
    ChannelState.objects.create(channel="in-app", per_second=20)
    for _ in range(100):
        queued()
    taken = Counter()
    begun = timezone.now()

    def work(name):
        for _ in range(5):
            taken[name] += len(claim("in-app", recorder, limit=20).departures)

    at_once(lambda: work("one"), lambda: work("two"))
    elapsed = (timezone.now() - begun) / timedelta(seconds=1)
    assert 20 <= taken.total() <= 20 + elapsed * 20
