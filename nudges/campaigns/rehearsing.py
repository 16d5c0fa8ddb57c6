"""A run that does not take place: planned like a real one and taken back, so that it can't promise something else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from learners.search import matching

from ..batches.previewing import Reading, reading_at
from ..models import Campaign, NudgeBatch
from ..planning import Plan, preview
from .services import audience_of, draft_run


@dataclass(frozen=True)
class Read:
    """What one learner would read. `position` counts from 0, by primary key, among all whom the segment means."""

    reading: Reading
    position: int
    total: int

    @property
    def number(self) -> int:
        return self.position + 1

    @property
    def previous(self) -> int | None:
        return self.position - 1 if self.position else None

    @property
    def next(self) -> int | None:
        return self.number if self.number < self.total else None


def both_sides(campaign: Campaign, *, now: datetime) -> Plan:
    """Who would get it now, who would not, and why. Raises AudienceInvalid, and CampaignNotReady without texts."""
    with _rehearsal(campaign) as batch:
        return preview(batch, now=now)


def read_by(campaign: Campaign, *, position: int, name: str = "", now: datetime) -> Read | None:
    """What the learner at this place would read, or the first of those whose name, email or id has these words.

    None when there is nobody. Raises AudienceInvalid, and CampaignNotReady without texts.
    """
    learners = audience_of(campaign).learners(campaign.owner)
    total = learners.order_by().count()
    if name:
        found = learners.filter(matching(name)).first()
        if found is None:
            return None
        position = learners.order_by().filter(pk__lt=found.pk).count()
    with _rehearsal(campaign) as batch:
        reading = reading_at(batch, min(position, max(total - 1, 0)), now=now)
    return Read(reading, min(position, total - 1), total) if reading else None


@contextmanager
def _rehearsal(campaign: Campaign) -> Iterator[NudgeBatch]:
    with transaction.atomic():
        yield draft_run(campaign, day=None)
        transaction.set_rollback(True)
