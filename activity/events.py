"""One statement, flat: what it says that somebody did, read without asking anybody.

A statement is an event whatever its object is, for each is a sign of life. Only an activity can be a lesson, a
session or a quiz, so with any other object (an agent, another statement) an event says nothing but that. No event is a
statement that voids another, and one whose actor is a group: an event is of one learner, and a group is not.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from .facts.meaning import Meaning, counts_as_mark, is_quiz, read_meaning
from .xapi.contexts import context_activities
from .xapi.identity import identifier_of
from .xapi.times import read_duration, read_timestamp
from .xapi.verbs import VOIDED

HUNDREDTH: Final = Decimal("0.01")
SECONDS_LIMIT: Final = 10**10  # what the column holds: three centuries
EARLIEST: Final = datetime(2000, 2, 1, tzinfo=UTC)  # clocks that nobody has set begin at 1970, 1980 or 2000
GROUPS: Final = frozenset({"Group"})


@dataclass(frozen=True, kw_only=True)
class EventValues:
    """The columns of an Event that follow from its statement alone."""

    verb: str
    object_id: str  # blank unless it is an activity
    object_type: str
    object_name: str
    parent_id: str
    meaning: str  # a facts.meaning.Meaning
    mark: Decimal | None
    mark_counts: bool
    success: bool | None
    completion: bool | None
    duration_seconds: Decimal | None
    occurred_at: datetime
    source: str


def voids(statement: dict[str, Any]) -> str | None:
    """The id of the statement that this one voids, if it does."""
    if statement["verb"]["id"] != VOIDED or statement["object"].get("objectType") != "StatementRef":
        return None
    return str(statement["object"]["id"])


def actor_of(statement: dict[str, Any]) -> str | None:
    """Whose event it is, as xapi/identity.py names them; None when it is nobody's."""
    if voids(statement) is not None or statement["actor"].get("objectType") in GROUPS:
        return None
    return identifier_of(statement["actor"])


def read_event(statement: dict[str, Any], stored_at: datetime, *, sender: str = "") -> EventValues | None:
    """What a valid statement says; None when it is no event. `sender` is whose key it came with.

    Texts are cut to what their columns hold.
    """
    if actor_of(statement) is None:
        return None
    verb = statement["verb"]["id"][:1000]
    activity = statement["object"] if statement["object"].get("objectType", "Activity") == "Activity" else {}
    definition = activity.get("definition", {})
    object_type = definition.get("type", "")[:1000] if activity else statement["object"]["objectType"]
    interaction_type = definition.get("interactionType", "")
    context, result = statement.get("context", {}), statement.get("result", {})
    parent_id = _find_parent(context, of=activity.get("id", ""))
    mark = read_mark(result.get("score", {}))
    success, completion = result.get("success"), result.get("completion")
    return EventValues(
        verb=verb,
        object_id=activity.get("id", "")[:2000],
        object_type=object_type,
        object_name=_in_one_language(definition.get("name", {}))[:300],
        parent_id=parent_id[:2000],
        meaning=read_meaning(
            verb=verb,
            object_type=object_type,
            interaction_type=interaction_type,
            success=success,
            completion=completion,
            has_mark=mark is not None,
            has_parent=bool(parent_id),
        ).value
        if activity
        else Meaning.NOTHING.value,
        mark=mark,
        mark_counts=bool(activity)
        and mark is not None
        and counts_as_mark(
            verb=verb, object_type=object_type, interaction_type=interaction_type, has_parent=bool(parent_id)
        ),
        success=success,
        completion=completion,
        duration_seconds=_read_seconds(result.get("duration")),
        occurred_at=_read_time(statement.get("timestamp"), stored_at),
        source=(context.get("platform") or sender)[:200],
    )


def read_mark(score: dict[str, Any]) -> Decimal | None:
    """0 to 100 with two places, rounded half up. A raw score without a maximum is no mark: of how much is not known."""
    scaled = _read_number(score.get("scaled"))
    if scaled is None:
        raw, maximum = _read_number(score.get("raw")), _read_number(score.get("max"))
        minimum = _read_number(score.get("min")) or Decimal(0)
        if raw is None or maximum is None or maximum <= minimum:
            return None
        scaled = (min(max(raw, minimum), maximum) - minimum) / (maximum - minimum)
    percent = min(max(scaled, Decimal(0)), Decimal(1)) * 100
    return percent.quantize(HUNDREDTH, ROUND_HALF_UP)


def _read_number(value: Any) -> Decimal | None:
    """By its digits as the statement has them, where a float would be a little more or less."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if isinstance(value, float) and not math.isfinite(value):  # 1e999 is read as infinite
        return None
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _read_seconds(duration: str | None) -> Decimal | None:
    seconds = read_duration(duration) if duration is not None else None
    if seconds is None or not seconds < SECONDS_LIMIT:
        return None
    try:
        exact = Decimal(repr(seconds)).quantize(HUNDREDTH, ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return exact if exact < SECONDS_LIMIT else None


def _read_time(timestamp: str | None, stored_at: datetime) -> datetime:
    """Never later than it was stored: a clock that runs ahead must not make anybody active in 2030.

    Nor long before anybody learned here: they would have begun lessons, and missed sessions, since then.
    """
    if timestamp is None:
        return stored_at
    try:
        moment = read_timestamp(timestamp)
    except (ValueError, OverflowError):
        return stored_at
    return min(moment, stored_at) if moment >= EARLIEST else stored_at


def _find_parent(context: dict[str, Any], *, of: str) -> str:
    """The first parent; else the quiz among the groupings, where Moodle names that of a question."""
    named = context_activities(context)
    quizzes = [
        group
        for group in named.get("grouping", [])
        if group["id"] != of and is_quiz(group.get("definition", {}).get("type", ""))
    ]
    return next((str(one["id"]) for one in [*named.get("parent", []), *quizzes]), "")


def _in_one_language(names: dict[str, str]) -> str:
    """English where there is some, else the first that there is."""
    english = (name for tag, name in names.items() if tag.lower().partition("-")[0] == "en")
    return next(english, next(iter(names.values()), ""))
