"""Valid statements and their parts to build on. Every call makes a new one, so that a test may change it at will."""

import copy
import hashlib
from typing import Any

import pytest

from .lrs import MISSING, Json, new_id

ONLY_V1 = pytest.mark.parametrize("version", ["1.0.3"])
ONLY_V2 = pytest.mark.parametrize("version", ["2.0.0"])

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
EXTENSIONS = {"https://example.org/extension/room": {"floor": 3, "names": ["a", None]}}
TEXT = b"here is a simple attachment"
FILE = {"fileUrl": "https://example.org/notes.txt"}


def changed(value: Any, path: str, to: Any = MISSING) -> Any:
    """A copy in which what stands at the path ("context.team.mbox", "attachments.0.length") is this, or is gone."""
    copied = copy.deepcopy(value)
    *way, last = (int(step) if step.isdigit() else step for step in path.split("|" if "|" in path else "."))
    place = copied
    for step in way:
        place = place[step] if isinstance(place, list) else place.setdefault(step, {})
    if to is MISSING:
        del place[last]
    else:
        place[last] = copy.deepcopy(to)
    return copied


def mailbox() -> str:
    return f"mailto:{new_id()}@example.org"


def agent(**more: Any) -> Json:
    return {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@example.org"} | more


def agents_by_identifier() -> dict[str, Json]:
    plain = {"objectType": "Agent", "name": "Ada"}
    return {
        "mbox": plain | {"mbox": "mailto:ada@example.org"},
        "mbox_sha1sum": plain | {"mbox_sha1sum": hashlib.sha1(b"mailto:ada@example.org").hexdigest()},  # noqa: S324
        "openid": plain | {"openid": "https://openid.example.org/ada"},
        "account": plain | {"account": {"homePage": "https://school.example.org", "name": "ada-7"}},
    }


def groups_by_identifier() -> dict[str, Json]:
    return {name: one | {"objectType": "Group", "member": [agent()]} for name, one in agents_by_identifier().items()}


def anonymous_group() -> Json:
    return {"objectType": "Group", "name": "Class 7", "member": [agent(), agents_by_identifier()["account"]]}


def verb(**more: Any) -> Json:
    return {"id": "https://example.org/verbs/attended", "display": {"en-GB": "attended", "en-US": "attended"}} | more


def activity(**definition: Any) -> Json:
    return {
        "objectType": "Activity",
        "id": "https://example.org/meetings/7",
        "definition": {
            "name": {"en-GB": "a meeting", "en-US": "a meeting"},
            "description": {"en-GB": "what was said", "en-US": "what was said"},
            "type": "https://example.org/types/meeting",
            "moreInfo": "https://example.org/meetings/7/minutes",
            "extensions": EXTENSIONS,
        }
        | definition,
    }


def component(name: str) -> Json:
    return {"id": name, "description": {"en-GB": name, "en-US": name}}


INTERACTIONS: dict[str, Json] = {
    "true-false": {"correctResponsesPattern": ["true"]},
    "choice": {"correctResponsesPattern": ["a[,]b"], "choices": [component("a"), component("b")]},
    "fill-in": {"correctResponsesPattern": ["Bob's your uncle"]},
    "long-fill-in": {"correctResponsesPattern": ["{case_matters=false}{lang=en}a long text"]},
    "matching": {
        "correctResponsesPattern": ["a[.]1[,]b[.]2"],
        "source": [component("a"), component("b")],
        "target": [component("1"), component("2")],
    },
    "performance": {"correctResponsesPattern": ["run[.]1:"], "steps": [component("run"), component("rest")]},
    "sequencing": {"correctResponsesPattern": ["a[,]b"], "choices": [component("a"), component("b")]},
    "likert": {"correctResponsesPattern": ["likert_3"], "scale": [component("likert_0"), component("likert_3")]},
    "numeric": {"correctResponsesPattern": ["4[:]"]},
    "other": {"correctResponsesPattern": ["(35.937432,-86.868896)"]},
}


def interaction(kind: str) -> Json:
    return activity(interactionType=kind, **copy.deepcopy(INTERACTIONS[kind]))


def statement_reference() -> Json:
    return {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}


def result() -> Json:
    return {
        "score": {"scaled": 0.95, "raw": 95, "min": 0, "max": 100},
        "success": True,
        "completion": True,
        "response": "We agreed on some example actions.",
        "duration": "PT1H0M0S",
        "extensions": EXTENSIONS,
    }


def context() -> Json:
    return {
        "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
        "instructor": agent(name="Iris", mbox="mailto:iris@example.org"),
        "team": groups_by_identifier()["mbox"],
        "revision": "3",
        "platform": "A school",
        "language": "en-GB",
        "statement": statement_reference(),
        "contextActivities": {kind: [activity()] for kind in ("parent", "grouping", "category", "other")},
        "extensions": EXTENSIONS,
    }


def attachment(content: bytes = TEXT, **more: Any) -> Json:
    return {
        "usageType": "https://example.org/usage/notes",
        "display": {"en-US": "Notes"},
        "description": {"en-US": "Notes of the meeting"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": hashlib.sha256(content).hexdigest(),
    } | more


def statement(**more: Any) -> Json:
    plain = {"objectType": "Activity", "id": "https://example.org/meetings/7"}
    return {"actor": agent(), "verb": verb(), "object": plain} | more


def sub_statement(**more: Any) -> Json:
    return {"objectType": "SubStatement"} | statement(**more)


def full_statement() -> Json:
    """With all that a statement about an activity may have but attachments."""
    return statement(object=activity(), result=result(), context=context(), timestamp="2026-11-20T10:00:00.000Z")


def nested(**more: Any) -> Json:
    return statement(object=sub_statement(**more))


def voiding(target: str) -> Json:
    return statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": target})
