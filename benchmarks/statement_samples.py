"""Statements such as learning tools send, as many as wanted and always the same ones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
COURSES, LESSONS = 40, 500
HOME = "https://lms.example.org"
VERBS = {  # as often as these
    "http://adlnet.gov/expapi/verbs/launched": 10,
    "http://adlnet.gov/expapi/verbs/initialized": 20,
    "http://adlnet.gov/expapi/verbs/answered": 25,
    "https://w3id.org/xapi/video/verbs/played": 15,
    "https://w3id.org/xapi/video/verbs/paused": 15,
    "http://adlnet.gov/expapi/verbs/completed": 10,
    "http://adlnet.gov/expapi/verbs/passed": 5,
}
SCORED = {"http://adlnet.gov/expapi/verbs/answered", "http://adlnet.gov/expapi/verbs/passed"}


def learner(number: int) -> dict[str, Any]:
    if number % 3:
        return {
            "objectType": "Agent",
            "name": f"Learner Number {number}",
            "mbox": f"mailto:learner{number}@example.org",
        }
    return {"objectType": "Agent", "account": {"homePage": HOME, "name": f"learner_{number:07}"}}


def lesson(number: int) -> str:
    return f"{HOME}/course/{number % COURSES}/lesson/{number}"


def statements(count: int, *, learners: int, seed: int = 7, lessons: int = LESSONS) -> Iterator[dict[str, Any]]:
    random = Random(seed)
    verbs, weights = list(VERBS), list(VERBS.values())
    for number in range(count):
        verb, place = random.choices(verbs, weights)[0], random.randrange(lessons)
        course = f"{HOME}/course/{place % COURSES}"
        statement: dict[str, Any] = {
            "id": str(UUID(int=random.getrandbits(128), version=4)),
            "actor": learner(random.randrange(learners)),
            "verb": {"id": verb, "display": {"en": verb.rpartition("/")[2]}},
            "object": {
                "objectType": "Activity",
                "id": lesson(place),
                "definition": {
                    "type": "http://adlnet.gov/expapi/activities/lesson",
                    "name": {"en": f"Lesson {place}"},
                    "description": {"en": "What this lesson is about, in a sentence or two of ordinary length."},
                },
            },
            "context": {
                "registration": str(UUID(int=random.getrandbits(128), version=4)),
                "platform": "Example LMS",
                "contextActivities": {
                    "parent": [{"id": course}],
                    "category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}],
                },
            },
            "timestamp": (FIRST_DAY + timedelta(seconds=number * 7)).isoformat().replace("+00:00", "Z"),
        }
        if verb in SCORED:
            mark = random.randrange(101)
            score = {"scaled": mark / 100, "raw": mark, "min": 0, "max": 100}
            statement["result"] = {"score": score, "success": mark >= 50, "duration": f"PT{mark + 10}S"}
        yield statement
