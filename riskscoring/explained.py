"""A stored score, worked out anew with what explains it: the row keeps the number, the learner the reasons."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from .models import ScoringRun
from .scoring import Pieces, Risk, compute_risk


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
        pieces=_pieces_of(learner),
    )


def _pieces_of(learner: Any) -> Pieces | None:
    """The lessons behind the learner's percentage: of a row that brings them along, else of the learner's facts."""
    known = learner if hasattr(learner, "lessons_due") else getattr(learner, "facts", None)
    return Pieces(known.lessons_completed, known.lessons_due) if known and known.lessons_due else None


def holds_on(score: Any, run: ScoringRun | None) -> date:
    """The day that a score describes. A run over everyone writes only what changes: the rest holds on its day, too."""
    return run.as_of if run and run.is_full and score.computed_at < run.started_at else score.as_of
