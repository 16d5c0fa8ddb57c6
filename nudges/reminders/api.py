"""GET /api/debug/reminder-preview: who would get which reminder, as JSON."""

from datetime import UTC, datetime
from typing import Any, Self

from django.utils import timezone
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from .rehearsal import AT_MOST_AWAY, Rehearsal, Reminder, Side, rehearse

router = Router(tags=["Debug"])


class ReminderOut(Schema):
    learner: str = Field(description="Their id")
    goal: str
    task: str
    channel: str
    language: str
    leaves_at: datetime = Field(description="In the learner’s time zone")
    subject: str
    text: str = Field(description="Exactly what they would read; when it leaves, the link is signed")

    @classmethod
    def of(cls, reminder: Reminder) -> Self:
        return cls(
            learner=reminder.learner.uid,
            goal=reminder.goal,
            task=reminder.task,
            channel=reminder.channel,
            language=reminder.language,
            leaves_at=reminder.leaves_at,
            subject=reminder.subject,
            text=reminder.content,
        )


class NotRemindedOut(Schema):
    reason: str
    sentence: str
    count: int
    learners: list[str] = Field(description="Ids of the first of them")

    @classmethod
    def of(cls, side: Side) -> Self:
        return cls(
            reason=side.code,
            sentence=str(side.sentence),
            count=side.count,
            learners=[learner.uid for learner in side.learners],
        )


class ReminderPreviewOut(Schema):
    as_of: datetime
    is_on: bool = Field(description="Whether reminders are sent by themselves")
    planned_before: int = Field(description="Reminders of these days that were planned already")
    going: int
    reminders: list[ReminderOut] = Field(description="The first of them, the next to leave first")
    not_going: int
    reasons: list[NotRemindedOut]
    waiting: list[NotRemindedOut] = Field(
        description="They have something to do today, and it is too early or too late"
    )
    held_days: list[str] = Field(description="Days whose reminders somebody paused or cancelled")

    @classmethod
    def of(cls, rehearsal: Rehearsal) -> Self:
        return cls(
            as_of=rehearsal.now,
            is_on=rehearsal.is_on,
            planned_before=rehearsal.planned,
            going=rehearsal.going,
            reminders=[ReminderOut.of(reminder) for reminder in rehearsal.reminders],
            not_going=rehearsal.not_going,
            reasons=[NotRemindedOut.of(side) for side in rehearsal.staying],
            waiting=[NotRemindedOut.of(side) for side in rehearsal.waiting],
            held_days=[day.isoformat() for day in rehearsal.held],
        )


@router.get("/reminder-preview", response=ReminderPreviewOut, summary="Who would get which reminder")
def reminder_preview(request: Any, as_of: datetime | None = None) -> ReminderPreviewOut:
    """Planned as they would be, and taken back: nothing is sent or stored. `as_of` without a zone is in UTC."""
    now = timezone.now()
    if as_of is not None:
        now, today = (as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)), now
        if abs(now - today) > AT_MOST_AWAY:
            raise HttpError(400, "as_of is more than a year from now.")
    return ReminderPreviewOut.of(rehearse(now))
