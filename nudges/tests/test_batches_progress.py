from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from nudges.batches.progress import Progress, progress_of
from nudges.models import NudgeBatch
from nudges.states import State
from nudges.tests.factories import NudgeFactory


def test_the_bar_leaves_out_those_whom_the_gate_kept():
    states = Counter({State.QUEUED: 3, State.SENT: 1, State.FAILED: 1, State.SUPPRESSED: 95})
    progress = Progress("running", states, reasons={})
    assert (progress.left, progress.not_held_back) == (2, 5)


@pytest.mark.django_db
def test_who_waits_for_their_morning_is_counted_apart():
    batch, now = NudgeBatch.objects.create(status="running", channels=["email"], type="reminder"), timezone.now()
    for hours in (-1, 9, 10):
        NudgeFactory(batch=batch, state=State.QUEUED, due_at=now + timedelta(hours=hours))
    NudgeFactory(batch=batch, state=State.CANCELLED, due_at=now + timedelta(hours=9))
    progress = progress_of(batch)
    assert (progress.for_later, progress.under_way) == (2, 3)
