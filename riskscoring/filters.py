"""Which learners a query string means: for the board, its export, a bulk nudge and the API alike."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from learners import search
from learners.models import Cohort, Learner, Program
from learners.whole_numbers import whole_number

from .levels import Level
from .models import RiskScore
from .ordering import DEFAULT_ORDER, ORDERS, Order, parse_order
from .querysets import RiskScoreQuerySet

LONGEST_SEARCH = 200
SCOPE = ("program", "cohort", "owner")  # what the summary above the list follows, too


def scope_of(query: Mapping[str, str]) -> dict[str, str]:
    """The part of a query string that the summary above the list follows."""
    return {name: query[name] for name in SCOPE if query.get(name)}


class OwnerField(forms.CharField):
    """ "me", "none", or the id of a user."""

    default_error_messages = {"invalid": _("Give a user's id, or “me”, or “none”.")}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text in ("", "me", "none"):
            return text or None
        number = whole_number(text)
        if number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class OwnerFilter(django_filters.Filter):
    field_class = OwnerField


class SearchField(forms.CharField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\0", " ") if isinstance(value, str) else value)


class SearchFilter(django_filters.Filter):
    field_class = SearchField


class BoardForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        program, cohort = cleaned.get("program"), cleaned.get("cohort")
        if program and cohort and cohort.program_id != program.id:
            self.add_error("cohort", _("This cohort belongs to another program."))
        return cleaned


class BoardFilter(django_filters.FilterSet):
    """A filter over RiskScore. What is invalid is left out, and stands in `errors`.

    A door that changes something asks `is_valid()` first: without a filter that could not be read, more learners
    match than were meant.
    """

    level = django_filters.MultipleChoiceFilter(label=_("Risk"), choices=Level.choices, method="filter_levels")
    program = django_filters.ModelChoiceFilter(
        label=_("Program"), queryset=Program.objects.all(), method="filter_learners"
    )
    cohort = django_filters.ModelChoiceFilter(
        label=_("Cohort"), queryset=Cohort.objects.select_related("program"), method="filter_learners"
    )
    owner = OwnerFilter(label=_("Coordinator"), method="filter_learners")
    q = SearchFilter(label=_("Search"), max_length=LONGEST_SEARCH, method="filter_learners")
    order = django_filters.ChoiceFilter(label=_("Order"), choices=ORDERS, method="sort")

    class Meta:
        model = RiskScore
        fields: list[str] = []
        form = BoardForm

    def __init__(self, data: Any = None, queryset: Any = None, *, user: User | None = None, **kwargs: Any) -> None:
        """`user` is whom `owner=me` means."""
        super().__init__({} if data is None else data, queryset, **kwargs)
        self.is_bound = True
        self.user = user

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that are set and valid, by name, `order` aside."""
        self.errors  # noqa: B018 (reading it validates)
        return {name: value for name, value in self.form.cleaned_data.items() if value and name != "order"}

    @property
    def ordering(self) -> Order:
        self.errors  # noqa: B018
        return parse_order(self.form.cleaned_data.get("order") or DEFAULT_ORDER)

    def narrowed_by(self, *names: str) -> RiskScoreQuerySet:
        """All learners that match these filters alone, in no order."""
        queryset = self.queryset.all()
        for name, value in self.chosen.items():
            if name in names:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def learners_to_look_at(self) -> QuerySet[Learner]:
        """The learners that match all but the level, for those who walk an index and look at each."""
        chosen = {name: value for name, value in self.chosen.items() if name != "level"}
        return Learner.objects.filter(*(self._condition(*one, learner="", by_index=False) for one in chosen.items()))

    def _condition(self, name: str, value: Any, *, learner: str, by_index: bool = True) -> Q:
        """What a filter asks of a learner; `learner` is the path to it."""
        if name == "q":
            return search.matching(value, learner=learner, by_index=by_index)
        if name == "owner" and value == "me":
            return Q(**{f"{learner}owner": self.user}) if self.user else Q(pk__in=[])
        return Q(**{f"{learner}{name}": None if value == "none" else value})

    def filter_levels(self, queryset: RiskScoreQuerySet, name: str, levels: list[str]) -> RiskScoreQuerySet:
        return queryset.at_levels(levels)

    def filter_learners(self, queryset: RiskScoreQuerySet, name: str, value: Any) -> RiskScoreQuerySet:
        return queryset.filter(self._condition(name, value, learner="learner__"))

    def sort(self, queryset: RiskScoreQuerySet, name: str, order: str) -> RiskScoreQuerySet:
        """Left to filter_queryset, which sorts without an `order`, too."""
        return queryset

    def filter_queryset(self, queryset: RiskScoreQuerySet) -> RiskScoreQuerySet:
        return super().filter_queryset(queryset).order_by(*self.ordering.by)
