"""Which learners a segment means: the board's filters, and what they did, said and can be reached by.

Names are none that forms have beside a filter: “language” is that of a message, and “speaks” the learner's.

One query string means the same on the board, in a bulk nudge and in a campaign. Days are counted between UTC dates, as
the risk score and the messages count them. What is not known matches nothing, for it is not zero.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.validators import EMPTY_VALUES
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from activity.models import Lesson, LessonProgress
from learners.channels import ADDRESS_OF, ALLOWED_BY_DEFAULT, Channel
from learners.models import ContactPreference, Status
from riskscoring.filters import BoardFilter, BoardForm
from riskscoring.models import RiskScore

MOST_DAYS = 3650
MOST_MISSED = 1000
LONGEST_QUERY = 2000
WHATEVER = _("Does not matter")
OF_THE_BOARD = frozenset({"order", "cursor"})  # in its address, and about nobody


class SegmentInvalid(Exception):  # noqa: N818 (reads as what happened)
    """The filter can't be read. Without the part that is wrong more learners would match than were meant."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class SegmentForm(BoardForm):
    """Refuses names that it does not know: a misspelt filter would be none, and let everybody in."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if unknown := sorted(set(self.data) - set(self.fields) - OF_THE_BOARD):
            self.add_error(None, _("There is no filter “%(name)s”.") % {"name": unknown[0][:40]})
        return cleaned


class WholeNumberFilter(django_filters.Filter):
    field_class = forms.IntegerField


class PercentFilter(django_filters.Filter):
    field_class = forms.DecimalField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0, max_value=100, max_digits=5, decimal_places=2, **kwargs)


class SegmentFilter(BoardFilter):
    """A filter over RiskScore. Whoever acts on it asks `is_valid()` first; `problems` are for a person."""

    unseen_days = WholeNumberFilter(
        label=_("Not seen for at least, in days"), min_value=1, max_value=MOST_DAYS, method="filter_learners"
    )
    seen_days = WholeNumberFilter(
        label=_("Seen within the last, in days"), min_value=1, max_value=MOST_DAYS, method="filter_learners"
    )
    completed_below = PercentFilter(label=_("Has completed less than, in %"), method="filter_learners")
    completed_from = PercentFilter(label=_("Has completed at least, in %"), method="filter_learners")
    quiz_below = PercentFilter(label=_("Quiz average below, in %"), method="filter_learners")
    missed_from = WholeNumberFilter(
        label=_("Sessions missed in a row, at least"), min_value=1, max_value=MOST_MISSED, method="filter_learners"
    )
    unfinished = django_filters.ModelChoiceFilter(
        label=_("Has not completed"), queryset=Lesson.objects.select_related("program"), method="filter_learners"
    )
    unnudged_days = WholeNumberFilter(
        label=_("Not nudged for at least, in days"), min_value=1, max_value=MOST_DAYS, method="filter_learners"
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=Status.choices, empty_label=WHATEVER, method="filter_learners"
    )
    speaks = django_filters.ChoiceFilter(
        label=_("Language"), choices=settings.LANGUAGES, empty_label=WHATEVER, method="filter_learners"
    )
    reachable = django_filters.ChoiceFilter(
        label=_("Can be reached by"), choices=Channel.choices, empty_label=WHATEVER, method="filter_learners"
    )

    class Meta(BoardFilter.Meta):
        form = SegmentForm

    def __init__(
        self, data: Any = None, queryset: Any = None, *, user: User | None = None, now: datetime | None = None
    ) -> None:
        super().__init__(data, RiskScore.objects.all() if queryset is None else queryset, user=user)
        self.now = now or timezone.now()

    @classmethod
    def of(cls, query: str, *, user: User | None, now: datetime | None = None) -> "SegmentFilter":
        return cls(QueryDict(query), user=user, now=now)

    @property
    def chosen(self) -> dict[str, Any]:
        """As the board's, but 0 is a value here."""
        self.errors  # noqa: B018 (reading it validates)
        return {
            name: value
            for name, value in self.form.cleaned_data.items()
            if value not in EMPTY_VALUES and name != "order"
        }

    @property
    def problems(self) -> list[str]:
        """What can't be read, in sentences that name the field."""
        return [
            f"{self.form.fields[name].label}: {error}" if name in self.form.fields else str(error)
            for name, errors in self.errors.items()
            for error in errors
        ]

    def _condition(self, name: str, value: Any, *, learner: str, by_index: bool = True) -> Q:
        if name in _CONDITIONS:
            return _CONDITIONS[name](value, learner, self.now)
        return super()._condition(name, value, learner=learner, by_index=by_index)


