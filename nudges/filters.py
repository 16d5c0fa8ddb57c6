"""Which nudges the list shows, from its query string."""

import django_filters
from django.utils.translation import gettext_lazy as _

from learners.channels import Channel

from .models import Nudge, Source
from .states import State


class NudgeFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=State.choices, empty_label=_("Any state"))
    channel = django_filters.ChoiceFilter(label=_("Channel"), choices=Channel.choices, empty_label=_("Any channel"))
    source = django_filters.ChoiceFilter(label=_("Written by"), choices=Source.choices, empty_label=_("AI or template"))
    batch = django_filters.UUIDFilter(field_name="batch__uuid")
    reason = django_filters.CharFilter(max_length=40)

    class Meta:
        model = Nudge
        fields: list[str] = []
