"""One learner's nudge, from the choice of a channel to its outcome; and the list of all."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners.models import Learner
from learners.requests import HtmxHttpRequest
from riskscoring.explained import risk_of
from riskscoring.reasons import in_brief

from . import gate
from .audience import Audience
from .batches.editor_views import compose_for_many
from .delivery import deliver
from .facts import facts_for
from .forms import ComposeForOneForm, TextForm
from .listing import page_of_nudges
from .models import Nudge
from .previewing import Preview, preview_for, words_for
from .rendering import posted_from, show
from .services import TextRefused, cancel_draft, draft_nudge, purpose_of, queue_nudge, rewrite_nudge
from .states import State
from .suggestion import suggest_type
from .writers import WriterFailed


@require_http_methods(["GET", "HEAD", "POST"])
def compose(request: HtmxHttpRequest) -> HttpResponse:
    """Choose channel, type and language for one learner or many; posting it writes the draft."""
    audience = Audience.from_query(request.POST if request.method == "POST" else request.GET)
    if audience.is_empty:
        messages.info(request, _("Choose one or more learners on the board first."))
        return redirect("riskscoring:board")
    if audience.one is None:
        return compose_for_many(request, audience)
    learner = get_object_or_404(Learner.objects.select_related("program", "owner", "facts"), uid=audience.one)
    return _compose_for_one(request, learner)


def _compose_for_one(request: HtmxHttpRequest, learner: Learner) -> HttpResponse:
    now = timezone.now()
    risk = risk_of(learner, as_of=now.date())
    form = ComposeForOneForm(
        request.POST or None,
        learner=learner,
        # On WhatsApp the text is then an approved template's, if need be: the gate asks again when it is sent.
        decisions=gate.decide_for_channels(learner, now=now, purpose=gate.Purpose(is_approved=True)),
        initial={"type": suggest_type(risk)},
    )
    if form.is_valid():
        try:
            nudge = draft_nudge(learner=learner, by=request.user, **form.cleaned_data)
        except WriterFailed as failed:
            form.add_error(None, str(failed.sentence))
        else:
            return redirect("nudges:detail", nudge.uuid)
    context = {"learner": learner, "form": form, "why": in_brief(risk)}
    return show(request, "compose", context, status=422 if form.is_bound else 200)


@require_safe
def detail(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    nudge = _nudge_or_404(uuid)
    if nudge.state == State.DRAFT:
        return _show_editor(request, nudge, TextForm.for_draft(nudge))
    return show(request, "nudge", {"nudge": nudge, "stuck": Nudge.objects.stuck(timezone.now()).filter(pk=nudge.pk)})


@posted_from("nudges:detail")
def preview(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """The draft as it would go out with the posted text. Stores nothing."""
    nudge = _nudge_or_404(uuid)
    form = TextForm.for_draft(nudge, request.POST)
    if request.htmx:
        return render(request, "nudges/_preview.html", {"nudge": nudge, "preview": _preview(nudge, form)})
    return _show_editor(request, nudge, form)


@posted_from("nudges:detail")
def send(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    nudge = _nudge_or_404(uuid)
    form = TextForm.for_draft(nudge, request.POST)
    if not form.is_valid():
        return _show_editor(request, nudge, form, status=422)
    subject, body = form.words
    try:
        queue_nudge(nudge=nudge, subject=subject, body=body, by=request.user)
    except TextRefused:
        return _show_editor(request, nudge, form, status=422)
    deliver(nudge)
    return redirect("nudges:detail", nudge.uuid)


@require_POST
def rewrite(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Another draft in place of this one."""
    nudge = _nudge_or_404(uuid)
    try:
        nudge = rewrite_nudge(nudge=nudge, by=request.user)
    except WriterFailed as failed:
        messages.error(request, str(failed.sentence))
    return redirect("nudges:detail", nudge.uuid)


@require_POST
def discard(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """Put the draft away, and choose again."""
    nudge = cancel_draft(nudge=_nudge_or_404(uuid), by=request.user)
    return redirect(f"{reverse('nudges:compose')}?{urlencode({'learner': nudge.learner.uid})}")


@require_safe
def nudge_list(request: HtmxHttpRequest) -> HttpResponse:
    return render(request, "nudges/nudge_list.html", {"page": page_of_nudges(request.GET, now=timezone.now())})


def _nudge_or_404(uuid: UUID) -> Nudge:
    nudges = Nudge.objects.with_people().select_related("learner__program", "learner__owner", "template")
    return get_object_or_404(nudges, uuid=uuid)


def _show_editor(request: HtmxHttpRequest, nudge: Nudge, form: TextForm, *, status: int = 200) -> HttpResponse:
    facts = facts_for(nudge.learner, timezone.now(), language=nudge.language, recent_templates=(), goal=nudge.goal)
    context = {
        "nudge": nudge,
        "form": form,
        "words": words_for(facts),
        "preview": _preview(nudge, form),
        "decision": _decision(nudge),
    }
    return show(request, "editor", context, status=status)


def _decision(nudge: Nudge) -> gate.Decision:
    """What the gate says of the draft as it stands."""
    return gate.decide_for(
        [nudge.learner_id],
        channel=nudge.channel,
        now=timezone.now(),
        purpose=purpose_of(nudge, edited=nudge.edited),
    )[nudge.learner_id]


def _preview(nudge: Nudge, form: TextForm) -> Preview:
    facts = facts_for(nudge.learner, timezone.now(), language=nudge.language, recent_templates=(), goal=nudge.goal)
    subject, body = form.words
    return preview_for(nudge.learner, facts, channel=nudge.channel, subject=subject, body=body)
