"""What came back on a nudge, for its page."""

from django import template

from ..answering.touches import Tally, tally_of
from ..models import Nudge

register = template.Library()


@register.filter
def touches(nudge: Nudge) -> Tally:
    return tally_of(nudge)
