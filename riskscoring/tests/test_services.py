from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from learners.models import Learner
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory
from riskscoring.explained import risk_of
from riskscoring.models import LabelCount, RiskScore, RiskSnapshot, ScoringRun
from riskscoring.services import recompute_risk, rescore_learners

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)
TUESDAY, WEDNESDAY, SUNDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 6))
NEXT_MONDAY, NEXT_TUESDAY = MONDAY + timedelta(days=7), MONDAY + timedelta(days=8)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def learner(completed=50, quiz=50, missed=2, seen=MONDAY, **values):
    return LearnerFactory(
        completed_percent=completed,
        avg_quiz_score=quiz,
        consecutive_missed_sessions=missed,
        last_login=seen and noon(seen),
        **values,
    )


def change(person, **values):
    Learner.objects.filter(pk=person.pk).update(**values)


def recompute(as_of=MONDAY, **about):
    return recompute_risk(as_of=as_of, trigger="test", **about)


def everyone():
    return Learner.objects.all()


def days_of(person):
    return list(RiskSnapshot.objects.filter(learner=person).order_by("day").values_list("day", flat=True))


def test_scores_are_those_of_the_definition():
    people = [learner(), learner(100, 95, 0), learner(0, None, 7, None), learner(None, None, None, None)]
    recompute(TUESDAY)
    for person in people:
        risk = risk_of(person, as_of=TUESDAY)
        stored = RiskScore.objects.get(learner=person)
        assert (stored.score, stored.label, stored.inputs_known, stored.priority, stored.scorer, stored.as_of) == (
            risk.score,
            risk.label,
            risk.inputs_known,
            risk.priority,
            risk.scorer,
            TUESDAY,
        )


def test_summary_counts_by_level_and_is_recorded(staff):
    learner(0, 0, 7), learner(50, 50, 2), learner(100, 100, 0), learner(None, None, None)
    summary = recompute(started_by=staff)
    assert summary.counts == {"high": 1, "medium": 1, "low": 1, "unknown": 1}
    assert (summary.learners, summary.changed) == (4, 4)
    run = ScoringRun.objects.get()
    assert (run.started_by, run.trigger, run.as_of, run.learners, run.changed) == (staff, "test", MONDAY, 4, 4)
    assert run.counts == summary.counts
    assert run.started_at <= run.finished_at


def test_with_nobody_there_is_nothing_to_do():
    assert recompute().counts == {"high": 0, "medium": 0, "low": 0, "unknown": 0}


def test_second_run_changes_nothing():
    learner()
    recompute()
    before = RiskScore.objects.values().get()
    assert recompute().changed == 0
    assert RiskScore.objects.values().get() == before


def test_score_that_holds_keeps_the_day_from_which_it_does():
    holding, fading = learner(seen=MONDAY - timedelta(days=60)), learner(seen=MONDAY)
    recompute(TUESDAY)
    recompute(WEDNESDAY)
    recompute(SUNDAY)
    assert RiskScore.objects.get(learner=holding).as_of == WEDNESDAY  # when its change came to be known
    assert RiskScore.objects.get(learner=fading).as_of == SUNDAY


@pytest.mark.parametrize("number", [1, 30])
def test_number_of_queries_does_not_depend_on_the_number_of_learners(number, django_assert_max_num_queries):
    for _ in range(number):
        learner()
    with django_assert_max_num_queries(18):
        recompute(MONDAY)
    with django_assert_max_num_queries(18):
        recompute(TUESDAY)


def test_dry_run_tells_the_same_and_writes_nothing():
    learner(), learner(seen=MONDAY - timedelta(days=50))
    recompute(MONDAY)
    change(learner(), completed_percent=100)
    rows = [list(model.objects.values()) for model in (RiskScore, RiskSnapshot, LabelCount, ScoringRun)]
    foretold = recompute(TUESDAY, dry_run=True)
    assert [list(model.objects.values()) for model in (RiskScore, RiskSnapshot, LabelCount, ScoringRun)] == rows
    done = recompute(TUESDAY)
    assert (foretold.counts, foretold.changed, foretold.weekly) == (done.counts, done.changed, done.weekly)


