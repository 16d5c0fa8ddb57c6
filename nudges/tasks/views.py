"""/tasks/: the list, and one task as a page and as the drawer, with all that is done there; and notices."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learners.requests import HtmxHttpRequest

from ..models import Notice, Task
from ..rendering import posted_from, show
from .forms import HandOverForm, NoteForm, OutcomeForm
from .listing import MINE, TABS, next_task, task_list
from .notices import see, unseen
from .page import TaskPage
from .rules import PromiseNeedsDate
from .services import AlreadyClosed, add_note, close_task, hand_over, record_outcome

NOTICES_SHOWN = 50


@require_safe
def index(request: HtmxHttpRequest) -> HttpResponse:
    wanted, page = request.GET.get("show", ""), request.GET.get("page", "1")
    tasks = task_list(request.user, wanted=wanted, page=page, now=timezone.now())
    return render(request, "nudges/task_list.html", {"tasks": tasks})


@require_safe
def detail(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    return _show(request, _task(uuid))


@posted_from("nudges:task")
def outcome(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    """How a try went; then the next task opens."""
    task, form = _task(uuid), OutcomeForm(request.POST)
    if not form.is_valid():
        return _show(request, task, status=422, outcome_form=form)
    try:
        step = record_outcome(task=task, by=request.user, now=timezone.now(), **form.cleaned_data)
    except PromiseNeedsDate as problem:
        form.add_error("promised_on", str(problem))
        return _show(request, task, status=422, outcome_form=form)
    except AlreadyClosed:
        messages.info(request, _("Somebody has closed this task already."))
        return _back_to(request, task)
    if step is not None:
        messages.success(request, f"{task.learner.name}: {step.reason}")
    return _go_on(request, task)


@posted_from("nudges:task")
def give(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    task, form = _task(uuid), HandOverForm(request.POST)
    if not form.is_valid():
        return _show(request, task, status=422, hand_over_form=form)
    try:
        hand_over(task=task, by=request.user, now=timezone.now(), **form.cleaned_data)
    except AlreadyClosed:
        messages.info(request, _("Somebody has closed this task already."))
    else:
        name = form.cleaned_data["to"].get_full_name() or form.cleaned_data["to"].username
        messages.success(request, _("%(name)s has the task now, and is told.") % {"name": name})
    return _back_to(request, task)


@posted_from("nudges:task")
def note(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    task, form = _task(uuid), NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, task, status=422, note_form=form)
    add_note(task=task, by=request.user, text=form.cleaned_data["note"])
    messages.success(request, _("The note is saved."))
    return _back_to(request, task)


@posted_from("nudges:task")
def close(request: HtmxHttpRequest, uuid: UUID) -> HttpResponse:
    task = close_task(task=_task(uuid), by=request.user, now=timezone.now())
    messages.success(request, _("%(name)s: the task is closed.") % {"name": task.learner.name})
    return _go_on(request, task)


@require_safe
def notices(request: HtmxHttpRequest) -> HttpResponse:
    told = Notice.objects.filter(user=request.user).select_related("task__learner", "task__closed_by", "task__owner")
    return render(request, "nudges/notices.html", {"told": told[:NOTICES_SHOWN]})


@require_POST
def open_notice(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    """Seen, and on to what it is about."""
    notice = get_object_or_404(Notice.objects.filter(user=request.user).select_related("task"), pk=pk)
    see(Notice.objects.filter(pk=notice.pk), now=timezone.now())
    return redirect("nudges:task", notice.task.uuid)


@require_POST
def see_notices(request: HtmxHttpRequest) -> HttpResponse:
    see(unseen(request.user.pk), now=timezone.now())
    return redirect("nudges:notices")


def _task(uuid: UUID) -> Task:
    people = ("learner__program", "learner__owner", "owner", "raised_by", "closed_by")
    return get_object_or_404(Task.objects.select_related(*people), uuid=uuid)


def _show(request: HtmxHttpRequest, task: Task, *, status: int = 200, **forms: object) -> HttpResponse:
    """The task; with a form that was refused, 422."""
    page = TaskPage(task, reader=request.user, tab=_tab(request), now=timezone.now())
    empty = {
        "outcome_form": OutcomeForm(initial={"tries": task.tries}),
        "hand_over_form": HandOverForm(),
        "note_form": NoteForm(),
    }
    return show(request, "task", {"page": page, **empty, **forms}, status=status)


def _tab(request: HtmxHttpRequest) -> str:
    """The list that the reader came from; "" for none that there is."""
    wanted = request.GET.get("show", "")
    return wanted if wanted in TABS else ""


def _back_to(request: HtmxHttpRequest, task: Task) -> HttpResponse:
    return _to(reverse("nudges:task", args=[task.uuid]), request)


def _go_on(request: HtmxHttpRequest, task: Task) -> HttpResponse:
    """The next task of the list; when the day's work is done, the list, or in the drawer this one as it is now."""
    following = next_task(task, tab=_tab(request) or MINE, user=request.user, now=timezone.now())
    if following is not None:
        return _back_to(request, following)
    messages.info(request, _("That was the last one due today."))
    return _back_to(request, task) if request.htmx else _to(reverse("nudges:tasks"), request)


def _to(address: str, request: HtmxHttpRequest) -> HttpResponse:
    tab = _tab(request)
    return redirect(f"{address}?show={tab}" if tab else address)
