from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from learners.tests.factories import CohortFactory, ContactPreferenceFactory, LearnerFactory
from learners.tests.threads import at_once
from nudges import batches, planning
from nudges.audience import Audience
from nudges.batches import running
from nudges.batches.progress import planned_going, progress_of
from nudges.hooks.standing import Kind
from nudges.models import Campaign, Nudge, NudgeBatch, NudgeEvent, ProviderReport, Reply, Wording
from nudges.services import TextRefused
from nudges.situations import MISSED
from nudges.tests.factories import NudgeFactory
from nudges.wordings import Text
from nudges.worker import work
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db

NO_UNDO = timedelta(0)


def text(body="Hi {first_name}!", **changes) -> Text:
    return Text(**{"channel": "in-app", "language": "en", "body": body, "source": "template", **changes})


def drafted(learners=(), *, by=None, texts=None, **changes) -> NudgeBatch:
    given = {
        "audience": Audience(uids=tuple(learner.uid for learner in learners)),
        "channels": ["in-app"],
        "type": "reminder",
        "texts": [text()] if texts is None else texts,
        "by": by,
    }
    return batches.create(**{**given, **changes})


def started(learners=(), **changes) -> NudgeBatch:
    batch = batches.schedule(drafted(learners, **changes), by=None, undo=NO_UNDO)
    assert batches.start(batch.pk, now=timezone.now())
    batch.refresh_from_db()
    return batch


def states(batch) -> set[str]:
    return set(batch.nudges.values_list("state", flat=True))


# --- scheduling


def test_nothing_happens_before_the_time_to_take_it_back_is_over():
    batch = batches.schedule(drafted([LearnerFactory()]), by=None, undo=timedelta(seconds=30))
    assert batch.status == "scheduled"
    assert batches.advance(batch.starts_at - timedelta(seconds=1)) == 0
    assert not Nudge.objects.exists()
    assert batches.advance(batch.starts_at) == 1
    batch.refresh_from_db()
    assert (batch.status, batch.nudges.count()) == ("running", 1)


def test_a_draft_is_left_alone():
    batch = drafted([LearnerFactory()])
    work()
    assert not Nudge.objects.exists()
    assert NudgeBatch.objects.get(pk=batch.pk).status == "draft"


def test_the_time_that_is_set_leaves_time_to_take_it_back(settings):
    settings.BULK_UNDO_SECONDS = 60
    soon = timezone.now() + timedelta(seconds=1)
    batch = batches.schedule(drafted(), by=None, at=soon)
    assert batch.starts_at > soon + timedelta(seconds=50)


def test_scheduling_twice_sends_once():
    learner = LearnerFactory()
    batch = drafted([learner])
    stale = NudgeBatch.objects.get(pk=batch.pk)
    batches.schedule(batch, by=None, undo=NO_UNDO)
    work()
    batches.schedule(stale, by=None, undo=NO_UNDO)
    work()
    assert Nudge.objects.count() == 1


def test_undo_before_the_start_reaches_nobody():
    batch = batches.schedule(drafted([LearnerFactory()]), by=None, undo=timedelta(seconds=30))
    batches.undo(batch)
    assert batches.advance(timezone.now() + timedelta(days=1)) == 0
    assert (batch.status, batch.starts_at, Nudge.objects.count()) == ("draft", None, 0)


def test_undo_after_the_start_is_too_late():
    batch = started([LearnerFactory()])
    with pytest.raises(batches.TooLate, match="has started"):
        batches.undo(batch)
    assert batch.nudges.filter(state="queued").count() == 1


def test_text_with_a_problem_starts_nothing():
    batch = drafted([LearnerFactory()], texts=[text("You are at risk")])
    with pytest.raises(TextRefused):
        batches.schedule(batch, by=None)
    batch.refresh_from_db()
    assert batch.status == "draft"


