from datetime import date, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from learners.tests.factories import LearnerFactory
from riskscoring import models
from riskscoring.scoring import SCORER, label_of


class RiskScoreFactory(factory.django.DjangoModelFactory):
    """Name the `priority`, and score and label follow."""

    class Meta:
        model = models.RiskScore

    learner = factory.SubFactory(LearnerFactory)
    priority = 5000
    score = factory.LazyAttribute(lambda risk: Decimal(max(risk.priority, 0)).scaleb(-4))
    label = factory.LazyAttribute(lambda risk: label_of(max(risk.priority, 0)))
    inputs_known = factory.LazyAttribute(lambda risk: 4 if risk.priority >= 0 else 1)
    scorer = SCORER
    as_of = date(2026, 11, 20)
    computed_at = factory.LazyFunction(timezone.now)


class RiskSnapshotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.RiskSnapshot

    learner = factory.SubFactory(LearnerFactory)
    day = date(2026, 11, 13)
    score = Decimal("0.5000")
    label = "medium"
    inputs_known = 4
    scorer = SCORER


class ScoringRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ScoringRun

    trigger = "command"
    scorer = SCORER
    is_full = True
    as_of = factory.LazyFunction(lambda: timezone.now().date())
    started_at = factory.LazyFunction(timezone.now)
    finished_at = factory.LazyAttribute(lambda run: run.started_at + timedelta(seconds=3))
