from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jobs.cleanup import clean_up
from jobs.models import JobRun
from jobs.queueing import do_tasks
from jobs.tests.factories import a_run
from jobs.tests.test_queueing import note

pytestmark = pytest.mark.django_db


def test_what_is_old_is_thrown_away_and_nothing_else(worker):
    now = timezone.now()
    a_run(status=JobRun.Status.DONE, finished_at=now - timedelta(days=91))
    kept = {a_run(status=JobRun.Status.DONE, finished_at=now - timedelta(days=89)), a_run()}
    for word in ("old", "new"):
        note.enqueue(word)
    do_tasks()
    note.enqueue("waits")
    DBTaskResult.objects.filter(args_kwargs__args=["old"]).update(finished_at=now - timedelta(days=15))
    Session.objects.create(session_key="over", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="open", expire_date=now + timedelta(days=1))
    assert clean_up() == {"runs": 1, "tasks": 1, "sessions": 1}
    assert set(JobRun.objects.all()) == kept
    assert DBTaskResult.objects.count() == 2
    assert Session.objects.get().session_key == "open"
