"""Statements on their way in."""

import json
import uuid
from typing import Any

from activity.store.incoming import Incoming
from activity.xapi.versions import Version


def statement(number: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "actor": {"mbox": f"mailto:learner{number}@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": f"https://example.org/lessons/{number}"},
        **more,
    }


def incoming(number: int = 0, *, brought: bool = False, **more: Any) -> Incoming:
    """With an id of its own by its number; `brought` when the sender chose it."""
    id_ = uuid.UUID(int=0x4000_8000_0000_0000_0000 + number)
    body = statement(number, **({"id": str(id_)} if brought else {}), **more)
    return Incoming(id=id_, statement=body, raw=json.dumps(body), version=Version.V2)
