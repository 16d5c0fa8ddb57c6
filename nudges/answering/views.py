"""The learner's pages about one message, at /n/<token>/. The token is the key: no account, no session, no JavaScript.

A GET changes nothing that anything is decided by. Posts carry no CSRF token: whoever has the address may do what its
page offers, cookies count for nothing here, and mail programs post RFC 8058's one click without any.
"""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from learners.zones import zone_of

from ..models import Nudge, Reply, Touch
from .consent import unsubscribe, unsubscribe_from_all
from .forms import AnswerForm
from .page import destination_of, message_behind, page_of
from .replies import receive_reply
from .touches import note_touch

MOST_ANSWERS = 50  # by one message's page: whoever writes more is no learner
SOURCE_OF_ONE_CLICK = "the learner, by the unsubscribe button of a mail program"
SOURCE_OF_PAGE = "the learner, on the page of a message"
ONE_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

View = Callable[[HttpRequest, Nudge], HttpResponse]


def about_a_message(*methods: str) -> Callable[[View], Callable[[HttpRequest, str], HttpResponse]]:
    """For a view of one message: finds it by its token, and answers in its learner's language, by their clock."""

    def decorate(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
        @csrf_exempt
        @never_cache
        @require_http_methods(list(methods))
        @wraps(view)
        def answered(request: HttpRequest, token: str) -> HttpResponse:
            nudge = message_behind(token)
            if nudge is None:
                return _say_nothing_to_others(render(request, "nudges/message_unknown.html", status=404))
            learner = nudge.learner
            with translation.override(learner.language), timezone.override(zone_of(learner.timezone)):
                response = view(request, nudge)
                response.headers["Content-Language"] = learner.language
            return _say_nothing_to_others(response)

        return answered

    return decorate


@about_a_message("GET", "HEAD", "POST")
def answer(request: HttpRequest, nudge: Nudge) -> HttpResponse:
    """The message, why it came, and what its learner may say to it."""
    if request.method != "POST":
        return _show(request, nudge, AnswerForm(), said=request.GET.get("said", ""))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, nudge, form, status=422)
    if nudge.replies.count() >= MOST_ANSWERS:
        return _show(request, nudge, form, has_too_many=True, status=429)
    given = form.cleaned_data
    reply = receive_reply(
        learner=nudge.learner,
        kind=given["kind"],
        text=given["text"],
        channel=nudge.channel,
        nudge=nudge,
        at=timezone.now(),
        provider_message_id=f"page:{nudge.pk}:{given['answer_id']}" if given["answer_id"] else "",
    )
    return HttpResponseRedirect(f"{request.path}?said={reply.kind}")


@about_a_message("GET", "HEAD", "POST")
def stop(request: HttpRequest, nudge: Nudge) -> HttpResponse:
    """Withdraw consent, for this channel or for all. The answer to a POST is no redirect: RFC 8058 wants none."""
    stopped = ""
    if request.method == "POST":
        is_one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        source = SOURCE_OF_ONE_CLICK if is_one_click else SOURCE_OF_PAGE
        if request.POST.get("which") == "all" and not is_one_click:
            unsubscribe_from_all(learner=nudge.learner, source=source)
            stopped = "all"
        else:
            unsubscribe(learner=nudge.learner, channel=nudge.channel, source=source)
            stopped = "channel"
    return render(request, "nudges/message_stop.html", {"page": page_of(nudge), "stopped": stopped})


@about_a_message("GET", "HEAD")
def go(request: HttpRequest, nudge: Nudge) -> HttpResponse:
    """On to the course. Without an address of it, the message's own page is the next best."""
    if request.method == "GET":
        note_touch(nudge, Touch.Kind.CLICK)
    here = reverse("nudges:message_answer", args=[page_of(nudge).token])
    return HttpResponseRedirect(destination_of(nudge) or here)


@about_a_message("GET", "HEAD")
def seen(request: HttpRequest, nudge: Nudge) -> HttpResponse:
    if request.method == "GET":
        note_touch(nudge, Touch.Kind.OPEN)
    return HttpResponse(ONE_PIXEL, content_type="image/gif")


def _show(
    request: HttpRequest, nudge: Nudge, form: AnswerForm, *, said: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    said = said if said in Reply.Kind.values else ""
    context = {"page": page_of(nudge), "form": form, "said": said, **more}
    return render(request, "nudges/message_answer.html", context, status=status)


def _say_nothing_to_others(response: HttpResponse) -> HttpResponse:
    """The address is a key: it goes to no other site with a click, and into no search engine."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
