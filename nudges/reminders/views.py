"""/ui/test-reminders: who would get which reminder, now or at another time; and the switch. Looking sends nothing."""

from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from learners.requests import HtmxHttpRequest

from ..models import Campaign
from ..writers import WriterFailed
from .audience import window_of_reminders
from .rehearsal import AT_MOST_AWAY, rehearse
from .services import batches_of, switch_reminders


class MomentForm(forms.Form):
    at = forms.DateTimeField(
        label=gettext_lazy("As if it were (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
    )

    def clean_at(self) -> datetime | None:
        given: datetime | None = self.cleaned_data["at"]
        if given is None:
            return None
        moment = given.replace(tzinfo=UTC)
        if abs(moment - timezone.now()) > AT_MOST_AWAY:
            raise forms.ValidationError(_("Choose a time within a year from now."))
        return moment


@require_safe
def show(request: HtmxHttpRequest) -> HttpResponse:
    form = MomentForm(request.GET)
    chosen = form.cleaned_data["at"] if form.is_valid() else None
    rehearsal, has_templates = None, True
    if form.is_valid():
        try:
            rehearsal = rehearse(chosen or timezone.now())
        except WriterFailed:
            has_templates = False
    campaign = Campaign.objects.filter(is_reminder=True).first()
    context = {
        "form": form,
        "rehearsal": rehearsal,
        "unshown": rehearsal.going - len(rehearsal.reminders) if rehearsal else 0,
        "is_on": campaign is not None and campaign.is_on,
        "window": window_of_reminders(),
        "is_another_time": chosen is not None,
        "has_templates": has_templates,
        "batches": batches_of(timezone.now()),
    }
    return render(request, "nudges/test_reminders.html", context, status=200 if form.is_valid() else 422)


@require_POST
def switch(request: HtmxHttpRequest) -> HttpResponse:
    """`on` = 1 or 0."""
    campaign = switch_reminders(on=request.POST.get("on") == "1")
    if campaign.is_on:
        messages.success(request, _("The reminders are on: they are planned every quarter of an hour."))
    else:
        messages.success(request, _("The reminders are off. What had not left waits until they are on again."))
    return redirect("reminders:test")
