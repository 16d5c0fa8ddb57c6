"""Who booked and attended sessions, from statements; what staff recorded by hand wins.

Of several statements the strongest word counts, whichever came first: attended, excused, missed, booked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from learners.sql import execute

from ..models import Attendance, Event, Session
from .meaning import PRESENT, Meaning
from .rules import RECORDING
from .sql import least

STRENGTH = {"booked": 1, "missed": 2, "excused": 3, "attended": 4}
ANSWER_OF = {
    **dict.fromkeys(PRESENT, Attendance.Answer.ATTENDED),
    Meaning.BOOKED: Attendance.Answer.BOOKED,
    Meaning.MISSED: Attendance.Answer.MISSED,
    Meaning.EXCUSED: Attendance.Answer.EXCUSED,
}
UPSERT = """ON CONFLICT (session_id, learner_id) DO UPDATE SET
    booked_at = {booked_at},
    answer = CASE WHEN NOT a.by_hand AND {new} > {old} THEN excluded.answer ELSE a.answer END"""


@dataclass(frozen=True)
class Record:
    """What an event says of a session of the learner's cohort."""

    session_id: int
    cohort_id: int
    ends_at: datetime
    learner_id: int
    answer: str
    at: datetime


def find_records(events: Iterable[Event]) -> list[Record]:
    about = [event for event in events if event.object_id and event.meaning in ANSWER_OF]
    if not about:
        return []
    sessions = (
        Session.objects.filter(
            activity_id__in={event.object_id for event in about},
            cohort__learners__in={event.learner_id for event in about},
        )
        .annotate(learner=F("cohort__learners"))
        .values_list("activity_id", "learner", "pk", "cohort_id", "ends_at")
    )
    found = {(activity, learner): (pk, cohort, end) for activity, learner, pk, cohort, end in sessions}
    return [
        Record(
            session_id=session[0],
            cohort_id=session[1],
            ends_at=session[2],
            learner_id=event.learner_id,
            answer=ANSWER_OF[Meaning(event.meaning)],
            at=event.occurred_at,
        )
        for event in about
        if (session := found.get((event.object_id, event.learner_id)))
    ]


def cohorts_first_recorded(records: Iterable[Record], *, moment: datetime) -> set[int]:
    """Those of which a past session gets its first record: from now on it counts for the whole cohort.

    Asked before the records are merged.
    """
    telling = {one.session_id: one.cohort_id for one in records if one.answer in RECORDING and one.ends_at <= moment}
    if not telling:
        return set()
    kept = Attendance.objects.filter(session__in=telling, answer__in=RECORDING).values_list("session", flat=True)
    return {cohort for session, cohort in telling.items() if session not in set(kept)}


def merge_attendance(records: Iterable[Record]) -> None:
    """Written by session and learner, so that two batches never wait for each other in a circle."""
    merged: dict[tuple[int, int], tuple[str, datetime | None]] = {}
    for one in records:
        key = (one.session_id, one.learner_id)
        answer, booked_at = merged.get(key, (one.answer, None))
        if one.answer == Attendance.Answer.BOOKED:
            booked_at = min(booked_at or one.at, one.at)
        merged[key] = (max(answer, one.answer, key=STRENGTH.__getitem__), booked_at)
    if not merged:
        return
    values: list[object] = []
    for key in sorted(merged):
        values += [*key, *merged[key], False]
    execute(
        f"""INSERT INTO activity_attendance AS a (session_id, learner_id, answer, booked_at, by_hand)
        VALUES {", ".join(["(%s, %s, %s, %s, %s)"] * len(merged))} {on_conflict()}""",
        values,
    )


def on_conflict() -> str:
    return UPSERT.format(
        booked_at=least("COALESCE(a.booked_at, excluded.booked_at)", "COALESCE(excluded.booked_at, a.booked_at)"),
        new=strength("excluded.answer"),
        old=strength("a.answer"),
    )


def strength(answer: str) -> str:
    ranks = " ".join(f"WHEN '{name}' THEN {rank}" for name, rank in STRENGTH.items())
    return f"CASE {answer} {ranks} END"
