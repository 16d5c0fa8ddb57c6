"""Work out risk and store it: for everyone, or for the learners who changed."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from learners.models import Learner, Program
from learners.querysets import LearnerQuerySet

from . import statements
from .expression import Sql, ids_of
from .models import ScoringRun
from .scoring import SCORER


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """What a run did, or with dry_run would have done. `counts` is learners by level: high, medium, low, unknown."""

    as_of: date
    learners: int
    changed: int
    counts: dict[str, int]
    weekly: bool
    dry_run: bool
    seconds: float


@transaction.atomic
def recompute_risk(
    *,
    as_of: date,
    program: Program | None = None,
    dry_run: bool = False,
    trigger: str,
    started_by: User | None = None,
) -> RunSummary:
    """Bring the scores of all learners, or of one program's, to what they are as of a day. All or nothing.

    Only rows that change are written, in a number of queries that does not depend on how many learners there are. The
    first full run of an ISO week is the weekly one: it takes a snapshot of everyone, with which later runs compare.
    Running it twice, even at once, is the same as running it once.
    """
    begun = time.monotonic()
    started_at = timezone.now()
    among = ids_of(Learner.objects.filter(program=program)) if program else None
    if not dry_run:
        statements.keep_other_writers_out()
    base_day = _base_day(as_of)
    weekly = program is None and not _has_weekly_run(as_of)
    if dry_run:
        changed = statements.count_differing(as_of=as_of, base_day=base_day, among=among)
        counts = statements.count_fresh_levels(as_of=as_of, among=among)
    else:
        changed = _store(as_of=as_of, base_day=base_day, now=started_at, among=among, everyone_moved=weekly)
        if weekly:
            statements.snapshot_all(as_of=as_of)
        statements.replace_label_counts(as_of=as_of, program_id=program.pk if program else None)
        counts = statements.count_stored_levels(among=among)
        _record(
            trigger=trigger,
            started_by=started_by,
            as_of=as_of,
            program=program,
            weekly=weekly,
            started_at=started_at,
            changed=changed,
            counts=counts,
        )
    return RunSummary(
        as_of=as_of,
        learners=sum(counts.values()),
        changed=changed,
        counts=counts,
        weekly=weekly,
        dry_run=dry_run,
        seconds=time.monotonic() - begun,
    )


@transaction.atomic
def rescore_learners(
    learners: LearnerQuerySet, *, as_of: date, trigger: str | None = None, started_by: User | None = None
) -> None:
    """Score these learners as of a day, in the transaction that changed them.

    The caller has written these learners' rows in this transaction, so nobody else can change them before it ends.
    With a `trigger`, for what changes many at once ("import"), that need not be so: other writers are kept out, and a
    ScoringRun is recorded.
    """
    among = ids_of(learners)
    if among is None:
        return
    started_at = timezone.now()
    if trigger:
        statements.keep_other_writers_out()
    changed = _store(as_of=as_of, base_day=_base_day(as_of), now=started_at, among=among)
    if trigger:
        _record(
            trigger=trigger,
            started_by=started_by,
            as_of=as_of,
            started_at=started_at,
            changed=changed,
            counts=statements.count_stored_levels(among=among),
        )


def _store(
    *, as_of: date, base_day: date | None, now: datetime, among: Sql | None, everyone_moved: bool = False
) -> int:
    """Write what differs. Without `everyone_moved`, whose snapshots follow anyway, also snapshots of who moved."""
    if not everyone_moved:
        statements.snapshot_moved(as_of=as_of, among=among)
    updated = statements.update_changed(as_of=as_of, base_day=base_day, now=now, among=among)
    return updated + statements.insert_missing(as_of=as_of, base_day=base_day, now=now, among=among)


def _base_day(as_of: date) -> date | None:
    """The day of the weekly snapshot that scores as of this day are compared with."""
    runs = ScoringRun.objects.filter(weekly=True, as_of__lt=as_of)
    return runs.order_by("-as_of").values_list("as_of", flat=True).first()


def _has_weekly_run(as_of: date) -> bool:
    monday = as_of - timedelta(days=as_of.weekday())
    return ScoringRun.objects.filter(weekly=True, as_of__range=(monday, monday + timedelta(days=6))).exists()


def _record(*, counts: dict[str, int], **facts: object) -> None:
    ScoringRun.objects.create(
        scorer=SCORER, finished_at=timezone.now(), learners=sum(counts.values()), counts=counts, **facts
    )
