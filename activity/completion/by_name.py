"""Pages of learners in the order of their names, each starting behind the last learner of the page before."""

from dataclasses import dataclass

from django.db.models import Q

from learners.models import Learner
from learners.querysets import LearnerQuerySet

PAGE_SIZE = 50
LARGEST_PAGE = 200
FEW = 2000


class UnknownLearner(Exception):  # noqa: N818  (named for what it is, like Http404)
    """The page should start after a learner who is not there."""


@dataclass(frozen=True)
class Page:
    """Some learners in order; `after` starts the next page, and is blank on the last."""

    learners: list[Learner]
    after: str


def page_by_name(learners: LearnerQuerySet, *, among: LearnerQuerySet, after: str = "", limit: int = PAGE_SIZE) -> Page:
    """The learners behind the one whose uid is `after`, `limit` of them at most. Raises UnknownLearner.

    All `learners` are `among` others, whom an index finds. A database sorts few, and walks the index of names for many;
    as it can't always tell which they are, we look first.
    """
    found_among = list(among.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(found_among) <= FEW:
        learners = learners.filter(pk__in=found_among)
    if after:
        place = Learner.objects.filter(uid=after).values_list("name", "pk").first()
        if place is None:
            raise UnknownLearner(after)
        name, pk = place
        learners = learners.filter(Q(name__gt=name) | Q(pk__gt=pk), name__gte=name)  # one range of the index
    found = list(learners.order_by("name", "pk")[: limit + 1])
    return Page(found[:limit], found[limit - 1].uid if len(found) > limit else "")