def test_only_a_drafts_words_can_be_changed():
    batch = drafted([LearnerFactory(consecutive_missed_sessions=3)])
    wording = batch.wordings.get()
    batches.change_words(batch, {wording.pk: ("", "Missed {missed_sessions}\r\n")})
    wording.refresh_from_db()
    assert (wording.body, wording.needs, wording.edited) == ("Missed {missed_sessions}", MISSED, True)
    batches.schedule(batch, by=None)
    batches.change_words(batch, {wording.pk: ("", "Something else")})
    assert Wording.objects.get().body == "Missed {missed_sessions}"


def test_words_that_are_the_same_leave_no_mark():
    batch = drafted()
    wording = batch.wordings.get()
    batches.change_words(batch, {wording.pk: ("", wording.body)})
    assert not Wording.objects.get().edited


def test_only_a_draft_is_thrown_away():
    draft, scheduled = drafted(), batches.schedule(drafted(), by=None)
    assert batches.discard(draft)
    assert not batches.discard(scheduled)
    assert list(NudgeBatch.objects.all()) == [scheduled]


# --- the sums


def test_the_sums_of_preview_plan_and_log_are_the_same(coordinator):
    learners = LearnerFactory.create_batch(9, consecutive_missed_sessions=2)
    ContactPreferenceFactory(learner=learners[0], channel="in-app", allowed=False)
    ContactPreferenceFactory(learner=learners[1], channel="in-app", allowed=False)
    NudgeFactory(learner=learners[2], state="sent", due_at=timezone.now())
    learners[3].status = "finished"
    learners[3].save()
    learners[4].consecutive_missed_sessions = None
    learners[4].save()
    batch = drafted(learners, by=coordinator, texts=[text("Missed {missed_sessions}, {first_name}")])
    preview = planning.preview(batch, now=timezone.now())
    batches.schedule(batch, by=coordinator, undo=NO_UNDO)
    work()
    work()
    batch.refresh_from_db()
    progress = progress_of(batch)
    expected = {"no_consent": 2, "capped_day": 1, "finished_course": 1, "fact_missing": 1}
    assert dict(preview.not_going) == expected == dict(progress.suppressed)
    assert {code: count for code, count in batch.counts.items() if code != "allowed"} == expected
    assert preview.going == planned_going(batch) == progress.arrived == 4
    assert preview.total == progress.total == sum(batch.counts.values()) == 9
    log = NudgeEvent.objects.filter(nudge__batch=batch)
    assert log.filter(state="suppressed").count() == 5
    assert log.filter(state="delivered").count() == 4
    assert batch.status == "done"


def test_who_sends_a_batch_answers_for_it_not_who_drafted_it(coordinator, staff):
    batch = drafted([LearnerFactory()], by=coordinator)
    batches.schedule(batch, by=staff, undo=NO_UNDO)
    batches.start(batch.pk, now=timezone.now())
    nudge = batch.nudges.get()
    assert (nudge.created_by, nudge.events.get().by, nudge.goal) == (staff, staff, "reminder")
    assert nudge.correlation_id == batch.uuid


def test_automatic_batch_needs_data():
    RiskScoreFactory(priority=9000, inputs_known=1)
    assert started(audience=Audience(above=7000)).nudges.get().reason == "not_enough_data"


# --- pause, resume, cancel


def test_what_is_paused_does_not_leave_and_goes_on_later():
    batch = started(LearnerFactory.create_batch(2))
    batches.pause(batch)
    work()
    assert states(batch) == {"queued"}
    batches.resume(batch)
    work()
    assert states(batch) == {"delivered"}


def test_what_was_cancelled_is_written_down_for_each(coordinator):
    batch = started(LearnerFactory.create_batch(3))
    sent = batch.nudges.first()
    Nudge.objects.filter(pk=sent.pk).update(state="delivered")
    batches.cancel(batch, by=coordinator)
    assert sorted(batch.nudges.values_list("state", "reason")) == [
        ("cancelled", "batch_cancelled"),
        ("cancelled", "batch_cancelled"),
        ("delivered", ""),
    ]
    events = NudgeEvent.objects.filter(nudge__batch=batch, state="cancelled")
    assert events.count() == 2
    assert set(events.values_list("by", "reason")) == {(coordinator.pk, "batch_cancelled")}
    assert (batch.status, batch.finished_at is not None) == ("cancelled", True)
    work()
    assert batch.nudges.filter(state="cancelled").count() == 2


