from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from random import Random

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from activity.models import Interruption, LearnerFacts, Lesson, Unfolded
from engagement import demo, demo_history
from engagement.demo_activity import PROGRAM, SILENT_COHORT, send_history
from engagement.demo_people import ACCOUNTS, PASSWORD
from learners.models import ContactPreference, Learner, Program
from nudges.models import Campaign, FallbackTemplate, Nudge, NudgeBatch, NudgeEvent, Task
from riskscoring.explained import holds_on
from riskscoring.models import RiskScore, RiskSnapshot, ScoringRun
from riskscoring.services import recompute_risk


def run():
    out = StringIO()
    call_command("prepare_demo", "--port", "8123", stdout=out)
    return out.getvalue()


@pytest.fixture
def small(settings, monkeypatch, db):
    settings.DEBUG = True
    monkeypatch.setattr(demo, "LEARNERS", 40)


def test_demo_needs_debug(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        run()
    assert not User.objects.exists()


def test_demo_has_accounts_learners_history_and_nudges(small, client):
    words = run()
    assert "http://127.0.0.1:8123" in words
    for account in ACCOUNTS:
        assert account.username in words
        assert client.login(username=account.username, password=PASSWORD)
    assert Learner.objects.count() == 45
    assert set(RiskScore.objects.values_list("label", flat=True)) == {"high", "medium", "low"}
    assert RiskScore.objects.count() == 45
    latest = ScoringRun.objects.latest()
    assert latest.as_of == timezone.now().date()
    assert {holds_on(score, latest) for score in RiskScore.objects.all()} == {latest.as_of}
    assert not ScoringRun.objects.filter(finished_at__gt=timezone.now()).exists()
    assert not Learner.objects.filter(last_login__gt=timezone.now()).exists()
    assert RiskSnapshot.objects.filter(day__lt=timezone.now().date() - timedelta(days=60)).exists()
    assert Nudge.objects.filter(created_at__lt=timezone.now() - timedelta(days=30)).exists()
    assert not Nudge.objects.filter(created_at__gt=timezone.now()).exists()
    assert not NudgeEvent.objects.filter(at__gt=timezone.now()).exists()
    assert Learner.objects.filter(language="bn", preferences__allowed=True, notes=None).exists()


def test_demo_has_tasks_to_do_and_a_campaign_that_waits_for_staff(small):
    run()
    assert {"help", "reply", "by_hand"} <= set(Task.objects.filter(closed_at=None).values_list("cause", flat=True))
    campaign = Campaign.objects.get(is_reminder=False)
    assert campaign.texts
    assert not campaign.is_on
    assert not campaign.approved_at
    assert not NudgeBatch.objects.exists()


def test_facts_come_to_what_the_histories_have(small, monkeypatch):
    def inputs():
        return set(Learner.objects.values_list("uid", *demo.INPUTS))

    def send_and_compare(days, *, now):
        before = inputs()
        send_history(days, now=now)
        assert inputs() == before

    monkeypatch.setattr(demo, "LEARNERS", 120)
    monkeypatch.setattr(demo, "send_history", send_and_compare)
    run()
    assert LearnerFacts.objects.filter(learner__program__name=PROGRAM, completed_percent__isnull=False).count() == 30
    assert not Unfolded.objects.exists()
    assert not Lesson.objects.filter(discovered=True).exists()
    [interruption] = Interruption.objects.all()
    assert interruption.cohort.name == SILENT_COHORT
    assert interruption.last_day == timezone.now().date() - timedelta(days=1)


def test_second_demo_touches_nothing(small, django_assert_max_num_queries):
    run()
    Learner.objects.filter(uid="demo_001").update(name="Renamed")
    Learner.objects.filter(uid="demo_002").delete()
    User.objects.get(username="ops").delete()
    with django_assert_max_num_queries(4):
        run()
    assert Learner.objects.get(uid="demo_001").name == "Renamed"
    assert not Learner.objects.filter(uid="demo_002").exists()
    assert not User.objects.filter(username="ops").exists()
    assert "  ops " not in run()


def test_demo_on_another_day_scores_as_of_that_day(small):
    run()
    ScoringRun.objects.filter(as_of=timezone.now().date()).delete()
    run()
    assert ScoringRun.objects.filter(as_of=timezone.now().date(), program=None).count() == 1


def test_demo_does_not_mix_with_real_learners(small):
    Learner.objects.create(uid="real", name="Real")
    run()
    assert Learner.objects.get().uid == "real"


def test_demo_lets_in_those_who_imported_their_learners_first(small, client):
    Learner.objects.create(uid="real", name="Real")
    assert "staff" in run()
    assert client.login(username="staff", password=PASSWORD)
    assert FallbackTemplate.objects.exists()


def test_demo_makes_no_account_beside_those_of_others_and_promises_none(small):
    Learner.objects.create(uid="real", name="Real")
    User.objects.create(username="their-own")
    words = run()
    assert User.objects.get().username == "their-own"
    assert PASSWORD not in words
    assert "createsuperuser" in words


def test_demo_learners_load_twice_without_harm(db):
    real = Learner.objects.create(uid="real", name="Real")
    for _ in range(2):
        call_command("loaddata", "demo_learners", verbosity=0)
    assert Learner.objects.count() == 6
    assert Program.objects.count() == 3
    assert ContactPreference.objects.filter(learner=real).count() == 0
    assert Learner.objects.get(pk=real.pk).name == "Real"


@pytest.mark.parametrize("day", [date(2024, 1, 31), date(2026, 11, 20)])
def test_demo_learners_come_out_as_the_seeds_have_them(db, day):
    call_command("loaddata", "demo_learners", verbosity=0)
    recompute_risk(as_of=day, trigger="test")
    labels = RiskScore.objects.order_by("learner__uid").values_list("learner__name", "label")
    assert list(labels) == [
        ("Aman", "low"),
        ("Riya", "medium"),
        ("Arjun", "high"),
        ("Sana", "low"),
        ("Karan", "medium"),
    ]


def lives(habit, count=30):
    first_day, now = date(2026, 9, 14), datetime(2026, 11, 22, tzinfo=UTC)
    return [
        [day.inputs for day in demo_history.simulate(habit, first_day=first_day, now=now, random=Random(seed))]
        for seed in range(count)
    ]


def test_every_habit_yields_inputs_in_range_for_each_day():
    for habit in demo_history.HABITS:
        for days in lives(habit, 10):
            assert len(days) == demo_history.DAYS
            for inputs in days:
                assert inputs.completed_percent is None or 0 <= inputs.completed_percent <= 100
                assert inputs.avg_quiz_score is None or 0 <= inputs.avg_quiz_score <= 100


def test_steady_learners_hand_in_more_than_those_who_are_gone():
    def mean_at_the_end(habit):
        return sum((days[-1].completed_percent for days in lives(habit)), Decimal(0)) / 30

    assert mean_at_the_end("steady") > 85
    assert mean_at_the_end("gone") < 25


def test_the_same_seed_is_the_same_life():
    assert lives("fading", 3) == lives("fading", 3)


def test_shares_are_whole():
    assert sum(demo_history.SHARES.values()) == 100
    assert set(demo_history.SHARES) == set(demo_history.HABITS)
