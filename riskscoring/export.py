"""The learners of the board as CSV, row by row, however many there are."""

import csv
from collections.abc import Iterator
from datetime import datetime

from learners.spreadsheet_cells import escaped

from .explained import holds_on, risk_of
from .levels import level_of
from .models import RiskScore, ScoringRun
from .querysets import RiskScoreQuerySet
from .reasons import in_brief

COLUMNS = [
    "id",
    "name",
    "email",
    "phone",
    "program",
    "cohort",
    "last_login",
    "completed_percent",
    "avg_quiz_score",
    "consecutive_missed_sessions",
    "risk_score",
    "risk_label",
    "risk_level",
    "reasons",
    "risk_as_of",
    "last_nudge",
    "last_nudge_channel",
]
CHUNK = 2000


class _Echo:
    """A file for csv.writer that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def csv_lines(learners: RiskScoreQuerySet, *, run: ScoringRun | None) -> Iterator[str]:
    """A header, then a line for each. The columns that the importer knows have the names that it knows.

    `run` is the latest one, with which unchanged scores hold (see explained.holds_on).
    """
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)  # the mark by which spreadsheets know UTF-8
    for score in learners.with_learners().iterator(chunk_size=CHUNK):
        yield writer.writerow([escaped(cell) if isinstance(cell, str) else cell for cell in _cells(score, run)])


def _cells(score: RiskScore, run: ScoringRun | None) -> list[object]:
    learner, as_of = score.learner, holds_on(score, run)
    return [
        learner.uid,
        learner.name,
        learner.email,
        learner.phone,
        learner.program.name if learner.program else "",
        learner.cohort.name if learner.cohort else "",
        _iso(learner.last_login),
        learner.completed_percent,
        learner.avg_quiz_score,
        learner.consecutive_missed_sessions,
        score.score,
        score.label,
        level_of(score.priority).value,
        in_brief(risk_of(learner, as_of=as_of)),
        as_of,
        _iso(learner.last_contacted_at),
        learner.last_contact_channel,
    ]


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
