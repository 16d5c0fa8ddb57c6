"""Recomputing while others recompute and edit. Only PostgreSQL lets them: SQLite has one writer at a time."""

import random
import threading
from datetime import date

import pytest
from django.db import transaction

from learners.models import Learner
from learners.services import update_learner
from learners.tests.factories import LearnerFactory
from learners.tests.threads import at_once
from riskscoring.models import RiskScore
from riskscoring.scoring import compute_risk
from riskscoring.services import recompute_risk, rescore_learners

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("postgresql"),
]
DAY = date(2026, 11, 20)


def assert_scores_are_those_of_what_is_stored_now():
    scores = dict(RiskScore.objects.values_list("learner_id", "score"))
    inputs = ("completed_percent", "avg_quiz_score", "consecutive_missed_sessions", "last_login")
    for learner in Learner.objects.all():
        risk = compute_risk(**{name: getattr(learner, name) for name in inputs}, as_of=DAY)
        assert scores[learner.pk] == risk.score


def edit(learner, percent):
    with transaction.atomic():
        Learner.objects.filter(pk=learner.pk).update(completed_percent=percent)
        rescore_learners(Learner.objects.filter(pk=learner.pk), as_of=DAY)


def test_edits_during_recomputations_are_never_lost():
    learners = [LearnerFactory(completed_percent=50, avg_quiz_score=50) for _ in range(20)]

    def recompute():
        for _ in range(8):
            recompute_risk(as_of=DAY, trigger="test")

    def edit_many(seed):
        dice = random.Random(seed)
        for _ in range(20):
            edit(dice.choice(learners), dice.randint(0, 100))

    at_once(recompute, recompute, lambda: edit_many(1), lambda: edit_many(2))
    assert_scores_are_those_of_what_is_stored_now()


def test_edits_through_their_own_door_meet_no_deadlock():
    learners = [LearnerFactory(completed_percent=50, avg_quiz_score=50) for _ in range(5)]

    def recompute():
        for _ in range(8):
            recompute_risk(as_of=DAY, trigger="test")

    def update_many():
        for percent in range(0, 100, 10):
            for learner in learners:
                update_learner(learner=learner, values={"completed_percent": percent}, by=None, trigger="test")

    at_once(recompute, update_many)
    assert_scores_are_those_of_what_is_stored_now()


def test_first_scores_made_by_two_runs_at_once_are_made_once():
    for _ in range(50):
        LearnerFactory(completed_percent=50)
    at_once(*[lambda: recompute_risk(as_of=DAY, trigger="test")] * 3)
    assert RiskScore.objects.count() == 50
    assert_scores_are_those_of_what_is_stored_now()


def test_edit_that_began_before_a_recomputation_and_ends_after_it_is_kept():
    learner = LearnerFactory(completed_percent=50, avg_quiz_score=50)
    recompute_risk(as_of=DAY, trigger="test")
    written, done = threading.Event(), threading.Event()

    def slow_edit():
        with transaction.atomic():
            Learner.objects.filter(pk=learner.pk).update(completed_percent=100)
            written.set()
            done.wait(10)
            rescore_learners(Learner.objects.filter(pk=learner.pk), as_of=DAY)

    def recompute_meanwhile():
        written.wait(10)
        recompute_risk(as_of=DAY, trigger="test")
        done.set()

    at_once(slow_edit, recompute_meanwhile)
    assert_scores_are_those_of_what_is_stored_now()


def test_import_and_edit_of_the_same_learners_both_count():
    learners = [LearnerFactory(completed_percent=50, avg_quiz_score=50) for _ in range(5)]

    def rescore_all():
        for _ in range(8):
            rescore_learners(Learner.objects.all(), as_of=DAY, trigger="import")

    def edit_all():
        for percent in range(8):
            for learner in learners:
                edit(learner, percent)

    at_once(rescore_all, edit_all)
    assert_scores_are_those_of_what_is_stored_now()
