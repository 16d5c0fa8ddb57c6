"""What can be chosen in the menus above the list, and what is."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from learners.models import Cohort, Program

from .filters import BoardFilter


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    title: str
    is_chosen: bool
    group: str = ""


def programs_to_choose(filters: BoardFilter) -> list[Choice]:
    chosen = _chosen_id(filters, "program")
    return [Choice(str(pk), name, pk == chosen) for pk, name in Program.objects.values_list("pk", "name")]


def cohorts_to_choose(filters: BoardFilter) -> list[Choice]:
    """Those of the chosen program; without one, all, grouped by their programs."""
    chosen, program = _chosen_id(filters, "cohort"), filters.chosen.get("program")
    cohorts = Cohort.objects.values_list("pk", "name", "program__name")
    if program:
        return [Choice(str(pk), name, pk == chosen) for pk, name, _program in cohorts.filter(program=program)]
    return [Choice(str(pk), name, pk == chosen, group) for pk, name, group in cohorts]


def owners_to_choose(filters: BoardFilter) -> list[Choice]:
    """Everybody who can look after learners, `filters.user` being "me"."""
    chosen = str(filters.chosen.get("owner", ""))
    people = User.objects.filter(is_active=True, groups__name__in=["coordinator", "staff"]).distinct()
    people = people.only("first_name", "last_name", "username").order_by("first_name", "last_name", "username")
    return [
        Choice("me", _("My learners"), chosen == "me"),
        Choice("none", _("Nobody’s learners"), chosen == "none"),
        *(
            Choice(str(one.pk), one.get_full_name() or one.username, chosen == str(one.pk))
            for one in people
            if one != filters.user
        ),
    ]


def _chosen_id(filters: BoardFilter, name: str) -> Any:
    return getattr(filters.chosen.get(name), "pk", None)
