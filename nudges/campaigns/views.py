"""Campaigns: list, set up, look at both sides, write, approve, switch on and off, run, and watch."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from learners.requests import HtmxHttpRequest
from learners.whole_numbers import whole_number
from riskscoring.filters import LONGEST_SEARCH

from .. import batches
from ..audience import AudienceInvalid
from ..forms import TextForm
from ..models import Campaign, NudgeBatch, Segment
from ..previewing import words_for
from ..services import TextRefused
from ..wordings import problems_of
from ..writers import WriterFailed
from . import services
from .approval import texts_of_campaign
from .audience_notes import notes_on
from .campaign_pages import CampaignPage, listed, place_in_words, rows_of, runs_of
from .forms import CampaignForm
from .rehearsing import both_sides, read_by
from .services import CampaignNotReady

editing = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def campaign_list(request: HtmxHttpRequest) -> HttpResponse:
    context = {"rows": rows_of(list(listed())), "has_segments": Segment.objects.exists()}
    return render(request, "nudges/campaigns.html", context)


@editing
def new_campaign(request: HtmxHttpRequest) -> HttpResponse:
    form = CampaignForm(request.POST or None, initial={"segment": request.GET.get("segment")})
    if form.is_valid():
        made = services.create_campaign(values=form.values, by=request.user)
        _write(request, made)
        return redirect("campaigns:campaign", made.uuid)
    return _show_form(request, form, None)


@editing
def edit(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    found = _campaign_or_404(uuid)
    form = CampaignForm(request.POST or None, instance=_campaign_or_404(uuid))
    if form.is_valid():
        changed = services.update_campaign(campaign=found, values=form.values, now=timezone.now())
        if not changed.texts:
            _write(request, changed)
        messages.success(request, _("“%(campaign)s” is saved.") % {"campaign": changed.name})
        return redirect("campaigns:campaign", changed.uuid)
    return _show_form(request, form, found)


@require_GET
def audience(request: HtmxHttpRequest) -> HttpResponse:
    """Beside the form, while it is filled in: how many it is for now, and what the model's texts would cost."""
    return render(request, "nudges/_campaign_audience.html", {"notes": notes_on(request.GET, user=request.user)})


