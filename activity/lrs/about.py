"""What we speak, for anyone to ask."""

from .answers import Answer, json_answer
from .calls import Call

VERSIONS = ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]


def answer(call: Call) -> Answer:
    call.allow(frozenset())
    return json_answer({"version": VERSIONS, "extensions": {}})
