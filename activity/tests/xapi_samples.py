"""Statements that show all that the specification allows, in our own words; each call gives them anew."""

import json
import re
from typing import Any


class Absent:
    """The value that takes a property away. Its name is part of tests' names, which parallel workers compare."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()

ADA = {"objectType": "Agent", "name": "Ada", "mbox": "mailto:ada@example.org"}
BY_HASH = {"mbox_sha1sum": "4b8d5b3bb6fbe2d7a4ab9e3ca2c0cfbcb5a08f4f"}
BY_OPENID = {"openid": "https://ada.example.org/"}
BY_ACCOUNT = {"account": {"homePage": "https://lms.example.org", "name": "17"}}
TEAM = {"objectType": "Group", "name": "Blue", "member": [ADA, BY_HASH, BY_OPENID, BY_ACCOUNT]}
NAMED_TEAM = {"objectType": "Group", "mbox": "mailto:blue@example.org", "member": [ADA]}
APPLICATION_AND_USER = {"objectType": "Group", "member": [BY_ACCOUNT, ADA]}
VERB = {"id": "https://example.org/verbs/answered", "display": {"en": "answered", "bn": "উত্তর দিয়েছেন"}}
LESSON = {"objectType": "Activity", "id": "https://example.org/lessons/পাঠ-1"}
EXTENSIONS = {"https://example.org/x": None, "urn:example:y": "", "tag:example.org,2026:z": {"a": [1, {}, True, None]}}
QUESTION = {
    **LESSON,
    "definition": {
        "name": {"en": "Which one?"},
        "description": {"en-GB": "Choose the better one.", "zh-Hant": "選"},
        "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
        "moreInfo": "https://example.org/more",
        "interactionType": "choice",
        "correctResponsesPattern": ["a[,]b"],
        "choices": [{"id": "a", "description": {"en": "The first"}}, {"id": "b"}],
        "extensions": EXTENSIONS,
    },
}
REFERENCE = {"objectType": "StatementRef", "id": "6f6b3b2e-3a55-4a6b-9bbd-8a1fd3c9a3f1"}
RESULT = {
    "score": {"scaled": 0.75, "raw": 7.5, "min": 0, "max": 10},
    "success": True,
    "completion": False,
    "response": "a",
    "duration": "PT1M30.25S",
    "extensions": EXTENSIONS,
}
CONTEXT = {
    "registration": "EC531277-B57B-4C15-8D91-D292C5B2B8F7",
    "instructor": BY_ACCOUNT,
    "team": NAMED_TEAM,
    "contextActivities": {
        "parent": [LESSON],
        "grouping": [],
        "category": [{"id": "https://example.org/profiles/quiz"}, QUESTION],
        "other": LESSON,
    },
    "revision": "7",
    "platform": "Moodle",
    "language": "bn-BD",
    "statement": REFERENCE,
    "extensions": EXTENSIONS,
}
INVOLVED = {
    "contextAgents": [
        {"objectType": "contextAgent", "agent": ADA, "relevantTypes": ["https://example.org/types/tutor"]},
        {"objectType": "contextAgent", "agent": BY_OPENID},
    ],
    "contextGroups": [{"objectType": "contextGroup", "group": TEAM, "relevantTypes": ["urn:example:class"]}],
}
ATTACHMENT = {
    "usageType": "https://example.org/attachments/essay",
    "display": {"en": "An essay"},
    "description": {"en": "On light"},
    "contentType": "text/plain; charset=utf-8",
    "length": 27,
    "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
    "fileUrl": "https://files.example.org/essay.txt",
}
PLAIN = {"actor": ADA, "verb": VERB, "object": LESSON}
FULL = {
    "id": "d1eec41f-1e93-4ed6-acbf-5c4bd0c24269",
    "actor": ADA,
    "verb": VERB,
    "object": QUESTION,
    "result": RESULT,
    "context": CONTEXT,
    "timestamp": "2026-11-20T09:30:00.123Z",
    "stored": "2026-11-20T09:30:01Z",
    "authority": APPLICATION_AND_USER,
    "version": "1.0.3",
    "attachments": [ATTACHMENT],
}
SUB_STATEMENT = {
    "objectType": "SubStatement",
    **{name: FULL[name] for name in ("actor", "verb", "object", "result", "context", "timestamp", "attachments")},
}
VOIDING = {
    "actor": ADA,
    "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
    "object": {"objectType": "StatementRef", "id": "d1eec41f-1e93-4ed6-acbf-5c4bd0c24269"},
}
INTERACTIONS = {
    "true-false": {"correctResponsesPattern": ["true"]},
    "choice": {"correctResponsesPattern": ["a"], "choices": [{"id": "a"}]},
    "fill-in": {"correctResponsesPattern": ["Bob's your uncle"]},
    "long-fill-in": {"correctResponsesPattern": ["{case_matters=false}{lang=en}Light is a wave."]},
    "matching": {"source": [{"id": "a"}], "target": [{"id": "1"}]},
    "performance": {"steps": [{"id": "pong"}]},
    "sequencing": {"choices": [{"id": "b"}, {"id": "a"}]},
    "likert": {"scale": [{"id": "likert_0", "description": {"sr-Latn-RS": "U redu"}}]},
    "numeric": {"correctResponsesPattern": ["4[:]"]},
    "other": {"correctResponsesPattern": []},
}


def with_value(sample: Any, path: str, value: Any) -> Any:
    """The sample with this value at "context.contextActivities.parent[0].id"; ABSENT takes the property away."""
    changed = json.loads(json.dumps(sample))  # samples share their parts: a deep copy would too
    *steps, last = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    inside = changed
    for step in steps:
        inside = inside[step]
    if value is ABSENT:
        del inside[last]
    else:
        inside[last] = value
    return changed
