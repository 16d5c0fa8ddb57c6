"""Staff see who would get what, by page, API and command; and looking changes nothing."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from activity.models import Lesson, LessonProgress
from jobs.models import JobRun
from learners.tests.factories import ContactPreferenceFactory, LearnerFactory, ProgramFactory
from nudges.delivery import deliver_due
from nudges.models import Campaign, FallbackTemplate, Nudge, NudgeBatch, NudgeEvent, Wording
from nudges.reminders.rehearsal import NOT_YET, OVER, rehearse
from nudges.reminders.services import reminder_campaign, send_reminders
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory
from riskscoring.models import RiskScore

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
TODAY = NOW.date()


@pytest.fixture
def lesson(db):
    FallbackTemplateFactory(body="Hi {first_name}, {task} is for {deadline}: {link} – {coordinator}")
    program = ProgramFactory(course_url="https://learn.example.org/python")
    return Lesson.objects.create(program=program, activity_id="urn:1", title="Loops", due_on=TODAY)


def a_learner(lesson, **fields):
    learner = LearnerFactory(program=lesson.program, **fields)
    RiskScore.objects.create(
        learner=learner,
        score=0.5,
        label="medium",
        inputs_known=4,
        priority=5000,
        scorer="rule-1",
        as_of=TODAY,
        computed_at=NOW,
    )
    return learner


def no_holdout():
    """And switched on."""
    campaign = reminder_campaign()
    campaign.holdout_percent, campaign.is_on = 0, True
    campaign.save()


def what_is_stored():
    return [model.objects.count() for model in (Campaign, NudgeBatch, Wording, Nudge, NudgeEvent, JobRun)]


def test_rehearsal_says_both_sides_and_stores_nothing(lesson):
    no_holdout()
    goes = a_learner(lesson, name="Riya Sen", timezone="Asia/Dhaka")
    stays = a_learner(lesson)
    NudgeFactory(learner=stays, state="delivered", due_at=NOW - timedelta(hours=1))
    early = a_learner(lesson, timezone="America/New_York")
    late = a_learner(lesson, timezone="Australia/Sydney")
    before = what_is_stored()

    found = rehearse(NOW)

    assert (found.going, found.not_going) == (1, 1)
    (reminder,) = found.reminders
    assert (reminder.learner, reminder.task, reminder.channel) == (goes, "Loops", "in-app")
    assert reminder.content == "Hi Riya, Loops is for today: https://learn.example.org/python – Your learning team"
    assert f"{reminder.leaves_at:%Y-%m-%d %H:%M}" == f"{TODAY} 17:00"
    assert [(side.code, side.learners) for side in found.staying] == [("capped_day", [stays])]
    assert {side.code: side.learners for side in found.waiting} == {NOT_YET: [early], OVER: [late]}
    assert what_is_stored() == before


def test_rehearsal_promises_what_then_happens(lesson):
    for _ in range(12):
        a_learner(lesson)
    no_holdout()
    Campaign.objects.update(holdout_percent=30, salt=3)
    found = rehearse(NOW)

    counts = send_reminders(NOW)

    assert counts["allowed"] == found.going
    assert counts["holdout"] == found.not_going
    queued = Nudge.objects.filter(state="queued")
    assert set(queued.values_list("learner", flat=True)) == {one.learner.pk for one in found.reminders}
    again = rehearse(NOW)
    assert (again.going, again.not_going, again.planned) == (0, 0, 12)


def test_who_looks_before_there_ever_was_a_run_sees_the_same_groups_each_time(lesson):
    for _ in range(30):
        a_learner(lesson)
    first, second = rehearse(NOW), rehearse(NOW)
    assert [one.learner for one in first.reminders] == [one.learner for one in second.reminders]
    assert not Campaign.objects.exists()


def test_page_shows_the_exact_text_and_the_reasons(staff_client, lesson):
    a_learner(lesson, name="Riya Sen")
    stays = a_learner(lesson, name="Adam Khan")
    ContactPreferenceFactory(learner=stays, channel="in-app", allowed=False)
    before = what_is_stored()

    page = staff_client.get(reverse("reminders:test"), {"at": f"{TODAY}T09:00"}).content.decode()

    assert "Loops is for today" in page or "would not" in page
    assert "Adam Khan" in page
    assert "Has not agreed to messages on this channel." in page
    assert what_is_stored() == before


def test_page_says_when_there_is_nothing_today(staff_client, db):
    FallbackTemplateFactory()
    page = staff_client.get(reverse("reminders:test")).content.decode()
    assert "Nobody has a lesson that is due today" in page


def test_page_says_when_there_is_no_text(staff_client, lesson):
    a_learner(lesson)
    FallbackTemplate.objects.all().delete()
    page = staff_client.get(reverse("reminders:test"), {"at": f"{TODAY}T09:00"}).content.decode()
    assert "There is no text for a reminder." in page


@pytest.mark.parametrize("at", ["soon", "2026-13-45T09:00", "1999-01-01T09:00", "9999-12-31T23:59"])
def test_time_that_is_none_is_refused_in_its_place(staff_client, at):
    response = staff_client.get(reverse("reminders:test"), {"at": at})
    assert response.status_code == 422
    assert "field-error" in response.content.decode()


def test_reminders_are_switched_by_one_press(staff_client, lesson):
    staff_client.post(reverse("reminders:switch"), {"on": "1"})
    assert reminder_campaign().is_on
    staff_client.post(reverse("reminders:switch"), {"on": "0"})
    assert not reminder_campaign().is_on


@pytest.mark.parametrize("name", ["reminders:test", "reminders:switch"])
def test_coordinator_may_not(coordinator_client, name):
    assert coordinator_client.post(reverse(name)).status_code == 403


def test_switch_is_not_pressed_by_looking(staff_client):
    assert staff_client.get(reverse("reminders:switch")).status_code == 405


def test_api_tells_the_same(staff_client, lesson):
    no_holdout()
    learner = a_learner(lesson, name="Riya Sen")
    before = what_is_stored()

    answer = staff_client.get("/api/debug/reminder-preview", {"as_of": NOW.isoformat()}).json()

    assert (answer["going"], answer["not_going"], answer["is_on"]) == (1, 0, True)
    (reminder,) = answer["reminders"]
    assert (reminder["learner"], reminder["goal"]) == (learner.uid, f"lesson:{lesson.pk}")
    assert reminder["text"].startswith("Hi Riya, Loops is for today")
    assert datetime.fromisoformat(reminder["leaves_at"]) == NOW.replace(hour=17)
    assert what_is_stored() == before


def test_api_reads_a_time_without_a_zone_as_utc(staff_client, lesson):
    answer = staff_client.get("/api/debug/reminder-preview", {"as_of": f"{TODAY}T09:00:00"}).json()
    assert datetime.fromisoformat(answer["as_of"]) == NOW.astimezone(UTC)


@pytest.mark.parametrize("as_of", ["soon", "1999-01-01T09:00:00Z", "9999-12-31T23:59:59Z"])
def test_api_refuses_a_time_of_which_nothing_is_known(staff_client, as_of):
    assert staff_client.get("/api/debug/reminder-preview", {"as_of": as_of}).status_code == 400


def called(*arguments):
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


def test_command_previews_without_a_trace(lesson):
    no_holdout()
    a_learner(lesson, uid="riya", name="Riya Sen")
    stays = a_learner(lesson, uid="adam")
    NudgeFactory(learner=stays, state="delivered", due_at=NOW)
    before = what_is_stored()

    out = called("--preview", "--at", f"{TODAY}T09:30")

    assert f"riya  {TODAY} 17:00 UTC  in-app  Hi Riya, Loops is for today" in out
    assert "adam  none: One more nudge would be too many for 24 hours." in out
    assert "1 would get a reminder; 1 would not:\n  1 capped_day" in out
    assert what_is_stored() == before


def test_command_sends_and_says_how_many(lesson, monkeypatch):
    no_holdout()
    a_learner(lesson)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)

    assert "1 reminders queued" in called()
    assert "0 reminders queued" in called()
    assert Nudge.objects.filter(state="queued").count() == 1
    assert JobRun.objects.filter(name="send_reminders", status="done").count() == 2


def test_command_says_that_they_are_switched_off_and_switches_them_on_when_told_to(lesson, monkeypatch):
    a_learner(lesson)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)

    assert "switched off" in called()
    assert not Nudge.objects.exists()
    assert "reminders queued" in called("--switch-on")
    assert reminder_campaign().is_on
    assert Nudge.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--at", "2026-11-20T09:00"),
        ("--preview", "--switch-on"),
        ("--preview", "--at", "soon"),
        ("--preview", "--at", "2026-13-01T09:00"),
    ],
)
def test_command_refuses_what_makes_no_sense(arguments):
    with pytest.raises(CommandError):
        called(*arguments)


def test_command_says_how_to_get_texts(lesson, monkeypatch):
    no_holdout()
    a_learner(lesson)
    FallbackTemplate.objects.all().delete()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    with pytest.raises(CommandError, match="loaddata fallback_templates"):
        called()


def test_done_between_planning_and_leaving_it_does_not_leave(lesson):
    no_holdout()
    learner = a_learner(lesson)
    send_reminders(NOW)
    LessonProgress.objects.create(learner=learner, lesson=lesson, begun_at=NOW, last_at=NOW, completed_at=NOW)
    Nudge.objects.update(due_at=timezone.now())

    deliver_due(limit=10, should_stop=lambda: False)

    nudge = Nudge.objects.get()
    assert (nudge.state, nudge.reason) == ("suppressed", "already_done")
