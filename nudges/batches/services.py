"""What may be done to a batch: made, scheduled, taken back, paused, resumed, cancelled. `running.py` does the rest.

Each is one conditional update, so that of two who press at the same time one is told that it is too late.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise

from ..audience import Audience
from ..models import Campaign, Nudge, NudgeBatch, NudgeEvent, Origin
from ..reasons import BATCH_CANCELLED
from ..services import TextRefused
from ..states import State
from ..wordings import Text, problems_of, store_texts, texts_of
from . import lifecycle, rollout
from .lifecycle import SWITCHED_OFF, Action
from .naming import why_halted
from .releasing import release


class TooLate(Exception):  # noqa: N818 (reads as what happened)
    """It can't be done in the status that the batch has by now. `sentence` says so to a person."""

    def __init__(self, sentence: str | Promise) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


def create(
    *,
    audience: Audience,
    channels: Sequence[str],
    type: str,  # noqa: A002
    by: User | None,
    texts: Iterable[Text] = (),
    own_language: bool = True,
    goal: str = "",
    origin: str = Origin.BULK,
    campaign: Campaign | None = None,
    day: date | None = None,
    holdout_percent: int = 0,
    salt: int = 0,
    window_from: int | None = None,
    window_until: int | None = None,
    usual_hour: int | None = None,
    learns_hours: bool = False,
    rollout_percent: int = 100,
) -> NudgeBatch:
    """A draft, which reaches nobody until it is scheduled. `channels` begin with the preferred one."""
    with transaction.atomic():
        batch = NudgeBatch.objects.create(
            audience=audience.as_json(),
            channel=channels[0],
            channels=list(channels),
            type=type,
            goal=goal or type,
            origin=origin,
            campaign=campaign,
            day=day,
            own_language=own_language,
            holdout_percent=holdout_percent,
            salt=salt,
            window_from=window_from,
            window_until=window_until,
            usual_hour=usual_hour,
            learns_hours=learns_hours,
            rollout_percent=rollout_percent,
            created_by=by,
        )
        store_texts(batch, texts)
    return batch


def change_words(batch: NudgeBatch, words: dict[int, tuple[str, str]]) -> None:
    """Store a draft's texts after a person's hand: subject and body by the wording's primary key, right or wrong."""
    with transaction.atomic():
        if not NudgeBatch.objects.select_for_update().filter(pk=batch.pk, status=NudgeBatch.Status.DRAFT).exists():
            return
        for wording in batch.wordings.all():
            if wording.pk not in words:
                continue
            subject, body = words[wording.pk]
            text = Text.of(wording).with_words(subject=subject, body=body)
            if (text.subject, text.body) != (wording.subject, wording.body):
                wording.subject, wording.body, wording.needs, wording.edited = text.subject, text.body, text.needs, True
                wording.save(update_fields=["subject", "body", "needs", "edited"])


def schedule(
    batch: NudgeBatch, *, by: User | None, at: datetime | None = None, undo: timedelta | None = None
) -> NudgeBatch:
    """Let a draft go, at `at`, or as soon as the time to take it back is over (`undo`; else the setting's).

    One that is scheduled or further already is left as it is: asking twice sends once. Raises TextRefused for what no
    learner's facts could mend.
    """
    problems = [problem for text in texts_of(batch) for problem in problems_of(text)]
    if problems:
        raise TextRefused(problems)
    window = timedelta(seconds=settings.BULK_UNDO_SECONDS) if undo is None else undo
    soonest = timezone.now() + window
    _take(batch, lifecycle.SCHEDULE, starts_at=max(at, soonest) if at else soonest, started_by=by)
    batch.refresh_from_db()
    return batch


def undo(batch: NudgeBatch) -> NudgeBatch:
    """Take it back: a draft again, and nobody has got anything. Raises TooLate once it has started."""
    return _act(batch, lifecycle.UNDO, starts_at=None, started_by=None)


def pause(batch: NudgeBatch) -> NudgeBatch:
    """Hold back what has not left. Raises TooLate."""
    return _act(batch, lifecycle.PAUSE)


def resume(batch: NudgeBatch, *, now: datetime | None = None) -> NudgeBatch:
    """Go on. What a limit of its rollout had paused goes on with everybody: a person has decided. Raises TooLate, and
    so while its campaign is switched off: then nothing of it would leave."""
    was_halted = batch.halted_because in rollout.SENTENCES
    with transaction.atomic():
        if NudgeBatch.objects.filter(pk=batch.pk, campaign__is_on=False).exists():
            raise TooLate(why_halted(SWITCHED_OFF))
        _act(batch, lifecycle.RESUME, halted_because="")
        if was_halted:
            release(batch, now=now or timezone.now())
    batch.refresh_from_db()
    return batch


def cancel(batch: NudgeBatch, *, by: User | None, now: datetime | None = None) -> NudgeBatch:
    """Call off all that has not left, in a fixed number of statements; what left stays. Raises TooLate."""
    now = now or timezone.now()
    with transaction.atomic():
        _act(batch, lifecycle.CANCEL, finished_at=now)
        waiting = Nudge.objects.filter(batch=batch, state=State.QUEUED)
        waiting.update(state=State.CANCELLED, reason=BATCH_CANCELLED)
        _tell_of_cancelled(batch, by=by, now=now)
    return batch


def discard(batch: NudgeBatch) -> bool:
    """Throw a draft away. False for one that was scheduled: it stays."""
    return bool(NudgeBatch.objects.filter(pk=batch.pk, status=NudgeBatch.Status.DRAFT).delete()[0])


def _act(batch: NudgeBatch, action: Action, **changes: object) -> NudgeBatch:
    has_acted = _take(batch, action, **changes)
    batch.refresh_from_db()
    if not has_acted:
        raise TooLate(lifecycle.why_not(action, batch.status) or lifecycle.WHY_NOT[batch.status])
    return batch


def _take(batch: NudgeBatch, action: Action, **changes: object) -> bool:
    able = NudgeBatch.objects.filter(pk=batch.pk, status__in=action.begins)
    return bool(able.update(status=action.ends, **changes))


def _tell_of_cancelled(batch: NudgeBatch, *, by: User | None, now: datetime) -> None:
    """An event for each nudge that was just cancelled, in one statement. What a worker took meanwhile is none."""
    nudge, event = Nudge._meta.db_table, NudgeEvent._meta.db_table
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {event} (nudge_id, state, reason, at, by_id)"  # noqa: S608 (our own names)
            f" SELECT id, state, reason, %s, %s FROM {nudge} WHERE batch_id = %s AND state = %s AND reason = %s",
            [at, by.pk if by else None, batch.pk, State.CANCELLED, BATCH_CANCELLED],
        )
