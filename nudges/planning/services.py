"""Plan a batch, or show what planning it now would come to: the same statements up to the last one."""

from collections import Counter
from datetime import datetime

from django.db import connection, transaction

from learners.models import Learner
from learners.sql import rows

from ..gate import Code
from ..models import NudgeBatch
from .sides import NAMES_SHOWN, Plan
from .stating import stated
from .storing import store

PLANNING = 7_238_121  # any number that is nobody else's advisory lock


def plan_batch(batch: NudgeBatch, *, now: datetime) -> Counter[str]:
    """Give every learner of the audience a nudge, queued or suppressed with its reason; how many of each code.

    Within the caller's transaction, which an error must end. In a fixed number of statements. Raises AudienceInvalid.
    """
    _wait_for_other_planners()
    with stated(batch, now=now) as table:
        store(batch, table, now=now)
        return _counts(table)


def preview(batch: NudgeBatch, *, now: datetime) -> Plan:
    """Both sides of the whole audience, were it planned now, in a fixed number of statements for each reason.

    Raises AudienceInvalid.
    """
    with transaction.atomic(), stated(batch, now=now) as table:
        counts = _counts(table)
        first = {code: _first_learners(table, code) for code in counts}
    learners = Learner.objects.select_related("program", "owner").in_bulk([pk for pks in first.values() for pk in pks])
    going = counts.pop(str(Code.ALLOWED), 0)
    return Plan(going, counts, {code: [learners[pk] for pk in pks] for code, pks in first.items()})


def _wait_for_other_planners() -> None:
    """Of two batches planned at once, neither would see what the other is about to queue.

    Learners are not locked one by one, of whom there may be a million: a nudge that is sent to one of them meanwhile is
    told apart when the planned one leaves, with the learner locked. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        rows("SELECT pg_advisory_xact_lock(%s)", [PLANNING])


def _counts(table: str) -> Counter[str]:
    return Counter(dict(rows(f"SELECT code, count(*) FROM {table} GROUP BY code")))


def _first_learners(table: str, code: str) -> list[int]:
    return [
        pk
        for (pk,) in rows(
            f"SELECT learner_id FROM {table} WHERE code = %s ORDER BY learner_id LIMIT {NAMES_SHOWN}", [code]
        )
    ]
