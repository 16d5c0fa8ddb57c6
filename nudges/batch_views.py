"""A nudge to many learners: choose, write, count both sides, look at each, send, and watch it go."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from learners.requests import HtmxHttpRequest
from learners.whole_numbers import whole_number

from . import bulk, planning
from .audience import Audience, AudienceInvalid
from .forms import ComposeForManyForm, TextForm
from .models import NudgeBatch
from .previewing import words_for
from .progress import progress_of
from .rendering import posted_from, show
from .services import TextRefused
from .writers import WriterFailed
from .writers.draft_rules import Problem

CHUNKS_AT_ONCE = 10  # while the coordinator waits; the delivery process does the rest


@dataclass(frozen=True)
class BatchText:
    """One language's text on the page."""

    language: str
    form: TextForm
    text: planning.Text
    problems: list[Problem]

    @property
    def language_name(self) -> str:
        return str(dict(settings.LANGUAGES)[self.language])


def compose_for_many(request: HtmxHttpRequest, audience: Audience) -> HttpResponse:
    try:
        count = audience.learners(request.user).count()
    except AudienceInvalid:
        raise Http404("This filter can't be read.") from None
    form = ComposeForManyForm(request.POST or None)
    if count and form.is_valid():
        try:
            batch = bulk.draft_batch(audience=audience, by=request.user, **form.cleaned_data)
        except WriterFailed as failed:
            form.add_error(None, str(failed.sentence))
        else:
            return redirect("nudges:batch", batch.uuid)
    context = {"form": form, "audience": audience, "count": count}
    return show(request, "compose", context, status=422 if form.is_bound else 200)


@require_safe
def batch(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    found = _batch_or_404(uuid)
    if found.started_at is None:
        return _show_editor(request, found, _forms(found))
    return show(request, "batch", {"batch": found, "progress": progress_of(found)})


@posted_from("nudges:batch")
def batch_preview(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Both sides, and one learner's message, with the posted texts. Stores nothing."""
    found = _batch_or_404(uuid)
    return _show_editor(request, found, _forms(found, request.POST))


@posted_from("nudges:batch")
def batch_send(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    found = _batch_or_404(uuid)
    forms = _forms(found, request.POST)
    if not all(form.is_valid() for form in forms.values()):
        return _show_editor(request, found, forms, status=422)
    try:
        bulk.start_batch(found, texts=_texts(found, forms), by=request.user)
    except TextRefused:
        return _show_editor(request, found, forms, status=422)
    bulk.queue_batch(found, max_chunks=CHUNKS_AT_ONCE)
    return redirect("nudges:batch", found.uuid)


@require_POST
def batch_rewrite(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Another draft in place of this one, from other templates where there are some."""
    found = _batch_or_404(uuid)
    try:
        found = bulk.redraft_batch(found, by=request.user)
    except WriterFailed as failed:
        messages.error(request, str(failed.sentence))
    except AudienceInvalid:
        pass  # a program or cohort of the filter was deleted meanwhile: the draft's own page is gone with it
    return redirect("nudges:batch", found.uuid)


@require_POST
def batch_discard(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Throw the draft away, and choose again."""
    found = _batch_or_404(uuid)
    bulk.discard_batch(found)
    return redirect(f"{reverse('nudges:compose')}?{urlencode(Audience.from_json(found.audience).pairs)}")


def _batch_or_404(uuid: UUID) -> NudgeBatch:
    return get_object_or_404(NudgeBatch.objects.select_related("created_by", "started_by"), uuid=uuid)


def _forms(batch: NudgeBatch, data: Any = None) -> dict[str, TextForm]:
    """One form for each language that the batch has a text in."""
    return {
        language: TextForm(
            data,
            channel=batch.channel,
            language=language,
            prefix=language,
            initial={"subject": text.subject, "body": text.body},
        )
        for language, text in planning.texts_of(batch).items()
    }


def _texts(batch: NudgeBatch, forms: dict[str, TextForm]) -> dict[str, planning.Text]:
    """The batch's texts in the words of the forms."""
    texts = {}
    for language, text in planning.texts_of(batch).items():
        subject, body = forms[language].words
        texts[language] = text.with_words(subject=subject, body=body, channel=batch.channel)
    return texts


def _show_editor(
    request: HtmxHttpRequest, batch: NudgeBatch, forms: dict[str, TextForm], *, status: int = 200
) -> HttpResponse:
    texts, now = _texts(batch, forms), timezone.now()
    try:
        plan = planning.plan(batch, texts=texts, now=now)
    except AudienceInvalid:  # a program or cohort of the filter was deleted meanwhile
        raise Http404("This filter can't be read any more.") from None
    shown = min(_position(request), max(plan.matching - 1, 0))
    context = {
        "batch": batch,
        "texts": [
            BatchText(
                language=language,
                form=forms[language],
                text=text,
                problems=planning.problems_of(text, channel=batch.channel, language=language),
            )
            for language, text in texts.items()
        ],
        "plan": plan,
        "preview": planning.outcome_at(batch, shown, texts=texts, now=now),
        "shown": shown,
        "previous": max(shown - 1, 0),
        "position": shown + 1,  # for people, who count from 1; and the place of the next one
        "words": words_for(None),
    }
    return show(request, "batch_editor", context, status=status)


def _position(request: HtmxHttpRequest) -> int:
    """Which learner's message to show: a number in the posted form, 0 at first."""
    return whole_number(request.POST.get("shown", "")) or 0
