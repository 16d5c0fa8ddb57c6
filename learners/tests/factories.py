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