def test_program_alone_is_scored():
    inside, outside = learner(program=ProgramFactory(name="A")), learner(program=ProgramFactory(name="B"))
    summary = recompute(program=inside.program)
    assert (summary.learners, summary.weekly) == (1, False)
    assert not RiskScore.objects.filter(learner=outside).exists()
    assert ScoringRun.objects.get().program == inside.program


def test_first_full_run_of_a_week_takes_everyones_snapshot():
    person = learner(seen=MONDAY - timedelta(days=60))
    assert [recompute(day).weekly for day in (TUESDAY, WEDNESDAY, SUNDAY, NEXT_MONDAY, NEXT_TUESDAY)] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert days_of(person) == [TUESDAY, NEXT_MONDAY]


@pytest.mark.parametrize(
    ("completed", "is_kept"),
    [
        (50, False),
        ("52.81", False),  # 0.0199 less
        ("52.80", False),
        ("54.10", True),
        ("45.90", True),
    ],
)
def test_day_is_kept_where_the_score_moved_by_two_hundredths(completed, is_kept):
    person = learner(50, 50, 2, MONDAY - timedelta(days=60))
    recompute(MONDAY)
    change(person, completed_percent=completed)
    recompute(TUESDAY)
    assert (days_of(person) == [MONDAY, TUESDAY]) == is_kept


def test_move_of_exactly_two_hundredths_is_kept():
    person = learner(50, 50, 2, MONDAY - timedelta(days=60))
    recompute(MONDAY)
    change(person, completed_percent=54)
    recompute(TUESDAY)
    first, second = RiskSnapshot.objects.filter(learner=person).order_by("day")
    assert first.score - second.score == Decimal("0.0200")


def test_day_is_kept_where_the_label_changed_by_a_hair():
    person = learner(20, 0, 0, MONDAY - timedelta(days=60))
    recompute(MONDAY)
    change(person, completed_percent="19.98")
    recompute(TUESDAY)
    assert [row.label for row in RiskSnapshot.objects.filter(learner=person).order_by("day")] == ["medium", "high"]


def test_day_is_kept_once_with_what_held_last():
    person = learner(50)
    recompute(MONDAY)
    for completed in (90, 10):
        change(person, completed_percent=completed)
        recompute(TUESDAY)
    assert days_of(person) == [MONDAY, TUESDAY]
    assert RiskSnapshot.objects.get(learner=person, day=TUESDAY).score == RiskScore.objects.get(learner=person).score


def test_change_is_against_the_latest_weekly_snapshot_before_the_day():
    person = learner(50, 50, 2, MONDAY - timedelta(days=60))
    recompute(MONDAY)
    assert RiskScore.objects.get(learner=person).change is None
    change(person, completed_percent=40)
    recompute(TUESDAY)
    assert RiskScore.objects.get(learner=person).change == 500
    recompute(NEXT_MONDAY)
    assert RiskScore.objects.get(learner=person).change == 500
    recompute(NEXT_TUESDAY)
    assert RiskScore.objects.get(learner=person).change == 0


def test_snapshot_of_weeks_ago_is_not_last_week():
    person = learner(50, 50, 2, MONDAY - timedelta(days=60))
    recompute(MONDAY)
    change(person, completed_percent=40)
    recompute(MONDAY + timedelta(days=28))
    assert RiskScore.objects.get(learner=person).change is None


def test_run_as_of_a_past_day_compares_with_the_week_before_that_day():
    person = learner(50, 50, 2, MONDAY - timedelta(days=60))
    recompute(MONDAY)
    change(person, completed_percent=40)
    recompute(NEXT_MONDAY)
    recompute(WEDNESDAY)
    assert RiskScore.objects.get(learner=person).change == 500


