"""Work out risk and store it: for everyone, or for the learners who changed."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from activity.facts.services import refresh
from learners.models import Learner, Program
from learners.querysets import LearnerQuerySet
from learners.sql import Sql, ids_of

from . import statements
from .expression import fresh_scores
from .models import ScoringRun
from .scoring import SCORER
from .version import scores_changed

# The weekly run may be late in its week: until so long ago a snapshot is "last week".
LAST_WEEK = timedelta(days=14)


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

    Of today, the facts are brought up to date first: lessons become due and sessions pass, though nobody does anything.
    Only rows that change are written, in a number of queries that does not depend on how many learners there are. The
    first full run of an ISO week is the weekly one: it takes a snapshot of everyone, with which later runs compare.
    Running it twice, even at once, leaves what running it once does.
    """
    begun = time.monotonic()
    started_at = timezone.now()
    if not dry_run:
        if as_of == started_at.date():
            refresh(as_of=as_of, program=program)  # holds learners, so it goes before the scores are locked
        statements.keep_other_writers_out()
    base_day = _base_day(as_of)
    weekly = program is None and not _has_weekly_run(as_of)
    among = ids_of(Learner.objects.filter(program=program)) if program else None
    with statements.stage(fresh_scores(as_of=as_of, among=among)) as fresh:
        counts = statements.count_levels(fresh)
        if dry_run:
            changed = statements.count_differing(fresh, base_day=base_day)
        else:
            changed = _store(fresh, as_of=as_of, base_day=base_day, now=started_at, snapshots=not weekly)
            if weekly:
                statements.snapshot_all(as_of=as_of)
            statements.replace_label_counts(fresh, as_of=as_of, program_id=program.pk if program else None)
    if not dry_run:
        ScoringRun.objects.create(
            started_by=started_by,
            trigger=trigger,
            scorer=SCORER,
            as_of=as_of,
            program=program,
            is_full=program is None,
            weekly=weekly,
            started_at=started_at,
            finished_at=timezone.now(),
            learners=sum(counts.values()),
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
    """Score these learners as of a day, in the caller's transaction if there is one.

    What changes many at once names itself by `trigger` (for example "import"), and is recorded as a ScoringRun.
    """
    among = ids_of(learners)
    if among is None:
        return
    fresh = fresh_scores(as_of=as_of, among=among)
    if trigger is None:
        statements.hold_learners(among)
        _store(fresh, as_of=as_of, base_day=_base_day(as_of), now=timezone.now())
    else:
        _rescore_many(fresh, as_of=as_of, trigger=trigger, started_by=started_by)


def _rescore_many(fresh: Sql, *, as_of: date, trigger: str, started_by: User | None) -> None:
    started_at = timezone.now()
    statements.keep_other_writers_out()
    with statements.stage(fresh) as staged:
        changed = _store(staged, as_of=as_of, base_day=_base_day(as_of), now=started_at)
        counts = statements.count_levels(staged)
    ScoringRun.objects.create(
        started_by=started_by,
        trigger=trigger,
        scorer=SCORER,
        as_of=as_of,
        is_full=False,
        started_at=started_at,
        finished_at=timezone.now(),
        learners=sum(counts.values()),
        changed=changed,
        counts=counts,
    )


def _store(fresh: Sql, *, as_of: date, base_day: date | None, now: datetime, snapshots: bool = True) -> int:
    """Write what differs, and with `snapshots` those of the learners who moved. Returns how many scores it wrote."""
    if snapshots:
        statements.snapshot_moved(fresh, as_of=as_of)
    updated = statements.update_changed(fresh, as_of=as_of, base_day=base_day, now=now)
    changed = updated + statements.insert_new(fresh, as_of=as_of, base_day=base_day, now=now)
    if changed:
        scores_changed()
    return changed


def _base_day(as_of: date) -> date | None:
    """The day of the weekly snapshot with which scores as of this day are compared; None when it is too long ago."""
    runs = ScoringRun.objects.filter(weekly=True, as_of__lt=as_of, as_of__gt=as_of - LAST_WEEK)
    return runs.order_by("-as_of").values_list("as_of", flat=True).first()


def _has_weekly_run(as_of: date) -> bool:
    monday = as_of - timedelta(days=as_of.weekday())
    return ScoringRun.objects.filter(weekly=True, as_of__range=(monday, monday + timedelta(days=6))).exists()
