"""The rows of the board, in words. Templates only print: tags and filters in fifty rows cost more than all else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote

from django.db.models import FloatField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from learners.channels import Channel

from . import charts
from .levels import Level, level_of
from .models import RiskScore, RiskSnapshot, ScoringRun
from .reasons import DAYS_A_MONTH, DAYS_A_YEAR, TWO_MONTHS, TWO_YEARS, in_brief
from .scoring import Risk, compute_risk

SPARK_DAYS = 30
SPARK_WIDTH, SPARK_HEIGHT = 72, 20
UNCHANGED_BELOW = 50  # ten-thousandths: less is not seen in two places


@dataclass(frozen=True, slots=True)
class Move:
    """A change of the score. `words` says to those who hear the page what the arrow shows to those who see it."""

    css: str  # "worse", "better" or "same"
    sign: str
    words: str


NO_MOVE = Move("none", "", "")


@dataclass(frozen=True)
class Row:
    """A learner in words; what is not known is said in words too."""

    uid: str
    name: str
    contact: str
    url: str
    nudge_url: str
    program: str
    cohort: str
    level: str
    level_name: str
    score: str
    reasons: str
    move: Move
    spark: str  # the inside of an <svg>, blank when there is no trend
    spark_words: str
    progress: str
    progress_words: str
    quiz: str
    missed: str
    seen: str
    seen_exact: str
    nudged: str
    nudged_exact: str
    nudged_by: str


def rows_of(learner_ids: list[int], *, query: str, now: datetime, run: ScoringRun | None = None) -> list[Row]:
    """A row for each learner, in this order, in two queries. `query` goes along with the links to the learners, `run`
    is the latest over everyone.
    """
    scores = {score.pk: score for score in RiskScore.objects.filter(pk__in=learner_ids).listed()}
    found = [scores[learner_id] for learner_id in learner_ids if learner_id in scores]
    history = history_of(found, days=SPARK_DAYS)
    learner_url, nudge_url = reverse("learner", args=["-"])[:-2], reverse("nudges:compose") + "?learner="
    tail = f"/?{query}" if query else "/"
    levels = {level.value: str(level.label) for level in Level}
    channels = {channel.value: str(channel.label) for channel in Channel}
    no_data, never, today = _("no data"), _("never"), now.date()
    rows = []
    for score in found:
        level, past, uid = level_of(score.priority).value, history[score.pk], quote(score.uid, safe="")
        contacted, seen, missed = score.last_contacted_at, score.last_login, score.consecutive_missed_sessions
        progress, quiz = whole(score.completed_percent), whole(score.avg_quiz_score)
        day = holds_on(score, run)
        rows.append(
            Row(
                uid=score.uid,
                name=score.name,
                contact=score.email or score.uid,
                url=f"{learner_url}{uid}{tail}",
                nudge_url=nudge_url + uid,
                program=score.program or "",
                cohort=score.cohort or "",
                level=level,
                level_name=levels[level],
                score=f"{score.score:.2f}" if score.priority >= 0 else "",
                reasons=in_brief(risk_of(score, as_of=day)),
                move=move_of(score.change if score.priority >= 0 else None),
                spark=sparkline(past, as_of=score.as_of),
                spark_words=_trend_in_words(past),
                progress=progress,
                progress_words=f"{progress}%" if progress else no_data,
                quiz=f"{quiz}%" if quiz else no_data,
                missed=no_data if missed is None else str(missed),
                seen=ago(seen, day) if seen else never,
                seen_exact=exactly(seen),
                nudged=ago(contacted, today) if contacted else never,
                nudged_exact=exactly(contacted),
                nudged_by=channels.get(score.last_contact_channel, ""),
            )
        )
    return rows


def holds_on(score: Any, run: ScoringRun | None) -> date:
    """The day that a score describes. A run writes only what changes: what it left alone holds on its day, too."""
    return run.as_of if run and score.computed_at < run.started_at else score.as_of


class Inputs(Protocol):
    """A learner, or a row that has the same four inputs."""

    @property
    def completed_percent(self) -> Decimal | None: ...
    @property
    def avg_quiz_score(self) -> Decimal | None: ...
    @property
    def consecutive_missed_sessions(self) -> int | None: ...
    @property
    def last_login(self) -> datetime | None: ...


def risk_of(learner: Inputs, *, as_of: date) -> Risk:
    """The risk of a learner, worked out anew with what explains it."""
    return compute_risk(
        completed_percent=learner.completed_percent,
        avg_quiz_score=learner.avg_quiz_score,
        consecutive_missed_sessions=learner.consecutive_missed_sessions,
        last_login=learner.last_login,
        as_of=as_of,
    )


def history_of(scores: Iterable[Any], *, days: int) -> dict[int, list[tuple[date, float]]]:
    """What each learner's score was in the `days` until it was worked out, and is, by learner id. One query.

    `scores` are RiskScores or rows of them.
    """
    by_learner = {score.pk: score for score in scores}
    if not by_learner:
        return {}
    since = min(score.as_of for score in by_learner.values()) - timedelta(days=days)
    snapshots = RiskSnapshot.objects.filter(learner__in=list(by_learner), day__gte=since).order_by("learner_id", "day")
    drawn = snapshots.annotate(value=Cast("score", FloatField()))  # pixels need no decimals, which are slow to make
    history: dict[int, list[tuple[date, float]]] = {learner_id: [] for learner_id in by_learner}
    for learner_id, day, value in drawn.values_list("learner_id", "day", "value"):
        score = by_learner[learner_id]
        if score.as_of - timedelta(days=days) <= day < score.as_of and score.priority >= 0:
            history[learner_id].append((day, value))
    for learner_id, score in by_learner.items():
        if score.priority >= 0:
            history[learner_id].append((score.as_of, float(score.score)))
    return history


def sparkline(past: list[tuple[date, float]], *, as_of: date) -> str:
    first = as_of - timedelta(days=SPARK_DAYS)
    line = charts.line(past, first=first, last=as_of, width=SPARK_WIDTH, height=SPARK_HEIGHT)
    return line.svg if line else ""


def move_of(change: int | None) -> Move:
    if change is None:
        return NO_MOVE
    size = f"{abs(change) / 10_000:.2f}"
    if abs(change) < UNCHANGED_BELOW:
        return Move("same", "=", _("as last week"))
    if change > 0:
        return Move("worse", f"▲ {size}", _("%(size)s more than last week") % {"size": size})
    return Move("better", f"▼ {size}", _("%(size)s less than last week") % {"size": size})


def whole(number: Decimal | None) -> str:
    """45.5 as 46; no number is blank."""
    return "" if number is None else str(number.quantize(Decimal(1), ROUND_HALF_UP))


def ago(moment: datetime, today: date) -> str:
    """How many whole days, in UTC, before today."""
    return _days_ago((today - moment.astimezone(UTC).date()).days, get_language())


@lru_cache(maxsize=4096)
def _days_ago(days: int, _language: str | None) -> str:
    if days < 1:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days < TWO_MONTHS:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    if days < TWO_YEARS:
        months = round(days / DAYS_A_MONTH)
        return ngettext("%(count)d month ago", "%(count)d months ago", months) % {"count": months}
    years = round(days / DAYS_A_YEAR)
    return ngettext("%(count)d year ago", "%(count)d years ago", years) % {"count": years}


def exactly(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _trend_in_words(past: list[tuple[date, float]]) -> str:
    if len(past) < 2:
        return ""
    (_first_day, first), (_last_day, last) = past[0], past[-1]
    return _("from %(first).2f to %(last).2f in 30 days") % {"first": first, "last": last}
