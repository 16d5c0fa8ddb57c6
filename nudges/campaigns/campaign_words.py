"""What a campaign does, in one sentence, for whoever did not set it up."""

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from learners.channels import Channel

from ..goals import aims_of
from ..models import Campaign, Source
from .segment_words import words_of
from .segments import SegmentFilter


def sentence_of(campaign: Campaign, *, user: User | None) -> str:
    parts = [
        _("%(often)s, those of “%(segment)s” (%(filter)s) get one %(type)s by %(channels)s, in %(language)s.")
        % {
            "often": _how_often(campaign),
            "segment": campaign.segment.name if campaign.segment else "–",
            "filter": _whom(campaign, user),
            "type": str(campaign.get_type_display()).lower(),
            "channels": channels_in_words(campaign.channels),
            "language": dict(settings.LANGUAGES)[campaign.language] if campaign.language else _("their own language"),
        },
        _goal(campaign),
        _hours(campaign),
        _care(campaign),
    ]
    return " ".join(part for part in parts if part)


def channels_in_words(channels: list[str]) -> str:
    return _(", else ").join(str(Channel(channel).label) for channel in channels)


def _how_often(campaign: Campaign) -> str:
    if campaign.starts_at is None:
        return str(campaign.get_recurrence_display())
    start = timezone.localtime(campaign.starts_at)
    time = date_format(start, "TIME_FORMAT")
    match campaign.recurrence:
        case Campaign.Recurrence.DAILY:
            return _("Every day at %(time)s") % {"time": time}
        case Campaign.Recurrence.WEEKLY:
            return _("Every %(weekday)s at %(time)s") % {"weekday": date_format(start, "l"), "time": time}
        case Campaign.Recurrence.MONTHLY:
            return _("On day %(day)s of every month at %(time)s") % {"day": start.day, "time": time}
    return _("Once, on %(moment)s") % {"moment": date_format(start, "DATETIME_FORMAT")}


def _whom(campaign: Campaign, user: User | None) -> str:
    if campaign.segment is None:
        return "–"
    found = SegmentFilter.of(campaign.segment.query, user=user)
    return ", ".join(words_of(found)) if found.is_valid() else _("its filter can’t be read any more")


def _goal(campaign: Campaign) -> str:
    aim = aims_of([campaign.goal]).get(campaign.goal)
    return _("It is to get them to “%(lesson)s”.") % {"lesson": aim.title} if aim else ""


def _hours(campaign: Campaign) -> str:
    hours = {"begin": campaign.window_from, "end": campaign.window_until, "usual": campaign.usual_hour}
    if campaign.learns_hours:
        words = _(
            "It leaves when each learner is usually active, between %(begin)s:00 and %(end)s:00 where they are;"
            " around %(usual)s:00 when that is not known."
        )
    else:
        words = _("It leaves around %(usual)s:00 where they are, between %(begin)s:00 and %(end)s:00.")
    return words % hours


def _care(campaign: Campaign) -> str:
    parts = []
    if campaign.source == Source.AI:
        parts.append(_("AI writes the text, once for each situation."))
    if campaign.has_two_messages:
        parts.append(_("Two messages are compared."))
    if campaign.holdout_percent:
        parts.append(
            _("%(percent)s%% get nothing, by chance, so that its effect can be told.")
            % {"percent": campaign.holdout_percent}
        )
    if campaign.rollout_percent < 100:
        parts.append(
            _("%(percent)s%% get it first; the others %(hours)s hours later, unless too many opt out or it fails.")
            % {"percent": campaign.rollout_percent, "hours": campaign.rollout_hours}
        )
    return " ".join(parts)