def test_cancelling_takes_a_fixed_number_of_statements(django_assert_num_queries):
    for learners in (LearnerFactory.create_batch(2), LearnerFactory.create_batch(20)):
        batch = started(learners)
        with django_assert_num_queries(6):
            batches.cancel(batch, by=None)


@pytest.mark.parametrize("act", [batches.pause, batches.resume, batches.undo])
def test_what_is_over_is_over(act):
    batch = batches.cancel(started([LearnerFactory()]), by=None)
    with pytest.raises(batches.TooLate, match="was cancelled"):
        act(batch)


def test_scheduled_ones_can_be_cancelled_too():
    batch = batches.schedule(drafted([LearnerFactory()]), by=None)
    batches.cancel(batch, by=None)
    assert batches.advance(timezone.now() + timedelta(days=1)) == 0


# --- running


def test_a_batch_ends_when_nothing_of_it_waits():
    batch = started([LearnerFactory()])
    batches.advance(timezone.now())
    assert NudgeBatch.objects.get(pk=batch.pk).status == "running"
    work()
    work()
    batch.refresh_from_db()
    assert (batch.status, batch.finished_at is not None) == ("done", True)


def test_a_batch_for_nobody_ends_at_once():
    batch = started()
    work()
    batch.refresh_from_db()
    assert (batch.status, batch.counts) == ("done", {})


def test_what_breaks_half_way_is_done_again_from_the_beginning(monkeypatch):
    batch = batches.schedule(drafted(LearnerFactory.create_batch(3)), by=None, undo=NO_UNDO)
    real = planning.plan_batch

    def dies(batch, *, now):
        real(batch, now=now)
        raise RuntimeError("killed")

    monkeypatch.setattr(running.planning, "plan_batch", dies)
    assert batches.advance(timezone.now()) == 0
    assert not Nudge.objects.exists()
    assert NudgeBatch.objects.get(pk=batch.pk).status == "scheduled"
    monkeypatch.setattr(running.planning, "plan_batch", real)
    assert batches.advance(timezone.now()) == 1
    assert batch.nudges.count() == 3


def test_a_bug_in_one_batch_does_not_hold_up_the_others(monkeypatch):
    broken, whole = (batches.schedule(drafted([LearnerFactory()]), by=None, undo=NO_UNDO) for _ in range(2))
    real = planning.plan_batch

    def breaks_for_one(batch, *, now):
        if batch.pk == broken.pk:
            raise RuntimeError("a bug")
        return real(batch, now=now)

    monkeypatch.setattr(running.planning, "plan_batch", breaks_for_one)
    assert batches.advance(timezone.now()) == 1
    assert whole.nudges.count() == 1


def test_a_database_that_is_away_is_no_bug_of_one_batch(monkeypatch):
    batches.schedule(drafted([LearnerFactory()]), by=None, undo=NO_UNDO)

    def away(batch, *, now):
        raise OperationalError("gone")

    monkeypatch.setattr(running.planning, "plan_batch", away)
    with pytest.raises(OperationalError), transaction.atomic():
        batches.advance(timezone.now())


