"""What the pages of segments show: each in words, and a filter's fields with what is chosen."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.models import User
from django.forms import Form
from django.http import QueryDict

from activity.models import Lesson
from riskscoring.levels import Level
from riskscoring.menus import Choice, cohorts_to_choose, owners_to_choose, programs_to_choose

from ..models import Segment
from .segment_words import words_of
from .segments import SegmentFilter


@dataclass(frozen=True)
class SegmentRow:
    segment: Segment
    words: list[str]
    problems: list[str]
    campaigns: list[str]


def rows_of(segments: list[Segment], *, user: User) -> list[SegmentRow]:
    """`segments` come with their campaigns."""
    rows = []
    for segment in segments:
        found = SegmentFilter.of(segment.query, user=user)
        is_readable = found.is_valid()
        rows.append(
            SegmentRow(
                segment=segment,
                words=words_of(found) if is_readable else [],
                problems=[] if is_readable else found.problems,
                campaigns=[campaign.name for campaign in segment.campaigns.all()],
            )
        )
    return rows


class FilterFields:
    """A filter's form with its menus. Whose `owner` is the user is shown as “me”, which is how the menu has it."""

    def __init__(self, query: str | QueryDict, *, user: User) -> None:
        given = query if isinstance(query, QueryDict) else QueryDict(query)
        pairs = [(name, value) for name, value in parse_qsl(given.urlencode())]
        own = {("owner", str(user.pk)): ("owner", "me")}
        self.filter = SegmentFilter.of(urlencode([own.get(pair, pair) for pair in pairs]), user=user)

    @property
    def form(self) -> Form:
        return self.filter.form

    @property
    def problems(self) -> list[str]:
        return self.filter.problems

    @cached_property
    def levels(self) -> list[Choice]:
        chosen = self.filter.chosen.get("level", [])
        return [Choice(value, str(label), value in chosen) for value, label in Level.choices]

    @cached_property
    def programs(self) -> list[Choice]:
        return programs_to_choose(self.filter)

    @cached_property
    def cohorts(self) -> list[Choice]:
        """All of them: without JavaScript the list can't follow the program."""
        chosen = self.filter.chosen.get("cohort")
        everywhere = SegmentFilter.of("", user=self.filter.user)
        return [
            Choice(one.value, one.title, chosen is not None and one.value == str(chosen.pk), one.group)
            for one in cohorts_to_choose(everywhere)
        ]

    @cached_property
    def owners(self) -> list[Choice]:
        return owners_to_choose(self.filter)

    @cached_property
    def lessons(self) -> list[Choice]:
        chosen = self.filter.chosen.get("unfinished")
        rows = Lesson.objects.filter(counts=True).values_list("pk", "title", "program__name")
        return [Choice(str(pk), title, chosen is not None and pk == chosen.pk, group) for pk, title, group in rows]
