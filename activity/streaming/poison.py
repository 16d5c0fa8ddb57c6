"""Messages that could not be stored: set aside with the reason, for staff to try again or to settle."""

import json
from collections.abc import Mapping
from dataclasses import replace

from django.db import DatabaseError, transaction
from django.utils import timezone

from ..models import AccessKey, PoisonedMessage, Unfolded
from ..store.incoming import StatementConflict
from ..store.writing import store_statements
from .database import is_away
from .entries import UnreadableEntry, read_entry

# Of messages that are stored and could not become events (folding.py); their position follows.
FOLD = "fold-"


def set_aside(*, stream_id: str, fields: Mapping[str, str], reason: str, tries: int) -> None:
    """Once for each message, however often it is delivered. ASCII, so that any bytes can be kept and come back."""
    PoisonedMessage.objects.get_or_create(
        stream_id=stream_id, defaults={"content": json.dumps(fields), "reason": _storable(reason), "tries": tries}
    )


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
            _store(message)
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
    if PoisonedMessage.objects.filter(pk=message.pk, resolved_at=None).update(resolved_at=now):
        message.resolved_at = now


def _store(message: PoisonedMessage) -> None:
    fields = json.loads(message.content)
    incoming = read_entry(message.stream_id, fields)
    if incoming.key_id is not None and not AccessKey.objects.filter(pk=incoming.key_id).exists():
        incoming = replace(incoming, key_id=None)  # it may have been deleted since
    # Its own place in the record is past: readers were told that nothing more comes there. The store gives it another.
    store_statements([replace(incoming, position=None)])


def _failed(message: PoisonedMessage, reason: str) -> bool:
    message.reason, message.tries = _storable(reason), message.tries + 1
    message.save(update_fields=["reason", "tries"])
    return False


def _storable(text: str) -> str:
    """An error may quote what could not be stored."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()
