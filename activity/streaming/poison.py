"""What broke us: set aside with the reason, so that the others go on, for staff to try again or to settle.

Messages of the stream that could not be stored, and statements that are stored and could not become events.
"""

import json
from collections.abc import Mapping

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..models import PoisonedMessage, Statement, Unfolded
from ..store.incoming import StatementConflict
from .database import is_away
from .entries import UnreadableEntry, read_entry
from .storing import store_late

FOLD = "fold-"  # begins the name of a statement that is stored; its position follows


def set_aside(*, stream_id: str, fields: Mapping[str, str], reason: str, tries: int) -> None:
    """Once for each message, however often it is delivered. ASCII, so that any bytes can be kept and come back."""
    PoisonedMessage.objects.get_or_create(
        stream_id=stream_id, defaults={"content": json.dumps(fields), "reason": _storable(reason), "tries": tries}
    )


@transaction.atomic
def set_aside_stored(position: int, *, reason: str) -> None:
    """A statement of the record waits no longer to be folded; one that comes back is unsettled again."""
    raw = Statement.objects.values_list("raw", flat=True).get(pk=position)
    message, is_new = PoisonedMessage.objects.get_or_create(
        stream_id=f"{FOLD}{position}", defaults={"content": raw, "reason": _storable(reason), "tries": 1}
    )
    if not is_new:
        message.resolved_at = None
        message.save(update_fields=["resolved_at"])
        _failed(message, reason)
    Unfolded.objects.filter(pk=position).delete()


def unsettled() -> QuerySet[PoisonedMessage]:
    return PoisonedMessage.objects.filter(resolved_at=None)


def try_again(message: PoisonedMessage) -> bool:
    """Store it now, past the stream; whether that worked. If not, the message has the new reason.

    One that is stored, and could not become an event, waits for that again, and comes back if it fails.
    A database that is away raises its own error: the message is as it was.
    """
    if message.stream_id.startswith(FOLD):
        Unfolded.objects.get_or_create(position=int(message.stream_id.removeprefix(FOLD)))
        settle(message)
        return True
    try:
        with transaction.atomic():
            store_late(read_entry(message.stream_id, json.loads(message.content)))
    except UnreadableEntry as error:
        return _failed(message, f"It can't be read. {error}")
    except StatementConflict:
        return _failed(message, "Another statement is stored under its id.")
    except DatabaseError as error:
        if is_away(error):
            raise
        return _failed(message, repr(error))
    settle(message)
    return True


def settle(message: PoisonedMessage) -> None:
    """Nothing more is to be done about it."""
    now = timezone.now()
    if unsettled().filter(pk=message.pk).update(resolved_at=now):
        message.resolved_at = now


def _failed(message: PoisonedMessage, reason: str) -> bool:
    message.reason, message.tries = _storable(reason), message.tries + 1
    message.save(update_fields=["reason", "tries"])
    return False


def _storable(text: str) -> str:
    """An error may quote what could not be stored."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()
