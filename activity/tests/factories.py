"""Statements as plain values, the way into the record for them, and rows of what follows from them."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import factory

from activity import models
from activity.store.incoming import Incoming
from activity.store.writing import store_statements
from activity.xapi.versions import Version
from learners.tests.factories import CohortFactory, LearnerFactory, ProgramFactory

ADL = "http://adlnet.gov/expapi/verbs/"
LESSON = "https://example.org/lessons/1"
LESSON_TYPE = "http://adlnet.gov/expapi/activities/lesson"
QUIZ_TYPE = "http://adlnet.gov/expapi/activities/assessment"


def a_statement(
    *,
    verb: str = "completed",
    email: str = "riya@example.org",
    actor: dict[str, Any] | None = None,
    object: str | dict[str, Any] = LESSON,  # noqa: A002  (the specification's word)
    type: str | None = LESSON_TYPE,  # noqa: A002
    name: str | None = None,
    score: float | dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
    parent: str | None = None,
    timestamp: datetime | str | None = None,
    id: str | UUID | None = None,  # noqa: A002
    **more: Any,
) -> dict[str, Any]:
    """A valid statement, with an id. `verb` is one of ADL's words or an IRI, `score` is scaled unless a dict."""
    definition = {**({"type": type} if type else {}), **({"name": {"en": name}} if name else {})}
    if isinstance(object, str):
        object = {"id": object, **({"definition": definition} if definition else {})}  # noqa: A001
    result = dict(result or {})
    if score is not None:
        result["score"] = score if isinstance(score, dict) else {"scaled": score}
    if isinstance(timestamp, datetime):
        timestamp = timestamp.isoformat()
    statement = {
        "id": str(id or uuid4()),
        "actor": actor or {"mbox": f"mailto:{email}"},
        "verb": {"id": verb if ":" in verb else ADL + verb},
        "object": object,
        **({"result": result} if result else {}),
        **({"context": {"contextActivities": {"parent": [{"id": parent}]}}} if parent else {}),
        **({"timestamp": timestamp} if timestamp else {}),
    }
    return statement | more


def a_voiding(statement: dict[str, Any] | str | UUID, **more: Any) -> dict[str, Any]:
    """The statement that voids this one (or the one with this id)."""
    target = statement["id"] if isinstance(statement, dict) else str(statement)
    return a_statement(
        **{"verb": "voided", "email": "lms@example.org", "object": {"objectType": "StatementRef", "id": target}} | more
    )


def an_account(name: str, home_page: str = "https://lms.example.org") -> dict[str, Any]:
    return {"account": {"homePage": home_page, "name": name}}


def store(*statements: dict[str, Any], key: models.AccessKey | None = None) -> tuple[int, ...]:
    """Put valid statements into the record; the positions of those that are new."""
    incoming = [
        Incoming(
            id=UUID(statement["id"]),
            statement=statement,
            raw=json.dumps(statement),
            version=Version.V1,
            key_id=key.pk if key else None,
        )
        for statement in statements
    ]
    return store_statements(incoming, skip_conflicts=True).positions


class AccessKeyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.AccessKey

    name = "Moodle"
    username = factory.Sequence(lambda n: f"key-{n}")
    digest = "0" * 64


class LearnerIdentityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.LearnerIdentity

    learner = factory.SubFactory(LearnerFactory)
    kind = models.LearnerIdentity.Kind.ACCOUNT
    value = factory.Sequence(lambda n: f"https://lms.example.org|user-{n}")


class LessonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Lesson

    program = factory.SubFactory(ProgramFactory)
    activity_id = factory.Sequence(lambda n: f"https://example.org/lessons/of-factory-{n}")
    title = factory.Sequence(lambda n: f"Lesson {n}")


class SessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Session

    cohort = factory.SubFactory(CohortFactory)
    title = factory.Sequence(lambda n: f"Session {n}")
    starts_at = datetime(2026, 11, 10, 9, tzinfo=UTC)
    ends_at = datetime(2026, 11, 10, 10, tzinfo=UTC)
