"""/ui/test-etl-incremental and /ui/test-etl-streaming: send a sample, watch it arrive, take it back."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity.modes import Mode
from activity.streaming.state import state_of_stream
from learners.models import Learner
from learners.requests import HtmxHttpRequest

from .samples import Sample, find_sample, send_sample, take_back, watch

WATCH_SECONDS = 0.5


class SampleForm(forms.Form):
    learner = forms.CharField(
        label=gettext_lazy("Learner"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Their id or email address. Leave it blank to send about somebody unknown."),
    )

    def clean_learner(self) -> Learner | None:
        given = self.cleaned_data["learner"].strip()
        if not given:
            return None
        found = Learner.objects.filter(Q(uid=given) | Q(email__iexact=given)).order_by("pk").first()
        if found is None:
            raise forms.ValidationError(_("No learner has this id or email address."))
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: HtmxHttpRequest, mode: str) -> HttpResponse:
    way = _mode(mode)
    form = SampleForm(request.POST or None)
    is_available = way is Mode.INCREMENTAL or state_of_stream() is not None
    if request.method == "POST" and is_available and form.is_valid():
        sent = send_sample(mode=way, learner=form.cleaned_data["learner"])
        return redirect(f"{reverse('sample', args=[way])}?sample={sent.id}")
    context = {"mode": way, "modes": Mode, "form": form, "is_available": is_available, "sample": _asked_for(request)}
    status = 422 if request.method == "POST" else 200
    return render(request, "engagement/sample.html", context, status=status)


@require_safe
def sample_steps(request: HtmxHttpRequest, mode: str, sample_id: UUID) -> HttpResponse:
    """The steps so far; with htmx, as soon as there is one more."""
    found = _sample(mode, sample_id)
    watch(found, seconds=WATCH_SECONDS if request.htmx else 0)
    return render(request, "engagement/_sample_steps.html", {"sample": found})


@require_POST
def take_sample_back(request: HtmxHttpRequest, mode: str, sample_id: UUID) -> HttpResponse:
    take_back(_sample(mode, sample_id))
    messages.success(request, _("A statement that voids the sample is on its way. Its event goes within seconds."))
    return redirect("sample", mode)


def _mode(name: str) -> Mode:
    try:
        return Mode(name)
    except ValueError:
        raise Http404 from None


def _sample(mode: str, sample_id: UUID) -> Sample:
    found = find_sample(sample_id)
    if found is None or found.mode != _mode(mode):
        raise Http404
    return found


def _asked_for(request: HtmxHttpRequest) -> Sample | None:
    try:
        return find_sample(UUID(request.GET.get("sample", "")))
    except ValueError:
        return None