def test_a_batch_whose_filter_is_gone_reaches_nobody():
    cohort = CohortFactory()
    RiskScoreFactory.create_batch(3, learner__cohort=cohort)
    batch = drafted(audience=Audience(query=f"cohort={cohort.pk}"))
    batches.schedule(batch, by=None, undo=NO_UNDO)
    cohort.delete()
    work()
    batch.refresh_from_db()
    assert (batch.status, batch.halted_because, batch.nudges.count()) == ("cancelled", "audience_gone", 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.database("postgresql")  # in memory, SQLite's threads share one transaction
def test_of_several_that_start_the_same_batch_each_learner_hears_once():
    batch = batches.schedule(drafted(LearnerFactory.create_batch(20)), by=None, undo=NO_UNDO)
    now = timezone.now()
    at_once(*[lambda: batches.advance(now)] * 4)
    assert Nudge.objects.filter(state="queued").count() == 20
    assert Nudge.objects.values("learner").distinct().count() == 20
    assert NudgeEvent.objects.count() == 20
    assert sum(NudgeBatch.objects.get(pk=batch.pk).counts.values()) == 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.database("postgresql")
def test_of_undo_and_start_at_once_one_wins_whole():
    for _ in range(5):
        batch = batches.schedule(drafted([LearnerFactory()]), by=None, undo=NO_UNDO)
        told = []

        def take_back(batch=batch, told=told):
            try:
                batches.undo(batch)
            except batches.TooLate as too_late:
                told.append(too_late)

        at_once(lambda: batches.advance(timezone.now()), take_back)
        batch.refresh_from_db()
        assert (batch.status, batch.nudges.count(), len(told)) in {("draft", 0, 0), ("running", 1, 1)}


# --- rollout


@pytest.fixture
def campaign():
    return Campaign.objects.create(name="Come back", type="reminder", rollout_hours=24, is_on=True)


@pytest.fixture
def rollout(campaign):
    """Half of forty learners have it; the others wait."""
    batch = started(LearnerFactory.create_batch(40), campaign=campaign, rollout_percent=50)
    work()
    assert batch.nudges.filter(stage=0).exclude(state="delivered").count() == 0
    assert 0 < batch.nudges.filter(stage=1, state="queued", due_at=None).count() < 40
    return batch


def later(hours=25):
    return timezone.now() + timedelta(hours=hours)


def test_the_rest_waits_for_its_hours(rollout):
    assert batches.advance(later(hours=23)) == 0
    assert batches.advance(later()) == 1
    rollout.refresh_from_db()
    assert rollout.released_at is not None
    assert not rollout.nudges.filter(state="queued", due_at=None).exists()


def test_the_rest_waits_while_the_first_are_on_their_way(campaign):
    batch = started(LearnerFactory.create_batch(10), campaign=campaign, rollout_percent=50)
    assert batches.advance(later()) == 0
    batch.refresh_from_db()
    assert batch.released_at is None


def test_released_ones_leave_in_their_window(campaign):
    learner = LearnerFactory(timezone="Asia/Dhaka")
    batch = started([learner], campaign=campaign, rollout_percent=0, window_from=9, window_until=20, usual_hour=17)
    now = timezone.now().replace(hour=0, minute=30) + timedelta(days=2)  # 6:30 in Dhaka
    assert batches.advance(now) == 1
    assert batch.nudges.get().due_at == now.replace(hour=11, minute=0, second=0, microsecond=0)


def opt_out(nudge):
    Reply.objects.create(learner=nudge.learner, nudge=nudge, channel="in-app", kind="stop", at=timezone.now())


def withdraw(nudge):
    ContactPreferenceFactory(learner=nudge.learner, channel="in-app", allowed=False, decided_at=later(hours=1))


def complain(nudge):
    ProviderReport.objects.create(provider="esp", key="1", kind=Kind.COMPLAINED, nudge=nudge, at=timezone.now())


def fail_many(nudge):
    Nudge.objects.filter(batch=nudge.batch, stage=0).update(state="failed", reason="refused")


@pytest.mark.parametrize(
    ("what", "code"),
    [(opt_out, "opt_outs"), (withdraw, "opt_outs"), (complain, "complaints"), (fail_many, "failures")],
)
def test_a_limit_that_is_passed_holds_the_rest_for_a_person(rollout, what, code):
    what(rollout.nudges.filter(stage=0).first())
    assert batches.advance(later()) == 1
    rollout.refresh_from_db()
    assert (rollout.status, rollout.halted_because) == ("paused", code)
    assert rollout.nudges.filter(state="queued", due_at=None).exists()
    assert batches.advance(later(hours=100)) == 0
    batches.resume(rollout)
    assert (rollout.status, rollout.halted_because) == ("running", "")
    assert not rollout.nudges.filter(state="queued", due_at=None).exists()


def test_a_pause_by_hand_releases_nothing(rollout):
    batches.pause(rollout)
    batches.resume(rollout)
    assert rollout.released_at is None
