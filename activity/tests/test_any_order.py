"""Whatever happens in whatever order, and wherever a process dies: what follows is what the record says."""

import random
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha1

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from activity.folding import fold
from activity.tests.factories import ADL, QUIZ_TYPE, a_statement, a_voiding, an_account, store
from activity.tests.following import fold_all, start_from_the_record, what_follows
from learners.models import Learner
from learners.services import create_learner, update_learner

pytestmark = pytest.mark.django_db

ADDRESSES = ["riya@example.org", "ananya@example.org", "tomal@example.org"]
LEARNERS = range(3)
LONG_AGO = datetime(2026, 10, 1, tzinfo=UTC)


class Death(BaseException):
    """Of the process: nothing catches it."""


@contextmanager
def dying(after_queries):
    """The process dies when it has asked the database so often; what is not committed then is lost."""
    left = after_queries

    def count(execute, sql, params, many, context):
        nonlocal left
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            left -= 1
            if left < 0:
                raise Death
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def actors():
    def named(address, way):
        return {
            "mbox": {"mbox": f"mailto:{address}"},
            "sha1": {"mbox_sha1sum": sha1(f"mailto:{address}".encode(), usedforsecurity=False).hexdigest()},
            "account": an_account(address),
        }[way]

    return st.builds(named, st.sampled_from(ADDRESSES), st.sampled_from(["mbox", "sha1", "account"])) | st.builds(
        an_account, st.sampled_from([f"learner_{number}" for number in LEARNERS])
    )


def statements():
    return st.builds(
        lambda verb, score, lesson, minutes, **more: a_statement(
            verb=verb,
            score=score,
            object=f"https://example.org/lessons/{lesson}",
            timestamp=LONG_AGO.replace(day=1 + minutes // 100, minute=minutes % 60),
            **more,
        ),
        verb=st.sampled_from(["initialized", "completed", "passed", "failed", "answered", ADL + "registered"]),
        score=st.none() | st.sampled_from([0.0, 0.333, 0.5, 1.0]),
        lesson=st.integers(1, 3),
        minutes=st.integers(0, 2000),
        actor=actors(),
        type=st.sampled_from([QUIZ_TYPE, None]),
    )


def happenings():
    """What may come between: a folder at work, maybe for the last time; a learner who is new, or moves."""
    return st.one_of(
        st.tuples(st.just("fold"), st.integers(1, 5)),
        st.tuples(st.just("die"), st.integers(0, 60)),
        st.tuples(
            st.just("learner"),
            st.sampled_from(LEARNERS),
            st.sampled_from([None, *ADDRESSES]),
            st.sampled_from([None, "Python", "Statistics"]),
        ),
    )


def happen(what, *details):
    if what == "fold":
        fold(limit=details[0])
    elif what == "die":
        with suppress(Death), dying(after_queries=details[0]):
            fold()
        transaction.set_rollback(False)  # a write outside any transaction but this test's is taken back by itself
    else:
        number, address, program = details
        if address and Learner.objects.filter(email=address).exclude(uid=f"learner_{number}").exists():
            return
        learner = Learner.objects.filter(uid=f"learner_{number}").first()
        if learner:
            update_learner(learner=learner, values={"email": address, "program": program}, by=None, trigger="test")
        else:
            values = {"uid": f"learner_{number}", "name": "Riya", "email": address, "program": program}
            create_learner(values=values, by=None, trigger="test")


@settings(max_examples=25)
@given(
    said=st.lists(statements(), max_size=8),
    voided=st.sets(st.integers(0, 7), max_size=3),
    between=st.lists(happenings(), max_size=12),
    seed=st.integers(0, 1000),
)
def test_what_follows_does_not_depend_on_the_order_nor_on_deaths(said, voided, between, seed):
    order = random.Random(seed)
    arriving = [*said, *(a_voiding(said[number]) for number in voided if number < len(said))]
    steps = [("store", one) for one in [*arriving, *order.sample(arriving, len(arriving) // 3)]] + between
    order.shuffle(steps)
    with transaction.atomic():
        for what, *details in steps:
            if what == "store":
                store(*details)
            else:
                happen(what, *details)
        fold_all()
        came_to = what_follows()
        start_from_the_record()
        fold_all()
        assert what_follows() == came_to
        transaction.set_rollback(True)
