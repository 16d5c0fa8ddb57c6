from datetime import UTC, datetime

import factory

from learners import models


class ProgramFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Program
        django_get_or_create = ("name",)

    name = "Python Basics"


class CohortFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Cohort

    program = factory.SubFactory(ProgramFactory)
    name = factory.Sequence(lambda n: f"Group {n}")


class LearnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Learner

    uid = factory.Sequence(lambda n: f"learner_{n:03}")
    name = factory.Sequence(lambda n: f"Learner {n}")
    email = factory.Sequence(lambda n: f"learner{n}@example.org")
    program = factory.SubFactory(ProgramFactory)


class ContactPreferenceFactory(factory.django.DjangoModelFactory):
    """A learner who agreed, at an address that is theirs."""

    class Meta:
        model = models.ContactPreference

    learner = factory.SubFactory(LearnerFactory)
    channel = "email"
    allowed = True
    decided_at = datetime(2026, 1, 1, tzinfo=UTC)
    verified_at = datetime(2026, 1, 1, tzinfo=UTC)
    source = "enrolment form"
