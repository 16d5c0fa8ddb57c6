"""A segment's filters in words, for people who did not choose them."""

from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.channels import Channel
from learners.models import Status
from riskscoring.levels import Level

from .segments import SegmentFilter


def words_of(segment: SegmentFilter) -> list[str]:
    """A few words for each filter that is set, in their order; one for everybody when there is none."""
    return [_in_words(name, value, segment) for name, value in segment.chosen.items()] or [_("All learners")]


def _in_words(name: str, value: Any, segment: SegmentFilter) -> str:
    match name:
        case "level":
            return _("risk: %(levels)s") % {"levels": ", ".join(str(Level(level).label) for level in value)}
        case "owner":
            return _owner(value, segment)
        case "q":
            return _("found by “%(text)s”") % {"text": value}
        case "unseen_days":
            return ngettext("not seen for %(days)s day", "not seen for %(days)s days", value) % {"days": value}
        case "seen_days":
            return ngettext("seen in the last %(days)s day", "seen in the last %(days)s days", value) % {"days": value}
        case "completed_below":
            return _("less than %(percent)s%% completed") % {"percent": _plain(value)}
        case "completed_from":
            return _("at least %(percent)s%% completed") % {"percent": _plain(value)}
        case "quiz_below":
            return _("quiz average below %(percent)s%%") % {"percent": _plain(value)}
        case "missed_from":
            words = ngettext("%(count)s session missed", "%(count)s or more sessions missed in a row", value)
            return words % {"count": value}
        case "unfinished":
            return _("“%(lesson)s” not completed") % {"lesson": value.title}
        case "unnudged_days":
            return ngettext("no nudge for %(days)s day", "no nudge for %(days)s days", value) % {"days": value}
        case "status":
            return str(Status(value).label)
        case "speaks":
            return str(dict(segment.form.fields["speaks"].choices)[value])
        case "reachable":
            return _("can be reached by %(channel)s") % {"channel": Channel(value).label}
    return str(value)  # a program or a cohort


def _owner(value: Any, segment: SegmentFilter) -> str:
    if value == "none":
        return _("nobody’s learners")
    person = segment.user if value == "me" else User.objects.filter(pk=value).first()
    name = (person.get_full_name() or person.username) if person else _("somebody who is gone")
    return _("learners of %(name)s") % {"name": name}


def _plain(number: Any) -> str:
    return f"{number.normalize():f}"
