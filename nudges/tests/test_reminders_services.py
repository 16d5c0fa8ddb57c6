"""One reminder a learner and day, however often, by how many, and whatever breaks."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.core.management import call_command

from activity.models import Attendance, Interruption, Lesson, LessonProgress, Session, UsualHour
from jobs.models import JobRun
from learners.tests.factories import CohortFactory, ContactPreferenceFactory, LearnerFactory
from learners.zones import zone_of
from nudges.gate import policies
from nudges.gate.rules import Policy
from nudges.models import Campaign, FallbackTemplate, Nudge, NudgeBatch, NudgeEvent
from nudges.reminders import services
from nudges.reminders.rules import Window, is_open, local_day
from nudges.reminders.services import plan_day, reminder_campaign, send_reminders, switch_reminders
from nudges.tests.factories import FallbackTemplateFactory, NudgeFactory
from nudges.writers import WriterFailed
from riskscoring.models import RiskScore

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = NOW.date()
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _texts(db):
    FallbackTemplateFactory(body="Hi {first_name}, {task} is for {deadline}: {link} – {coordinator}")


@pytest.fixture(autouse=True)
def _everybody_gets_one():
    """No holdout: these tests are about who is asked about."""
    campaign = reminder_campaign()
    campaign.holdout_percent = 0
    campaign.is_on = True
    campaign.learns_hours = True
    campaign.usual_hour = 17
    campaign.save()


@pytest.fixture
def cohort():
    return CohortFactory()


def a_learner(cohort, **fields):
    learner = LearnerFactory(program=cohort.program, cohort=cohort, **fields)
    RiskScore.objects.update_or_create(
        learner=learner,
        defaults={
            "score": 0.5,
            "label": "medium",
            "inputs_known": 4,
            "priority": 5000,
            "scorer": "rule-1",
            "as_of": TODAY,
            "computed_at": NOW,
        },
    )
    return learner


def a_lesson(cohort, day=TODAY, **fields):
    return Lesson.objects.create(
        program=cohort.program, activity_id=f"urn:{Lesson.objects.count()}", title="Loops", due_on=day, **fields
    )


def a_session(cohort, starts_at):
    return Session.objects.create(cohort=cohort, title="Class", starts_at=starts_at, ends_at=starts_at + HOUR)


def test_learner_with_an_unfinished_lesson_today_gets_one_reminder_at_the_usual_hour(cohort):
    learner, lesson = a_learner(cohort), a_lesson(cohort)

    send_reminders(NOW)

    nudge = Nudge.objects.get()
    assert (nudge.learner, nudge.goal, nudge.state) == (learner, f"lesson:{lesson.pk}", "queued")
    assert (nudge.origin, nudge.type, nudge.batch.day) == ("reminder", "reminder", TODAY)
    assert nudge.due_at == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert [event.state for event in nudge.events.all()] == ["queued"]


def test_asking_again_reminds_nobody_twice(cohort):
    a_learner(cohort)
    a_lesson(cohort)
    for minutes in (0, 0, 15, 600):
        send_reminders(NOW + timedelta(minutes=minutes))

    assert Nudge.objects.count() == NudgeEvent.objects.count() == 1
    assert NudgeBatch.objects.get().counts == {"allowed": 1}


def test_who_comes_later_into_the_window_is_in_the_same_days_batch(cohort):
    a_lesson(cohort)
    early, late = a_learner(cohort, timezone="Asia/Dhaka"), a_learner(cohort, timezone="America/New_York")

    send_reminders(NOW)
    assert [nudge.learner for nudge in Nudge.objects.all()] == [early]
    NudgeBatch.objects.update(status="done", finished_at=NOW)
    send_reminders(NOW + 4 * HOUR)

    assert set(Nudge.objects.values_list("learner", flat=True)) == {early.pk, late.pk}
    batch = NudgeBatch.objects.get()
    assert (batch.status, batch.counts, batch.finished_at) == ("running", {"allowed": 2}, None)
    assert NudgeEvent.objects.count() == 2


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "America/New_York", "UTC"])
def test_over_two_days_of_runs_each_local_day_has_its_one_reminder(cohort, zone, monkeypatch):
    """Everywhere on earth. Reminded at once, and with caps that allow one a day."""

    monkeypatch.setattr(
        policies, "DEFAULT", Policy(max_per_day=1, max_per_week=3, min_gap_hours=0, quiet_from=0, quiet_until=0)
    )
    learner = a_learner(cohort, timezone=zone)
    days = [TODAY + timedelta(days=number) for number in range(-1, 3)]
    for day in days:
        a_lesson(cohort, day)
    hours = [datetime(2026, 11, 20, tzinfo=UTC) + number * HOUR for number in range(2 * 24)]
    for now in hours:
        send_reminders(now)
    met = {local_day(zone, now) for now in hours if is_open(zone, Window(), now)}

    found = list(Nudge.objects.filter(learner=learner).order_by("batch__day").values_list("batch__day", flat=True))
    assert found == sorted(met)
    for nudge in Nudge.objects.exclude(due_at=None):
        assert nudge.due_at.astimezone(zone_of(zone)).date() == nudge.batch.day


def test_reminder_of_a_session_leaves_an_hour_before_it_at_the_latest(cohort):
    learner = a_learner(cohort)
    session = a_session(cohort, NOW + 4 * HOUR)

    send_reminders(NOW)

    nudge = Nudge.objects.get(learner=learner)
    assert nudge.goal == f"session:{session.pk}"
    assert nudge.due_at == NOW + 3 * HOUR


def test_reminder_of_a_late_session_leaves_at_the_learners_own_hour(cohort):
    learner = a_learner(cohort)
    UsualHour.objects.create(learner=learner, hour=11, events=9)
    a_session(cohort, NOW + 12 * HOUR)

    send_reminders(NOW)

    assert Nudge.objects.get(learner=learner).due_at == NOW + 2 * HOUR


def test_each_learner_is_reminded_of_their_own(cohort):
    done, other = a_learner(cohort), a_learner(cohort)
    first, second = a_lesson(cohort, order=1), a_lesson(cohort, order=2)
    LessonProgress.objects.create(learner=done, lesson=first, begun_at=NOW, last_at=NOW, completed_at=NOW)

    send_reminders(NOW)

    assert dict(Nudge.objects.values_list("learner", "goal")) == {
        done.pk: f"lesson:{second.pk}",
        other.pk: f"lesson:{first.pk}",
    }


def test_on_a_holiday_nobody_is_reminded_and_no_batch_is_made(cohort):
    a_learner(cohort)
    a_lesson(cohort)
    Interruption.objects.create(cohort=cohort, first_day=TODAY, last_day=TODAY)

    assert send_reminders(NOW) == {}
    assert not NudgeBatch.objects.exists()


def test_excused_learner_is_not_reminded(cohort):
    learner = a_learner(cohort)
    Attendance.objects.create(session=a_session(cohort, NOW + 4 * HOUR), learner=learner, answer="excused")

    assert send_reminders(NOW) == {}


def test_who_had_a_nudge_is_left_out_with_the_reason(cohort):
    learner = a_learner(cohort)
    a_lesson(cohort)
    NudgeFactory(learner=learner, state="delivered", due_at=NOW - HOUR, sent_at=NOW - HOUR)

    counts = send_reminders(NOW)

    nudge = Nudge.objects.get(origin="reminder")
    assert (nudge.state, nudge.reason) == ("suppressed", "capped_day")
    assert counts == {"capped_day": 1}


def test_holdout_gets_none_and_is_kept(cohort):
    Campaign.objects.update(holdout_percent=50, salt=1)
    for _ in range(20):
        a_learner(cohort)
    a_lesson(cohort)

    counts = send_reminders(NOW)

    assert counts["holdout"] + counts["allowed"] == 20
    assert 0 < counts["holdout"] < 20
    assert Nudge.objects.filter(arm="holdout", state="suppressed").count() == counts["holdout"]


def test_learner_reads_a_template_that_names_minutes_where_they_are_known_and_else_one_that_does_not(cohort):
    longer = FallbackTemplateFactory(body="Hi {first_name}, {task}, {deadline}, {minutes} minutes: {link}")
    other = CohortFactory(program__name="Another")
    one, two = a_learner(cohort), a_learner(other)
    a_lesson(cohort, minutes=20)
    a_lesson(other)

    send_reminders(NOW)

    assert Nudge.objects.get(learner=one).template == longer
    assert Nudge.objects.get(learner=two).template != longer
    assert Nudge.objects.get(learner=two).state == "queued"


def test_first_channel_that_is_open_is_used(cohort):
    FallbackTemplateFactory(channel="email", subject="{task}", body="Hi {first_name}, {task}: {link} – {coordinator}")
    learner = a_learner(cohort)
    ContactPreferenceFactory(learner=learner, channel="in-app", allowed=False)
    ContactPreferenceFactory(learner=learner, channel="email")
    a_lesson(cohort)

    send_reminders(NOW)

    assert Nudge.objects.get().channel == "email"


def test_every_run_leaves_a_row_with_its_counts(cohort):
    a_learner(cohort)
    a_lesson(cohort)
    send_reminders(NOW)
    send_reminders(NOW)

    second, first = JobRun.objects.filter(name="send_reminders")
    assert (first.status, first.counts, first.error) == ("done", {"allowed": 1}, "")
    assert (second.status, second.counts) == ("done", {})
    assert first.finished_at >= first.started_at


def test_error_half_way_leaves_a_failed_row_and_the_next_run_does_the_rest(cohort):
    """The first day is planned and stays so; the second fails in the middle and leaves nothing behind."""
    now = datetime(2026, 11, 20, 19, tzinfo=UTC)
    a_lesson(cohort, TODAY)
    a_lesson(cohort, TODAY + timedelta(days=1))
    here, there = a_learner(cohort), a_learner(cohort, timezone="Pacific/Kiritimati")
    original, calls = services._leave_before_the_session, []

    def fails_the_second_time(batch):
        calls.append(batch.day)
        if len(calls) == 2:
            assert Nudge.objects.filter(learner=there).exists()
            raise RuntimeError("the power went")
        original(batch)

    with mock.patch.object(services, "_leave_before_the_session", fails_the_second_time), pytest.raises(RuntimeError):
        send_reminders(now)

    assert [nudge.learner for nudge in Nudge.objects.all()] == [here]
    run = JobRun.objects.get()
    assert (run.status, run.counts) == ("failed", {"allowed": 1})
    assert "the power went" in run.error

    send_reminders(now)
    assert sorted(Nudge.objects.values_list("learner", "batch__day")) == sorted(
        [(here.pk, TODAY), (there.pk, TODAY + timedelta(days=1))]
    )
    assert JobRun.objects.filter(status="done").count() == 1


@pytest.mark.parametrize("status", ["paused", "cancelled"])
def test_day_that_somebody_held_back_stays_held(cohort, status):
    a_lesson(cohort)
    a_learner(cohort)
    send_reminders(NOW)
    NudgeBatch.objects.update(status=status)
    a_learner(cohort)

    assert send_reminders(NOW) == {"day_held_back": 1}
    assert Nudge.objects.count() == 1


def test_templates_that_are_missing_are_an_error_that_ops_see(cohort):
    a_learner(cohort)
    a_lesson(cohort)
    FallbackTemplate.objects.all().delete()

    with pytest.raises(WriterFailed):
        send_reminders(NOW)
    assert JobRun.objects.get().status == "failed"
    assert not NudgeBatch.objects.exists()


def test_there_is_one_campaign_of_reminders_and_it_begins_switched_off():
    Campaign.objects.all().delete()
    assert reminder_campaign() == reminder_campaign()
    assert not reminder_campaign().is_on
    Campaign.objects.all().delete()
    Campaign.objects.create(name=services.NAME, type="kudos")
    assert reminder_campaign().is_reminder


def test_nothing_is_sent_while_the_reminders_are_switched_off(cohort):
    a_learner(cohort)
    a_lesson(cohort)

    switch_reminders(on=False)

    assert send_reminders(NOW) == {"switched_off": 1}
    assert not Nudge.objects.exists()
    assert JobRun.objects.get().counts == {"switched_off": 1}
    switch_reminders(on=True)
    assert send_reminders(NOW) == {"allowed": 1}


def test_switched_off_what_waits_is_held_and_switched_on_it_goes_on(cohort):
    a_learner(cohort)
    a_lesson(cohort)
    switch_reminders(on=True)
    send_reminders(NOW)

    switch_reminders(on=False)
    assert NudgeBatch.objects.get().status == "paused"
    switch_reminders(on=True)
    assert NudgeBatch.objects.get().status == "running"
    assert reminder_campaign().is_on


def test_number_of_statements_does_not_grow_with_learners(cohort, django_assert_max_num_queries):
    a_lesson(cohort)
    for _ in range(30):
        a_learner(cohort)
    campaign = reminder_campaign()
    with django_assert_max_num_queries(60):
        plan_day(campaign, day=TODAY, now=NOW)


def test_day_on_which_nobody_has_anything_leaves_no_batch(cohort):
    a_learner(cohort)
    assert plan_day(reminder_campaign(), day=date(2026, 11, 20), now=NOW) == {}
    assert not NudgeBatch.objects.exists()


def test_product_comes_with_texts_for_every_channel(cohort):
    FallbackTemplate.objects.all().delete()
    call_command("loaddata", "fallback_templates", verbosity=0)
    a_learner(cohort)
    a_learner(cohort, language="bn")
    a_lesson(cohort, minutes=20)

    send_reminders(NOW)

    assert set(Nudge.objects.values_list("state", "language")) == {("queued", "en"), ("queued", "bn")}
    assert all("minutes" in nudge.wording.body for nudge in Nudge.objects.all())
