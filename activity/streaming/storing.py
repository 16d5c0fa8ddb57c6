"""Statements that came through the stream, into the record."""

from collections.abc import Sequence
from dataclasses import replace

from ..models import AccessKey
from ..store.incoming import Incoming
from ..store.writing import store_statements


def store_in_time(incoming: Sequence[Incoming]) -> None:
    """At the places that the stream has given them. Raises StatementConflict."""
    store_statements(_with_keys_that_exist(incoming))


def store_late(incoming: Incoming) -> None:
    """Readers were told that nothing more comes at its place: the record gives it another. Raises StatementConflict."""
    store_statements(_with_keys_that_exist([replace(incoming, position=None)]))


def _with_keys_that_exist(incoming: Sequence[Incoming]) -> list[Incoming]:
    """A key may have been deleted since: its statements were acknowledged, and are kept without it."""
    named = {one.key_id for one in incoming if one.key_id is not None}
    known = set(AccessKey.objects.filter(pk__in=named).values_list("pk", flat=True)) if named else set()
    return [replace(one, key_id=None) if one.key_id not in known else one for one in incoming]
