"""The addresses that providers call. Nobody has an account here: a call proves by its signature whose it is.

What is not proved changes nothing (403), what can't be read neither (400); a report on a message that is not known is
kept, and answered like any other. One that breaks us is answered 500 after the others of its call were applied: the
provider calls again, and those that were applied are recognised.
"""

import logging
from collections.abc import Callable, Iterable
from functools import wraps

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from . import email, inbound, reports, signatures, twilio, whatsapp
from .storable import Told, storable
from .unreadable import Unreadable

log = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000  # bytes; the largest batches of reports have some hundred kilobytes
NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # TwiML: nothing is to be said

View = Callable[..., HttpResponse]


def door(view: View) -> View:
    """What all of them have in common: bounds, and an answer for what can't be read."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
            return _answer(413, "This is too much at once.")
        try:
            return view(request, *args, **kwargs)
        except RequestDataTooBig:
            return _answer(413, "This is too much at once.")
        except (Unreadable, UnreadablePostError, TooManyFieldsSent) as error:
            log.warning("%s could not be read: %s", request.path, error)
            return _answer(400, "This can't be read.")

    return opened


@door
@require_http_methods(["HEAD", "POST"])
def email_reports(request: HttpRequest, esp: str) -> HttpResponse:
    """HEAD: some services look whether the address answers before they take it."""
    if not settings.EMAIL_ESP or esp != settings.EMAIL_ESP:
        raise Http404
    if request.method == "HEAD":
        return _answer(200)
    found = email.read(request, esp)
    if found is None:
        return _forged(request)
    return _answer(_apply(found, reports.apply_report))


@door
@require_http_methods(["GET", "POST"])
def whatsapp_reports(request: HttpRequest) -> HttpResponse:
    """GET: Meta asks once for the word that we agreed on, and for its challenge back."""
    if not settings.WHATSAPP_CLOUD_APP_SECRET:
        raise Http404
    if request.method == "GET":
        return _challenge(request)
    signature = request.headers.get("X-Hub-Signature-256", "")
    if not signatures.is_whatsapps(signature, request.body, app_secret=settings.WHATSAPP_CLOUD_APP_SECRET):
        return _forged(request)
    found = whatsapp.read(request.body, phone_number_id=settings.WHATSAPP_CLOUD_PHONE_NUMBER_ID)
    return _answer(max(_apply(found.reports, reports.apply_report), _apply(found.inbound, inbound.receive)))


@door
@require_POST
def twilio_status(request: HttpRequest) -> HttpResponse:
    if not _is_twilios(request):
        return _forged(request)
    form, query = request.POST.dict(), request.GET.dict()
    return _answer(_apply([twilio.read_status(form, nudge=query.get("nudge", ""))], reports.apply_report))


@door
@require_POST
def twilio_inbound(request: HttpRequest) -> HttpResponse:
    if not _is_twilios(request):
        return _forged(request)
    status = _apply([twilio.read_inbound(request.POST.dict())], inbound.receive)
    return HttpResponse(NO_REPLY, status=status, content_type="text/xml")


def _challenge(request: HttpRequest) -> HttpResponse:
    mode, word = request.GET.get("hub.mode"), request.GET.get("hub.verify_token", "")
    if mode != "subscribe":
        return _answer(400, "Nothing is asked.")
    if not constant_time_compare(word, settings.WHATSAPP_CLOUD_VERIFY_TOKEN):
        return _forged(request)
    return _answer(200, request.GET.get("hub.challenge", "")[:200])


def _is_twilios(request: HttpRequest) -> bool:
    if not settings.TWILIO_AUTH_TOKEN:
        raise Http404
    return signatures.is_twilios(
        request.headers.get("X-Twilio-Signature", ""),
        settings.SITE_URL + request.get_full_path(),  # as Twilio was told it: what a proxy made of it does not count
        dict(request.POST.lists()),
        auth_token=settings.TWILIO_AUTH_TOKEN,
    )


def _apply(told: Iterable[Told], apply: Callable[[Told], bool]) -> int:
    """Each in a transaction of its own; the status to answer with. A bug in one must not hold up the others."""
    status = 200
    for one in told:
        try:
            apply(storable(one))
        except (OperationalError, InterfaceError):
            raise  # the database is away: the others would not fare better
        except Exception:
            log.exception("What %s told about %s could not be applied", one.provider, one.provider_message_id)
            status = 500
    return status


def _forged(request: HttpRequest) -> HttpResponse:
    log.warning("%s was called without a signature that fits", request.path)
    return _answer(403, "The signature does not fit.")


def _answer(status: int, text: str = "") -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
