"""A statement as an entry of the stream, and back. Pure."""

import json
import uuid
from collections.abc import Mapping

from ..store.incoming import Incoming
from ..store.positions import position_of_stream_entry
from ..xapi.versions import Version

Fields = Mapping[str, str]


class UnreadableEntry(Exception):  # noqa: N818  (named for what it is, like Http404)
    """An entry that is no statement. The message says why."""


def fields_of(incoming: Incoming) -> dict[str, str]:
    return {
        "id": str(incoming.id),
        "version": incoming.version.value,
        "key": "" if incoming.key_id is None else str(incoming.key_id),
        "raw": incoming.raw,
    }


def read_entry(entry_id: str, fields: Fields) -> Incoming:
    """Raises UnreadableEntry. Its rules were checked at the door; a rule that is new since must not undo an answer."""
    try:
        statement = json.loads(fields["raw"])
        if not isinstance(statement, dict):
            raise UnreadableEntry("The statement is no JSON object.")
        return Incoming(
            id=uuid.UUID(fields["id"]),
            statement=statement,
            raw=fields["raw"],
            version=Version(fields["version"]),
            key_id=int(fields["key"]) if fields["key"] else None,
            position=position_of_stream_entry(entry_id),
        )
    except KeyError as error:
        raise UnreadableEntry(f"The field {error} is missing.") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableEntry(str(error)) from error