@require_safe
def campaign(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    page = CampaignPage(_campaign_or_404(uuid), user=request.user, now=timezone.now())
    return render(request, "nudges/campaign.html", {"page": page, "campaign": page.campaign})


@require_safe
def sides(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Who would get it now, who would not, and why: a part of the campaign's page that takes longer than the rest."""
    found = _campaign_or_404(uuid)
    context: dict[str, Any] = {"campaign": found}
    try:
        context["plan"] = both_sides(found, now=timezone.now())
    except CampaignNotReady as not_ready:
        context["problem"] = str(not_ready)
    except AudienceInvalid:
        context["problem"] = services.why_not_ready(found)
    return _show(request, "campaign_sides", context)


@require_safe
def reading(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Exactly what one learner of the audience would read: the one at a place, or the one of this name."""
    found = _campaign_or_404(uuid)
    name = request.GET.get("name", "").strip()[:LONGEST_SEARCH]
    position = whole_number(request.GET.get("position", "")) or 0
    context: dict[str, Any] = {"campaign": found, "name": name}
    try:
        context["read"] = read_by(found, position=position, name=name, now=timezone.now())
    except CampaignNotReady as not_ready:
        context["problem"] = str(not_ready)
    except AudienceInvalid:
        context["problem"] = services.why_not_ready(found)
    return _show(request, "campaign_reading", context)


@require_safe
def runs(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """The runs as they are now, for a page that is open while one moves."""
    found = _campaign_or_404(uuid)
    if not request.htmx:
        return redirect("campaigns:campaign", uuid)
    shown = runs_of(found)
    context = {"campaign": found, "runs": shown, "is_moving": any(run.is_moving for run in shown)}
    return render(request, "nudges/_campaign_runs.html", context)


@editing
def texts(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Change what it says, by hand."""
    found = _campaign_or_404(uuid)
    written = texts_of_campaign(found)
    forms = [
        TextForm(
            request.POST or None, channel=text.channel, language=text.language, prefix=str(number),
            initial={"subject": text.subject, "body": text.body},
        )
        for number, text in enumerate(written)
    ]  # fmt: skip
    words = {number: form.words for number, form in enumerate(forms)}
    if request.method == "POST" and all(form.is_valid() for form in forms):
        try:
            services.change_words(campaign=found, words=words)
        except TextRefused:
            pass  # the page shows what is wrong with each
        else:
            messages.success(request, _("The texts are saved. From the next run on, this is what learners read."))
            return redirect("campaigns:campaign", uuid)
    shown = [
        {
            "form": form,
            "where": place_in_words(text),
            "problems": problems_of(text.with_words(subject=words[number][0], body=words[number][1])),
        }
        for number, (form, text) in enumerate(zip(forms, written, strict=True))
    ]
    context = {"campaign": found, "texts": shown, "words": words_for(None)}
    return render(request, "nudges/campaign_texts.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def write(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    found = _campaign_or_404(uuid)
    _write(request, found, anew=bool(found.texts))
    return redirect("campaigns:campaign", uuid)


@require_POST
def approve(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    def act(found: Campaign) -> str:
        digest = request.POST.get("digest", "")
        services.approve(campaign=found, digest=digest, by=request.user, now=timezone.now())
        return _("The texts are approved.")

    return _do(request, uuid, act)


@require_POST
def switch(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    def act(found: Campaign) -> str:
        if request.POST.get("on") == "1":
            services.switch_on(campaign=found, now=timezone.now())
            return _("“%(campaign)s” is on.") % {"campaign": found.name}
        services.switch_off(campaign=found)
        return _("“%(campaign)s” is off. Nothing more of it leaves.") % {"campaign": found.name}

    return _do(request, uuid, act)


@require_POST
def run(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    def act(found: Campaign) -> str:
        services.run_now(campaign=found, by=request.user, now=timezone.now())
        return _("Today’s run is scheduled. You can still take it back below.")

    return _do(request, uuid, act)


@require_POST
def delete(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    found = _campaign_or_404(uuid)
    try:
        services.delete_campaign(found)
    except CampaignNotReady as refused:
        messages.error(request, str(refused))
        return redirect("campaigns:campaign", uuid)
    messages.success(request, _("“%(campaign)s” is deleted.") % {"campaign": found.name})
    return redirect("campaigns:list")


ACTIONS: dict[str, Callable[[NudgeBatch, User], object]] = {
    "pause": lambda batch, by: batches.pause(batch),
    "resume": lambda batch, by: batches.resume(batch),
    "cancel": lambda batch, by: batches.cancel(batch, by=by),
    "undo": lambda batch, by: batches.undo(batch),
}


@require_POST
def run_action(request: HtmxHttpRequest, uuid: UUID, batch_uuid: UUID, action: str) -> HttpResponse:
    if action not in ACTIONS:
        raise Http404
    batch = get_object_or_404(NudgeBatch.objects.select_related("campaign"), uuid=batch_uuid, campaign__uuid=uuid)
    try:
        ACTIONS[action](batch, request.user)
    except batches.TooLate as late:
        messages.error(request, str(late.sentence))
    return redirect("campaigns:campaign", uuid)


def _do(request: HtmxHttpRequest, uuid: UUID, act: Callable[[Campaign], str]) -> HttpResponse:
    """Do it, say so or why not, and show the campaign again."""
    try:
        messages.success(request, act(_campaign_or_404(uuid)))
    except CampaignNotReady as not_ready:
        messages.error(request, str(not_ready))
    return redirect("campaigns:campaign", uuid)


def _show(request: HtmxHttpRequest, page: str, context: dict[str, Any]) -> HttpResponse:
    """The page, or only the part of it that another page has asked for."""
    response = render(request, f"nudges/{'_' if request.htmx else ''}{page}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _write(request: HtmxHttpRequest, campaign: Campaign, *, anew: bool = False) -> None:
    try:
        services.write_campaign(campaign=campaign, anew=anew)
    except WriterFailed as failed:
        messages.error(request, str(failed.sentence))
    except AudienceInvalid:
        messages.error(request, services.why_not_ready(campaign))


def _show_form(request: HtmxHttpRequest, form: CampaignForm, campaign: Campaign | None) -> HttpResponse:
    given = {name: form[name].value() for name in form.fields}
    context = {"form": form, "campaign": campaign, "notes": notes_on(given, user=request.user)}
    return render(request, "nudges/campaign_form.html", context, status=422 if form.is_bound else 200)


def _campaign_or_404(uuid: UUID) -> Campaign:
    """The one of the reminders has a page of its own."""
    campaigns = Campaign.objects.filter(is_reminder=False).select_related("segment", "owner", "approved_by")
    return get_object_or_404(campaigns, uuid=uuid)
