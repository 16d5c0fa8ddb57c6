"""A nudge to many learners before it goes: choose, write, count both sides, look at each, send or schedule."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from learners.channels import Channel
from learners.querysets import LearnerQuerySet
from learners.requests import HtmxHttpRequest
from learners.whole_numbers import whole_number

from ..audience import Audience, AudienceInvalid
from ..forms import ComposeForManyForm, TextForm
from ..models import NudgeBatch, Source, Wording
from ..planning import Plan
from ..previewing import words_for
from ..rendering import posted_from, show
from ..services import TextRefused
from ..wordings import Estimate, Text, estimate_for, problems_of, rewrite_wordings, write_texts
from ..writers import Problem, WriterFailed
from . import services
from .forms import ScheduleForm
from .naming import situation_words
from .previewing import count_sides, reading_at, sides_lately

FEW_TEXTS = 3  # more are folded up: one is read at a time


@dataclass(frozen=True)
class BatchText:
    """One text of the batch on the page."""

    wording: Wording
    form: TextForm
    problems: list[Problem]
    turns: int  # texts in the same place, which take turns

    @property
    def language_name(self) -> str:
        return str(dict(settings.LANGUAGES)[self.wording.language])

    @property
    def situation(self) -> str:
        return situation_words(self.wording.situation)

    @property
    def turn(self) -> int:
        """For people, who count from 1."""
        return self.wording.turn + 1


def compose_for_many(request: HtmxHttpRequest, audience: Audience) -> HttpResponse:
    try:
        learners = audience.learners(request.user)
    except AudienceInvalid:
        raise Http404("This filter can't be read.") from None
    count = learners.count()
    form = ComposeForManyForm(request.POST or None)
    if count and form.is_valid():
        channel, kind, language = (form.cleaned_data[name] for name in ("channel", "type", "language"))
        try:
            texts = write_texts(learners, channels=[channel], type=kind, language=language)
        except WriterFailed as failed:
            form.add_error(None, str(failed.sentence))
        else:
            batch = services.create(
                audience=audience,
                channels=[channel],
                type=kind,
                own_language=not language,
                texts=texts,
                by=request.user,
            )
            return redirect("nudges:batch", batch.uuid)
    context = {"form": form, "audience": audience, "count": count, "estimate": _estimate(learners, count)}
    return show(request, "compose", context, status=422 if form.is_bound else 200)


@posted_from("nudges:batch")
def batch_preview(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Both sides, and one learner's message, with the posted texts, which the draft then keeps."""
    found = _by_hand_or_404(uuid)
    if found.status != NudgeBatch.Status.DRAFT:
        return redirect("nudges:batch", uuid)
    services.change_words(found, _posted_words(request, found))
    return show_editor(request, found, count=sides_lately if request.htmx else count_sides)


