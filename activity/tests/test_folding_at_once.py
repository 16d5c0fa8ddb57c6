"""Several folders, while statements come in, learners change and scores are made. SQLite has one writer at a time."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from activity.folding import fold
from activity.models import Event, Unfolded
from activity.rebuilding import rebuild_facts
from activity.tests.factories import QUIZ_TYPE, LessonFactory, a_statement, a_voiding, an_account, store
from activity.tests.following import fold_all, start_from_the_record, what_follows
from learners.models import Learner
from learners.services import InvalidLearner, create_learner, update_learner
from learners.tests.factories import LearnerFactory
from learners.tests.threads import at_once
from riskscoring.services import recompute_risk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("postgresql")]

PEOPLE = 12
LONG_AGO = datetime(2026, 10, 1, tzinfo=UTC)


def send(seed, seconds):
    """Statements of people who are learners, or will be, each now and then voided."""
    dice, sent = random.Random(seed), []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        batch = []
        for _ in range(dice.randint(1, 5)):
            number = dice.randrange(PEOPLE)
            way = dice.choice(["mbox", "account", "uid"])
            batch.append(
                a_statement(
                    actor={
                        "mbox": {"mbox": f"mailto:person{number}@example.org"},
                        "account": an_account(f"person{number}@example.org"),
                        "uid": an_account(f"person_{number}"),
                    }[way],
                    verb=dice.choice(["initialized", "completed", "passed"]),
                    object=f"https://example.org/lessons/{dice.randrange(6)}",
                    score=dice.choice([None, 0.2, 0.9]),
                    type=dice.choice([QUIZ_TYPE, None]),
                    timestamp=LONG_AGO + timedelta(minutes=dice.randrange(40_000)),
                )
            )
        sent += batch
        if dice.random() < 0.2:
            batch.append(a_voiding(dice.choice(sent)))
        dice.shuffle(batch)
        store(*batch)


def edit(seed, seconds):
    """Learners appear, get each other's addresses, and move to another program and back."""
    dice = random.Random(seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        number = dice.randrange(PEOPLE)
        address = f"person{dice.choice([number, dice.randrange(PEOPLE)])}@example.org"
        learner = Learner.objects.filter(uid=f"person_{number}").first()
        try:
            if learner:
                program = dice.choice(["Python Basics"] * 5 + ["Statistics"])
                values = {"email": address, "program": program}
                update_learner(learner=learner, values=values, by=None, trigger="test")
            else:
                values = {"uid": f"person_{number}", "name": "Riya", "email": address, "program": "Python Basics"}
                create_learner(values=values, by=None, trigger="test")
        except InvalidLearner:
            pass  # the address is somebody's
        time.sleep(0.02)


def work(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not fold(limit=7):
            time.sleep(0.01)


def test_folders_at_work_with_everybody_else_come_to_what_the_record_says():
    LessonFactory(
        program=LearnerFactory().program, activity_id="https://example.org/lessons/1", due_on=timezone.now().date()
    )
    at_once(
        *[lambda seed=seed: send(seed, 4) for seed in (1, 2)],
        *[lambda: work(5)] * 3,
        lambda: edit(3, 4),
        lambda: [recompute_risk(as_of=timezone.now().date(), trigger="test") for _ in range(5)],
    )
    fold_all()
    assert Event.objects.count() > 20
    came_to = what_follows()
    start_from_the_record()
    fold_all()
    assert what_follows() == came_to


def test_statement_taken_by_one_folder_is_not_taken_by_another():
    LearnerFactory(email="riya@example.org")
    store(*[a_statement(verb="initialized") for _ in range(60)])
    counts = []

    def work_off():
        while folded := fold(limit=5):
            counts.append(folded)

    at_once(*[work_off] * 4)
    fold_all()
    assert sum(counts) == 60
    assert Event.objects.count() == 60
    assert not Unfolded.objects.exists()


def test_rebuilding_meanwhile_changes_nothing():
    LearnerFactory(email="person1@example.org")
    at_once(lambda: send(1, 2), lambda: work(3), lambda: [rebuild_facts() for _ in range(5)])
    fold_all()
    came_to = what_follows()
    rebuild_facts()
    assert what_follows() == came_to
