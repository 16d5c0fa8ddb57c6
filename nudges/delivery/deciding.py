"""What becomes of nudges that are due: each leaves, waits or stays. A fixed number of statements."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import gate, goals
from ..facts import facts_for
from ..goals import Aim, aims_of
from ..models import AUTOMATIC, Nudge, NudgeType, Origin
from ..placeholders import FactMissing, names_in
from ..reasons import ALREADY_DONE, EXPIRED, FACT_MISSING, OUR_ERROR, TOO_LONG
from . import truth
from .messages import Ready, TooLong, approved_template_of, ready, written

log = logging.getLogger(__name__)

AFTER_OUR_ERROR = timedelta(minutes=10)


@dataclass(frozen=True)
class Waits:
    until: datetime
    code: str


@dataclass(frozen=True)
class Stays:
    code: str


Verdict = Ready | Waits | Stays


@dataclass(frozen=True)
class About:
    """What was read for all of them at once."""

    aims: Mapping[str, Aim]
    done: set[tuple[int, str]]
    now: datetime


def verdicts(nudges: Sequence[Nudge], *, channel: str, now: datetime) -> dict[int, Verdict]:
    """The verdict on each nudge (by its primary key). No two may be of one learner, whose rows the caller holds."""
    decisions = gate.decide_each(
        {nudge.learner_id: _purpose(nudge) for nudge in nudges},
        channel=channel,
        now=now,
        leaving=[nudge.pk for nudge in nudges],
    )
    done = goals.done_among({(nudge.learner_id, nudge.goal) for nudge in nudges}, now=now)
    about = About(aims_of({nudge.goal for nudge in nudges}), done, now)
    return {
        nudge.pk: _verdict(nudge, decisions[nudge.learner_id], about)
        for nudge in nudges
        if nudge.learner_id in decisions
    }


def _purpose(nudge: Nudge) -> gate.Purpose:
    """No holdout: who is in it was drawn when it was planned."""
    return gate.Purpose(
        is_automatic=nudge.origin in AUTOMATIC,
        goal=nudge.goal,
        template_id=None if nudge.edited else nudge.template_id,
        is_approved=approved_template_of(nudge) is not None,
    )


def _verdict(nudge: Nudge, decision: gate.Decision, about: About) -> Verdict:
    if _is_expired(nudge, about.now):
        return Stays(EXPIRED)
    if not decision.go and decision.until is None:
        return Stays(decision.code)
    try:
        made = _ready(nudge, about)
    except Exception:
        # A bug. It must not hold up the nudges behind this one, and takes none away: the next release may mend it.
        log.exception("Nudge %s (%s) could not be made ready", nudge.uuid, nudge.correlation_id)
        return Waits(about.now + AFTER_OUR_ERROR, OUR_ERROR)
    if decision.until is None or not isinstance(made, Ready):
        return made
    return Stays(EXPIRED) if _is_expired(nudge, decision.until) else Waits(decision.until, decision.code)


def _ready(nudge: Nudge, about: About) -> Ready | Stays:
    learner = nudge.learner
    is_done = truth.is_done(
        is_kudos=nudge.type == NudgeType.KUDOS,
        is_motivation=nudge.type == NudgeType.MOTIVATION,
        names=names_in("\n".join(written(nudge))),
        goal_is_done=(learner.pk, nudge.goal) in about.done,
        completed_percent=learner.completed_percent,
        missed_sessions=learner.consecutive_missed_sessions,
        last_seen=learner.last_login,
        queued_at=nudge.queued_at,
    )
    if is_done:
        return Stays(ALREADY_DONE)
    try:
        facts = facts_for(
            learner, about.now, language=nudge.language, recent_templates=(), goal=nudge.goal, aims=about.aims
        )
        return ready(nudge, facts)
    except FactMissing:
        return Stays(FACT_MISSING)
    except TooLong:
        return Stays(TOO_LONG)


def _is_expired(nudge: Nudge, leaves_at: datetime) -> bool:
    return truth.is_expired(
        is_reminder=nudge.origin == Origin.REMINDER,
        due_at=nudge.due_at or leaves_at,
        leaves_at=leaves_at,
        timezone=nudge.learner.timezone,
        was_tried=nudge.tries > 0,
        is_of_a_batch=nudge.batch_id is not None,
    )