NAMES = tuple(name for name in SegmentFilter.base_filters if name not in OF_THE_BOARD)


def query_of(params: Mapping[str, Any] | QueryDict, *, user: User | None) -> str:
    """The query string to keep: known names alone, in one order, without what is blank, and “me” spelt out.

    Raises SegmentInvalid.
    """
    given = params if isinstance(params, QueryDict) else QueryDict(urlencode(params))
    pairs = [(name, value) for name in NAMES for value in given.getlist(name) if value.strip()]
    if user is not None:  # whoever opens the segment later is somebody else
        pairs = [(name, str(user.pk) if (name, value) == ("owner", "me") else value) for name, value in pairs]
    query = urlencode(pairs)
    found = SegmentFilter.of(query, user=user)
    if not found.is_valid():
        raise SegmentInvalid(found.problems)
    if len(query) > LONGEST_QUERY:
        raise SegmentInvalid([_t("This filter is too long to be kept.")])
    return query


def _day(now: datetime, days_ago: int) -> datetime:
    """When the UTC day so many days ago began."""
    return datetime.combine(now.astimezone(UTC).date() - timedelta(days=days_ago), time.min, UTC)


def _has_not_completed(lesson: Lesson, learner: str, now: datetime) -> Q:
    """Those of the lesson's program: nobody else has it to do."""
    done = LessonProgress.objects.filter(lesson=lesson, completed_at__isnull=False)
    has_it = Q(**{f"{learner}program": lesson.program_id})
    return has_it & Q(~Exists(done.filter(learner=OuterRef(_key(learner)))))


def _can_be_reached(channel: str, learner: str, now: datetime) -> Q:
    """As the gate asks of consent and address, at the time of looking."""
    said = ContactPreference.objects.filter(learner=OuterRef(_key(learner)), channel=channel)
    if channel not in ADDRESS_OF:
        allowed = said.filter(allowed=True)
        return Q(~Exists(said.filter(allowed=False))) if channel in ALLOWED_BY_DEFAULT else Q(Exists(allowed))
    address = f"{learner}{ADDRESS_OF[Channel(channel)]}"
    has_address = Q(**{f"{address}__isnull": False}) & ~Q(**{address: ""})
    return has_address & Q(Exists(said.filter(allowed=True, verified_at__isnull=False, bounced_at=None)))


def _not_nudged(days: int, learner: str, now: datetime) -> Q:
    """Who was never nudged was not nudged then either: this we know ourselves."""
    last = f"{learner}last_contacted_at"
    return Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__lt": _day(now, days - 1)})


def _key(learner: str) -> str:
    return f"{learner}pk" if not learner else f"{learner.removesuffix('__')}_id"


# Each: (value, path to the learner, now) → the condition.
_CONDITIONS: dict[str, Any] = {
    "unseen_days": lambda days, learner, now: Q(**{f"{learner}last_login__lt": _day(now, days - 1)}),
    "seen_days": lambda days, learner, now: Q(**{f"{learner}last_login__gte": _day(now, days - 1)}),
    "completed_below": lambda percent, learner, now: Q(**{f"{learner}completed_percent__lt": percent}),
    "completed_from": lambda percent, learner, now: Q(**{f"{learner}completed_percent__gte": percent}),
    "quiz_below": lambda percent, learner, now: Q(**{f"{learner}avg_quiz_score__lt": percent}),
    "missed_from": lambda times, learner, now: Q(**{f"{learner}consecutive_missed_sessions__gte": times}),
    "unfinished": _has_not_completed,
    "speaks": lambda language, learner, now: Q(**{f"{learner}language": language}),
    "unnudged_days": _not_nudged,
    "reachable": _can_be_reached,
}
