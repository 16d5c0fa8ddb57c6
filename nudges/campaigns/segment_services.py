"""Keeping segments, and letting go of those that no campaign needs."""

from django.contrib.auth.models import User
from django.db.models import ProtectedError

from ..models import Segment


class SegmentInUse(Exception):  # noqa: N818 (reads as what happened)
    """Campaigns are for it: without it they would be for everybody, or for nobody."""

    def __init__(self, campaigns: list[str]) -> None:
        self.campaigns = campaigns
        super().__init__(", ".join(campaigns))


def save_segment(*, name: str, query: str, by: User | None, segment: Segment | None = None) -> Segment:
    """A new segment, or this one with another name and filter. `query` is of segments.query_of."""
    if segment is None:
        return Segment.objects.create(name=name, query=query, owner=by)
    segment.name, segment.query = name, query
    segment.save(update_fields=["name", "query"])
    return segment


def delete_segment(segment: Segment) -> None:
    """Raises SegmentInUse."""
    try:
        segment.delete()
    except ProtectedError:
        raise SegmentInUse(sorted(segment.campaigns.values_list("name", flat=True))) from None
