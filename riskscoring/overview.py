"""What stands above the list: how many learners are at each level, how that moved, and how old it all is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.cache.backends.locmem import LocMemCache
from django.db.models import Sum

from .filters import SCOPE, BoardFilter
from .levels import Level, level_of
from .models import LabelCount, ScoringRun
from .querysets import NOT_ENOUGH_DATA

TREND_DAYS = 84
REACHED_DAYS = 7
STALE_AFTER = timedelta(days=2)

# Counting a million learners takes long enough to be remembered for a minute; counting a thousand does not. Each
# process remembers for itself: a shared cache may be the database, which reading a page should not write to.
MANY = 20_000
REMEMBERED_SECONDS = 60
_remembered = LocMemCache("riskscoring.overview", {})


@dataclass(frozen=True)
class Overview:
    """Of all learners in the chosen program, cohort and owner, whatever their level or name.

    `day` is the one that the scores describe: the trend ends there, which for imported history is long ago.
    """

    day: date
    by_tenth: Mapping[int, int]
    reached: int
    trend: Mapping[date, Mapping[str, int]] = field(default_factory=dict)

    @property
    def by_level(self) -> dict[str, int]:
        return levels_of(self.by_tenth)

    @property
    def total(self) -> int:
        return sum(self.by_tenth.values())

    def change(self, level: str, *, before: date) -> int | None:
        """How many more are at this level than on the last counted day of the week until `before`; None without one."""
        days = [day for day in self.trend if before - timedelta(days=7) < day <= before]
        return self.by_level[level] - self.trend[max(days)].get(level, 0) if days else None


@dataclass(frozen=True)
class Age:
    """When the scores were worked out, and the day that they describe."""

    computed_at: datetime
    as_of: date
    is_stale: bool


def levels_of(by_tenth: Mapping[int, int]) -> dict[str, int]:
    counts = dict.fromkeys(Level.values, 0)
    for tenth, count in by_tenth.items():
        counts[level_of(-1 if tenth == NOT_ENOUGH_DATA else tenth * 1000)] += count
    return counts


def overview_of(filters: BoardFilter, *, run: ScoringRun | None, now: datetime) -> Overview:
    """In three queries, or none when many learners were counted a moment ago."""
    scope = {name: str(getattr(value, "pk", value)) for name, value in filters.chosen.items() if name in SCOPE}
    owner = filters.user.pk if filters.user and scope.get("owner") == "me" else ""
    key = f"{run.pk if run else ''}:{owner}:{sorted(scope.items())}".replace(" ", "")
    if remembered := _remembered.get(key):
        return remembered
    counted = _count(filters, day=run.as_of if run else now.date(), now=now)
    if counted.total > MANY:
        _remembered.set(key, counted, REMEMBERED_SECONDS)
    return counted


def _count(filters: BoardFilter, *, day: date, now: datetime) -> Overview:
    learners = filters.narrowed_by(*SCOPE)
    return Overview(
        day=day,
        by_tenth=learners.counts_by_tenth(),
        reached=learners.contacted_since(now - timedelta(days=REACHED_DAYS)).count(),
        trend=_trend(filters, first=day - timedelta(days=TREND_DAYS), last=day),
    )


def _trend(filters: BoardFilter, *, first: date, last: date) -> dict[date, dict[str, int]]:
    """Owners are not counted by day, so a list of one owner's learners has no trend.

    On a day when one program alone was scored there are no counts of the others: it is a day of that program's trend.
    """
    chosen = filters.chosen
    if "owner" in chosen:
        return {}
    scope = {name: chosen[name] for name in ("program", "cohort") if name in chosen}
    counted = LabelCount.objects.filter(day__range=(first, last), **scope)
    if "program" not in scope:
        runs = ScoringRun.objects.filter(is_full=True)
        counted = counted.filter(day__in=runs.order_by().values("as_of"))
    rows = counted.values("day", "level").annotate(count=Sum("learners"))
    trend: dict[date, dict[str, int]] = {}
    for row in rows.order_by("day"):
        trend.setdefault(row["day"], {})[row["level"]] = row["count"]
    return trend


def age_of(run: ScoringRun | None, *, now: datetime) -> Age | None:
    """None when nothing was ever scored."""
    if run is None:
        return None
    is_stale = now - run.finished_at > STALE_AFTER or now.date() - run.as_of > STALE_AFTER
    return Age(run.finished_at, run.as_of, is_stale)


def latest_run() -> ScoringRun | None:
    """The latest over everyone; where there was none yet, the latest over some."""
    return ScoringRun.objects.order_by("-is_full", "-started_at", "-id").first()
