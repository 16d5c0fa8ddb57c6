"""Which learners a bulk nudge is for: those named one by one, those that a filter matches, or those above a score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode

from learners.models import Learner
from learners.querysets import LearnerQuerySet
from learners.sql import Sql, adapted, ids_of
from riskscoring.models import RiskScore

from .campaigns.segments import NAMES, SegmentFilter
from .reminders.audience import NOBODY, due_today


class AudienceInvalid(Exception):  # noqa: N818 (reads as what happened)
    """The filter could not be read. Without it more learners would match than were meant, so nobody is selected."""


@dataclass(frozen=True)
class Audience:
    """`query` is the query string of the board or a segment where all matches are meant, else None, and `uids` names
    the learners.

    `above`, in ten-thousandths, means all who score more and are known well enough: chosen by nobody's hand.
    `reminders_on` means those who are due to be reminded of something on that day of theirs: see reminders/.
    """

    uids: tuple[str, ...] = ()
    query: str | None = None
    above: int | None = None
    reminders_on: date | None = None

    @classmethod
    def from_query(cls, params: QueryDict) -> Audience:
        """`learner` repeated, or `all=1` and the filters."""
        if params.get("all"):
            return cls(query=urlencode([(name, value) for name in NAMES for value in params.getlist(name)]))
        return cls(uids=tuple(dict.fromkeys(uid for uid in params.getlist("learner") if "\0" not in uid)))

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Audience:
        day = stored.get("reminders_on")
        return cls(
            uids=tuple(stored["uids"]),
            query=stored["query"],
            above=stored.get("above"),
            reminders_on=date.fromisoformat(day) if day else None,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "uids": list(self.uids),
            "query": self.query,
            "above": self.above,
            "reminders_on": self.reminders_on.isoformat() if self.reminders_on else None,
        }

    @property
    def is_automatic(self) -> bool:
        return self.above is not None or self.reminders_on is not None

    @property
    def is_empty(self) -> bool:
        return self.query is None and not self.is_automatic and not self.uids

    @property
    def one(self) -> str | None:
        """The uid of the only learner named; None when it is not for one alone."""
        return self.uids[0] if self.query is None and len(self.uids) == 1 else None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """As names and values of a query string or hidden fields: what from_query reads."""
        if self.query is None:
            return [("learner", uid) for uid in self.uids]
        filters = QueryDict(self.query)
        return [("all", "1"), *((name, value) for name in filters for value in filters.getlist(name))]

    def learners(self, user: User | None) -> LearnerQuerySet:
        """By primary key. `user` is whom `owner=me` means. Raises AudienceInvalid."""
        if self.reminders_on is not None:
            due = due_today(timezone.now(), day=self.reminders_on)
            ids = RawSQL(f"SELECT learner_id FROM ({due.text}) due", [adapted(value) for value in due.params])  # noqa: S608, S611
            return Learner.objects.filter(pk__in=ids).order_by("pk")
        if self.above is not None:
            scores = RiskScore.objects.filter(priority__gt=self.above)
            return Learner.objects.filter(pk__in=scores.values("learner_id")).order_by("pk")
        if self.query is None:
            return Learner.objects.filter(uid__in=self.uids).order_by("pk")
        segment = SegmentFilter.of(self.query, user=user)
        if not segment.is_valid():
            raise AudienceInvalid
        return Learner.objects.filter(pk__in=segment.qs.order_by().values("learner_id")).order_by("pk")

    def sql(self, user: User | None, *, now: datetime) -> Sql:
        """A SELECT of learner_id and goal, "" where the audience has none of its own; each learner once.

        Raises AudienceInvalid.
        """
        if self.reminders_on is not None:
            return due_today(now, day=self.reminders_on)
        ids = ids_of(self.learners(user))
        if ids is None:
            return NOBODY
        return Sql(f"WITH meant (learner_id) AS ({ids.text}) SELECT learner_id, '' AS goal FROM meant", ids.params)  # noqa: S608
