"""The cohorts, each in one line: how many learners, how many of them are there lately, how much they have completed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q

from learners.models import Cohort, Learner, Program

PAGE_SIZE = 50
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class CohortSummary:
    """`completed_percent` is the mean of the learners of whom it is known; None when it is of nobody."""

    cohort: Cohort
    learners: int
    seen_lately: int
    completed_percent: Decimal | None


@dataclass(frozen=True)
class SummaryPage:
    summaries: list[CohortSummary]
    after: int | None  # the id of the cohort behind which the next page starts


def cohort_summaries(*, program: Program | None, after: int | None, now: datetime) -> SummaryPage:
    """Cohorts by their programs and names, PAGE_SIZE of them. In three queries."""
    cohorts = Cohort.objects.select_related("program").order_by("program__name", "name")
    if program:
        cohorts = cohorts.filter(program=program)
    if after and (place := Cohort.objects.filter(pk=after).values_list("program__name", "name").first()):
        in_program = Q(program__name=place[0], name__gt=place[1])
        cohorts = cohorts.filter(in_program | Q(program__name__gt=place[0]))
    found = list(cohorts[: PAGE_SIZE + 1])
    counted = {
        row["cohort"]: row
        for row in Learner.objects.filter(cohort__in=found[:PAGE_SIZE])
        .order_by()
        .values("cohort")
        .annotate(
            learners=Count("*"),
            seen_lately=Count("pk", filter=Q(last_login__gte=now - LATELY)),
            mean=Avg(F("completed_percent")),
        )
    }
    return SummaryPage(
        [_summary(cohort, counted.get(cohort.pk, {})) for cohort in found[:PAGE_SIZE]],
        found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
    )


def _summary(cohort: Cohort, counted: Mapping[str, Any]) -> CohortSummary:
    mean = counted.get("mean")
    return CohortSummary(
        cohort=cohort,
        learners=counted.get("learners", 0),
        seen_lately=counted.get("seen_lately", 0),
        completed_percent=None if mean is None else Decimal(mean),
    )
