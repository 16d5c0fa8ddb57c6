"""The rows of the board, in words. Templates only print: tags and filters in fifty rows cost more than all else."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from learners import charts
from learners.channels import Channel
from learners.words import ago, exactly, whole

from .explained import holds_on, risk_of
from .history import history_of
from .levels import Level, level_of
from .models import RiskScore, ScoringRun
from .reasons import in_brief
from .words import Move, move_of

SPARK_DAYS = 30
SPARK_WIDTH, SPARK_HEIGHT = 72, 20


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
    history = history_of(found, days=SPARK_DAYS, run=run)
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
                spark=sparkline(past, as_of=day),
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


def sparkline(past: list[tuple[date, float]], *, as_of: date) -> str:
    first = as_of - timedelta(days=SPARK_DAYS)
    line = charts.line(past, first=first, last=as_of, width=SPARK_WIDTH, height=SPARK_HEIGHT)
    return line.svg if line else ""


def _trend_in_words(past: list[tuple[date, float]]) -> str:
    if len(past) < 2:
        return ""
    (_first_day, first), (_last_day, last) = past[0], past[-1]
    return _("from %(first).2f to %(last).2f in 30 days") % {"first": first, "last": last}
