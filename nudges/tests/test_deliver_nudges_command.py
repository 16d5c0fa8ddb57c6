import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from nudges.management.commands import deliver_nudges
from nudges.tests.factories import NudgeFactory

pytestmark = pytest.mark.django_db


def test_once_delivers_what_waits_and_ends():
    nudge = NudgeFactory(state="queued", due_at=timezone.now())
    out = io.StringIO()
    call_command("deliver_nudges", stdout=out)
    nudge.refresh_from_db()
    assert nudge.state == "delivered"
    assert out.getvalue() == "1 nudges looked at\n"


def test_loop_works_until_it_is_told_to_stop(monkeypatch):
    asked = []

    def loop(work, *, idle_seconds):
        assert idle_seconds > 0
        asked.append(work(lambda: True))

    monkeypatch.setattr(deliver_nudges, "work_until_told_to_stop", loop)
    NudgeFactory(state="queued", due_at=timezone.now())
    call_command("deliver_nudges", "--loop")
    assert asked == [0]
