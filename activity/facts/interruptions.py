"""Recognise interruptions, each as one row of its cohort, and keep it true while it lasts."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Count, QuerySet

from ..models import ActiveDay, Interruption
from .silence import DAY, DAYS_AT_MOST, LEARNERS_AT_LEAST, USUAL_WEEKS, WEEK, Silence, find_silences

Active = dict[date, int]


def open_interruptions(*, as_of: date) -> QuerySet[Interruption]:
    """Those that lasted until yesterday at least, of which staff have not said that they are none."""
    return (
        Interruption.objects.filter(last_day__gte=as_of - DAY, first_day__lte=as_of)
        .exclude(decision=Interruption.Decision.DISMISSED)
        .select_related("cohort__program")
        .order_by("first_day", "pk")
    )


def recognise_interruptions(*, as_of: date) -> None:
    """Look at every cohort's days up to yesterday. What staff decided stays; what they didn't follows the evidence.

    A late statement (a phone that was offline) can show that it was none.
    """
    last = as_of - DAY
    first = last - (DAYS_AT_MOST - 1) * DAY
    active = _active_learners(since=first - USUAL_WEEKS * WEEK, until=last)
    known = _known(since=first)
    for cohort in sorted(active.keys() | known.keys()):
        found = list(find_silences(active.get(cohort, {}), first=first, last=last))
        _store(cohort, found, known.get(cohort, []), first=first)


def _active_learners(*, since: date, until: date) -> dict[int, Active]:
    """How many learners were active, by cohort and day, of cohorts large enough to tell."""
    days = ActiveDay.objects.filter(day__range=(since, until), learner__cohort__isnull=False)
    large = (
        days.values("learner__cohort")
        .annotate(learners=Count("learner", distinct=True))
        .filter(learners__gte=LEARNERS_AT_LEAST)
        .values("learner__cohort")
    )
    counted = (
        days.filter(learner__cohort__in=large).values("learner__cohort", "day").annotate(learners=Count("learner"))
    )
    found: dict[int, Active] = defaultdict(dict)
    for cohort, day, learners in counted.values_list("learner__cohort", "day", "learners"):
        found[cohort][day] = learners
    return dict(found)


def _known(*, since: date) -> dict[int, list[Interruption]]:
    found: dict[int, list[Interruption]] = defaultdict(list)
    for interruption in Interruption.objects.filter(last_day__gte=since - DAY):
        found[interruption.cohort_id].append(interruption)
    return dict(found)


def _store(cohort: int, silences: Sequence[Silence], known: Sequence[Interruption], *, first: date) -> None:
    """Make the undecided rows of a cohort what was found. Those that began before `first` have their full length."""
    undecided = [one for one in known if one.recognised and not one.decision and one.first_day >= first]
    settled = [one for one in known if one not in undecided]
    for silence in silences:
        if meets := [one for one in settled if _overlap(one, silence)]:
            _extend(meets, silence)
        elif same := next((one for one in undecided if _overlap(one, silence)), None):
            undecided.remove(same)
            _move(same, silence.first_day, silence.last_day)
        else:
            Interruption.objects.create(
                cohort_id=cohort, first_day=silence.first_day, last_day=silence.last_day, recognised=True
            )
    for one in undecided:
        one.delete()


def _extend(settled: Sequence[Interruption], silence: Silence) -> None:
    """What staff confirmed while it lasted goes on; what they entered or dismissed is as they say."""
    one = settled[-1]
    if len(settled) == 1 and one.recognised and one.decision == Interruption.Decision.CONFIRMED:
        longest = one.first_day + (DAYS_AT_MOST - 1) * DAY
        _move(one, one.first_day, max(one.last_day, min(silence.last_day, longest)))


def _overlap(one: Interruption, silence: Silence) -> bool:
    return one.first_day <= silence.last_day and silence.first_day <= one.last_day


def _move(one: Interruption, first_day: date, last_day: date) -> None:
    if (one.first_day, one.last_day) != (first_day, last_day):
        one.first_day, one.last_day = first_day, last_day
        one.save(update_fields=["first_day", "last_day"])
