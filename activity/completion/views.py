"""Cohorts and lessons as pages, and their lists of learners as fragments that the pages put below one another."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from learners.models import Cohort
from learners.requests import HtmxHttpRequest

from ..models import Lesson
from .cohort_pages import CohortList, CohortPage
from .lesson_pages import LessonList, LessonPage


@require_safe
def cohorts(request: HtmxHttpRequest) -> HttpResponse:
    page = CohortList(request.GET, now=timezone.now())
    return render(request, "activity/cohort_list.html", {"page": page})


@require_safe
@vary_on_headers("HX-Request")
def cohort(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Cohort.objects.select_related("program"), pk=pk)
    page = CohortPage(found, request.GET, now=timezone.now())
    template = "activity/_cohort_learners.html" if request.htmx else "activity/cohort.html"
    return render(request, template, {"page": page})


@require_safe
def lessons(request: HtmxHttpRequest) -> HttpResponse:
    page = LessonList(request.GET, now=timezone.now())
    return render(request, "activity/lesson_list.html", {"page": page})


@require_safe
@vary_on_headers("HX-Request")
def lesson(request: HtmxHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Lesson.objects.select_related("program"), pk=pk)
    page = LessonPage(found, request.GET, now=timezone.now())
    template = "activity/_lesson_learners.html" if request.htmx else "activity/lesson.html"
    return render(request, template, {"page": page})
