from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .forms import DayForm, UploadForm
from .importing import ImportRefused
from .importing.reading import COLUMNS
from .importing.report import LISTED
from .requests import HtmxHttpRequest
from .uploads import UploadGone, import_upload, keep_upload, preview_upload, waiting_upload


@require_http_methods(["GET", "HEAD", "POST"])
def upload_file(request: HtmxHttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        upload = keep_upload(file=form.cleaned_data["file"], by=request.user)
        address = reverse("learners:import_preview", args=[upload.token])
        day = form.cleaned_data["as_of"]
        return redirect(f"{address}?{urlencode({'as_of': day})}" if day else address)
    columns = [name for name in COLUMNS if name != "uid"]
    status = 422 if form.is_bound else 200
    return render(request, "learners/import_form.html", {"form": form, "columns": columns}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HtmxHttpRequest, token: UUID) -> HttpResponse:
    """Show what importing the waiting file would change; when posted, change it."""
    as_of = _day(request.POST if request.method == "POST" else request.GET)
    try:
        upload = waiting_upload(token=token, by=request.user)
        if request.method == "POST":
            page, report = "import_result", import_upload(upload, as_of=as_of, by=request.user)
        else:
            page, report = "import_preview", preview_upload(upload, as_of=as_of)
    except UploadGone:
        messages.info(request, _("That file is not waiting any more: it was imported, or its day is over."))
        return redirect("learners:import")
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("learners:import")
    context = {"upload": upload, "report": report, "as_of": as_of, "listed": LISTED}
    return render(request, f"learners/{page}.html", context)


def _day(parameters: Any) -> date | None:
    form = DayForm(parameters)
    return form.cleaned_data["as_of"] if form.is_valid() else None
