"""What we speak, for anyone to ask.

Who asks in version 1.0 is told of its patches alone: no tool that knows only these has a use for 2.0.0.
"""

from ..xapi.versions import Version
from .answers import Answer, json_answer
from .calls import Call

PATCHES = ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]


def answer(call: Call) -> Answer:
    call.allow(frozenset())
    asks_in_v1 = call.version == Version.V1
    return json_answer({"version": PATCHES if asks_in_v1 else [*PATCHES, "2.0.0"], "extensions": {}})
