"""What stands beside a campaign's form while it is filled in: for how many it is, and what its texts would cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from learners.channels import Channel
from learners.whole_numbers import whole_number

from ..audience import Audience
from ..models import Segment, Source
from ..wordings import Estimate, estimate_for
from .counting import Count, count_of
from .forms import PREFERENCES
from .segments import SegmentInvalid


@dataclass(frozen=True)
class Notes:
    """`count` is None without a segment that can be read; `estimate` without one, or when no model writes."""

    count: Count | None = None
    problems: tuple[str, ...] = ()
    estimate: Estimate | None = None
    has_model: bool = True


def notes_on(given: Mapping[str, Any], *, user: User) -> Notes:
    """Of a form's raw values, right or wrong. In two queries, and one for the estimate."""
    pk = whole_number(str(given.get("segment") or ""))
    segment = Segment.objects.filter(pk=pk).first() if pk is not None else None
    if segment is None:
        return Notes()
    now = timezone.now()
    try:
        count = count_of(segment.query, user=user, now=now)
    except SegmentInvalid as invalid:
        return Notes(problems=tuple(invalid.problems))
    chosen = [given.get(name) for name in PREFERENCES]
    channels = [channel for channel in dict.fromkeys(chosen) if channel in Channel.values]
    if given.get("source") != Source.AI or not channels:
        return Notes(count)
    language = given.get("language") or ""
    estimate = estimate_for(
        Audience(query=segment.query).learners(user),
        channels=channels,
        language=language if language in dict(settings.LANGUAGES) else "",
        two_messages=bool(given.get("has_two_messages")),
        now=now,
    )
    return Notes(count, estimate=estimate, has_model=bool(settings.OPENAI_API_KEY))