def test_label_counts_add_up_by_program_cohort_and_level():
    cohort = CohortFactory()
    for _ in range(2):
        learner(0, 0, 7, program=cohort.program, cohort=cohort)
    learner(None, None, None, program=None)
    recompute()
    assert set(LabelCount.objects.values_list("day", "program", "cohort", "level", "learners")) == {
        (MONDAY, cohort.program_id, cohort.pk, "high", 2),
        (MONDAY, None, None, "unknown", 1),
    }


def test_label_counts_of_a_day_are_replaced_not_added_to():
    person, other = learner(program=ProgramFactory(name="A")), learner(program=ProgramFactory(name="B"))
    recompute()
    change(person, completed_percent=100, avg_quiz_score=100, consecutive_missed_sessions=0)
    recompute(program=person.program)
    assert set(LabelCount.objects.values_list("program", "level", "learners")) == {
        (person.program_id, "low", 1),
        (other.program_id, "medium", 1),
    }


def test_deleted_learner_takes_the_score_and_its_history_along():
    person = learner()
    recompute()
    person.delete()
    assert not RiskScore.objects.exists()
    assert not RiskSnapshot.objects.exists()
    assert recompute(TUESDAY).learners == 0


def test_single_learner_is_rescored_and_the_others_are_left():
    person, other = learner(), learner()
    recompute(MONDAY)
    Learner.objects.update(completed_percent=100)
    rescore_learners(everyone().filter(pk=person.pk), as_of=TUESDAY)
    assert RiskScore.objects.get(learner=person).as_of == TUESDAY
    assert RiskScore.objects.get(learner=other).as_of == MONDAY
    assert days_of(person) == [MONDAY, TUESDAY]
    assert ScoringRun.objects.count() == 1


def test_new_learner_gets_a_score_and_a_snapshot_at_once():
    person = learner()
    rescore_learners(everyone(), as_of=MONDAY)
    assert RiskScore.objects.get(learner=person).change is None
    assert days_of(person) == [MONDAY]


@pytest.mark.parametrize("trigger", [None, "import"])
def test_rescoring_twice_changes_nothing(trigger):
    learner(), learner(0, 0, 7)
    rescore_learners(everyone(), as_of=MONDAY, trigger=trigger)
    before = list(RiskScore.objects.values())
    rescore_learners(everyone(), as_of=MONDAY, trigger=trigger)
    assert list(RiskScore.objects.values()) == before


def test_rescoring_nobody_does_nothing():
    learner()
    rescore_learners(everyone().none(), as_of=MONDAY, trigger="import")
    assert not RiskScore.objects.exists()
    assert not ScoringRun.objects.exists()


def test_what_changes_many_at_once_is_recorded(coordinator):
    learner(0, 0, 7), learner()
    with transaction.atomic():
        rescore_learners(everyone().filter(name=""), as_of=MONDAY, trigger="import")
        rescore_learners(everyone(), as_of=MONDAY, trigger="import", started_by=coordinator)
    run = ScoringRun.objects.first()
    assert (run.trigger, run.started_by, run.learners, run.changed, run.weekly) == ("import", coordinator, 2, 2, False)
    assert run.counts == {"high": 1, "medium": 1, "low": 0, "unknown": 0}


def test_rescoring_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    for _ in range(20):
        learner()
    with django_assert_max_num_queries(8):
        rescore_learners(everyone(), as_of=MONDAY)


def test_failed_run_leaves_everything_as_it_was(monkeypatch):
    learner()

    def fail(*args, **about):
        raise RuntimeError("disk full")

    monkeypatch.setattr("riskscoring.statements.replace_label_counts", fail)
    with pytest.raises(RuntimeError):
        recompute()
    assert not RiskScore.objects.exists()
    monkeypatch.undo()
    assert recompute().changed == 1


def test_scores_are_stored_as_the_orm_would_store_them():
    person = learner()
    recompute()
    stored = RiskScore.objects.get()
    assert RiskScore.objects.filter(learner=person, score=stored.score).exists()
    stored.save()
    assert recompute().changed == 0
