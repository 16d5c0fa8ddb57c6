"""What a coordinator fills in to send to many: the texts, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learners.zones import zone_of

FURTHEST_DAYS = 366


class ScheduleForm(forms.Form):
    """When it is to go: at once when `at` is empty. The browser says in which time zone that is meant."""

    at = forms.DateTimeField(
        label=_("Send at"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Give a day and a time.")},
    )
    zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput(attrs={"data-zone": ""}))
    later = forms.BooleanField(required=False, widget=forms.HiddenInput)  # the button that asks for a time

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "at" in self.errors:
            return cleaned
        at: datetime | None = cleaned.get("at") if cleaned.get("later") else None
        if at is not None:
            # The field took the wall clock for the server's: it is the coordinator's.
            at = at.replace(tzinfo=zone_of(cleaned.get("zone") or "", otherwise=settings.TIME_ZONE))
            now = timezone.now()
            if at <= now:
                self.add_error("at", _("This time is past. Choose a later one, or send now."))
            elif (at - now).days > FURTHEST_DAYS:
                self.add_error("at", _("Choose a time within a year."))
        elif cleaned.get("later"):
            self.add_error("at", _("Give a day and a time."))
        cleaned["at"] = at
        return cleaned