@posted_from("nudges:batch")
def batch_send(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Now, after the time to take it back, or at a time that is set."""
    found = _by_hand_or_404(uuid)
    if found.status != NudgeBatch.Status.DRAFT:  # sent already: asking twice sends once
        return redirect("nudges:batch", uuid)
    services.change_words(found, _posted_words(request, found))
    form = ScheduleForm(request.POST)
    if not form.is_valid() or any(
        text.form.is_bound and not text.form.is_valid() for text in _texts(found, request.POST)
    ):
        return show_editor(request, found, count=sides_lately, schedule=form, status=422)
    try:
        services.schedule(found, by=request.user, at=form.cleaned_data["at"])
    except TextRefused:
        return show_editor(request, found, count=sides_lately, schedule=form, status=422)
    return redirect("nudges:batch", found.uuid)


@require_POST
def batch_rewrite(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Other texts in place of these: the model is asked again, templates take their next turn."""
    found = _by_hand_or_404(uuid)
    if found.status == NudgeBatch.Status.DRAFT:
        try:
            rewrite_wordings(found)
        except WriterFailed as failed:
            messages.error(request, str(failed.sentence))
        except AudienceInvalid:
            pass  # a program or cohort of the filter was deleted meanwhile: the draft's own page is gone with it
    return redirect("nudges:batch", found.uuid)


@require_POST
def batch_discard(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Throw the draft away, and choose again."""
    found = _by_hand_or_404(uuid)
    services.discard(found)
    return redirect(f"{reverse('nudges:compose')}?{urlencode(Audience.from_json(found.audience).pairs)}")


def _posted_words(request: HtmxHttpRequest, batch: NudgeBatch) -> dict[int, tuple[str, str]]:
    """Of the texts that were posted and can be stored; the others stay as they are."""
    forms = ((wording.pk, _form(batch, wording, request.POST)) for wording in batch.wordings.all())
    return {pk: form.words for pk, form in forms if form.add_prefix("body") in request.POST and form.is_valid()}


def _form(batch: NudgeBatch, wording: Wording, data: Any = None) -> TextForm:
    return TextForm(
        data,
        channel=wording.channel,
        language=wording.language,
        prefix=f"text-{wording.pk}",
        initial={"subject": wording.subject, "body": wording.body},
    )


def _texts(batch: NudgeBatch, data: Any = None) -> list[BatchText]:
    wordings = sorted(batch.wordings.all(), key=lambda wording: wording.language != settings.LANGUAGE_CODE)
    turns = Counter(_place(wording) for wording in wordings)
    return [
        BatchText(
            wording,
            form=_form(batch, wording, data if data and f"text-{wording.pk}-body" in data else None),
            problems=problems_of(Text.of(wording)),
            turns=turns[_place(wording)],
        )
        for wording in wordings
    ]


def _place(wording: Wording) -> tuple[str, str, int, str]:
    return wording.channel, wording.language, wording.situation, wording.arm


def show_editor(
    request: HtmxHttpRequest,
    batch: NudgeBatch,
    *,
    count: Callable[..., Plan],
    schedule: ScheduleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    try:
        plan = count(batch, now=now)
    except AudienceInvalid:  # a program or cohort of the filter was deleted meanwhile
        raise Http404("This filter can't be read any more.") from None
    shown = min(whole_number(request.POST.get("shown", "")) or 0, max(plan.total - 1, 0))
    texts = _texts(batch, request.POST)
    context = {
        "batch": batch,
        "texts": texts,
        "is_folded": len(texts) > FEW_TEXTS,
        "problems": [text for text in texts if text.problems],
        "cost_usd": sum((text.wording.cost_usd for text in texts), Decimal(0)),
        "drafts": sum(text.wording.source == Source.AI for text in texts),
        "plan": plan,
        "preview": reading_at(batch, shown, now=now),
        "shown": shown,
        "previous": max(shown - 1, 0),
        "position": shown + 1,  # for people, who count from 1; and the place of the next one
        "words": words_for(None),
        "schedule": schedule or ScheduleForm(),
        "zone": settings.TIME_ZONE,
        "undo_seconds": settings.BULK_UNDO_SECONDS,
    }
    return show(request, "batch_editor", context, status=status)


def _estimate(learners: LearnerQuerySet, count: int) -> Estimate | None:
    """Of what the model would cost; None where there is none to ask, or nobody to write to."""
    if not (count and settings.OPENAI_API_KEY):
        return None
    return estimate_for(learners, channels=[Channel.IN_APP])


def batch_or_404(uuid: UUID) -> NudgeBatch:
    return get_object_or_404(NudgeBatch.objects.select_related("created_by", "started_by", "campaign"), uuid=uuid)


def _by_hand_or_404(uuid: UUID) -> NudgeBatch:
    """A campaign's words were approved: they are changed, and approved again, with the campaign."""
    found = batch_or_404(uuid)
    if found.campaign_id is not None:
        raise Http404("This is a campaign's.")
    return found
