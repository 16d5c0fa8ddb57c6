"""The risk board: its page beside Django's own admin change list, same filter, same sort, same search"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from learners.models import Learner, Program
from riskscoring.models import RiskScore
from riskscoring.ordering import parse_order
from riskscoring.paging import Cursor, position_of
from riskscoring.services import recompute_risk

from .harness import Finding, Limit, Ratio, tidy
from .learners import DAY, fill_learners

OURS, THEIRS = 300, 40  # requests: theirs take long
WARM_UP = 2
SEED = 20261116


class PlainAdmin(admin.ModelAdmin):
    """What one would write in an afternoon, on the same tables with the same indexes."""

    list_display = ("name", "program", "priority", "change", "progress", "quiz", "missed", "seen", "nudged")
    list_display_links = None
    list_filter = ("label", "learner__program")
    search_fields = ("learner__name", "learner__email", "learner__uid")
    list_select_related = ("learner__program", "learner__cohort")
    list_per_page = 50
    ordering = ("-priority", "-learner")
    actions = None

    @admin.display(ordering="learner__name")
    def name(self, score: RiskScore) -> str:
        return score.learner.name

    @admin.display(ordering="learner__program__name")
    def program(self, score: RiskScore) -> object:
        return score.learner.program

    @admin.display(ordering="learner__completed_percent")
    def progress(self, score: RiskScore) -> object:
        return score.learner.completed_percent

    @admin.display(ordering="learner__avg_quiz_score")
    def quiz(self, score: RiskScore) -> object:
        return score.learner.avg_quiz_score

    @admin.display(ordering="learner__consecutive_missed_sessions")
    def missed(self, score: RiskScore) -> object:
        return score.learner.consecutive_missed_sessions

    @admin.display(ordering="learner__last_login")
    def seen(self, score: RiskScore) -> object:
        return score.learner.last_login

    @admin.display(ordering="learner__last_contacted_at")
    def nudged(self, score: RiskScore) -> object:
        return score.learner.last_contacted_at

    def has_view_permission(self, request: object, obj: object = None) -> bool:
        return True


if admin.site.is_registered(RiskScore):
    admin.site.unregister(RiskScore)
admin.site.register(RiskScore, PlainAdmin)  # before the addresses are read: its page links within the admin


def run(size: int) -> Iterator[Finding]:
    fill_learners(size)
    for week in (2, 1):
        recompute_risk(as_of=DAY - timedelta(weeks=week), trigger="benchmark")
    recompute_risk(as_of=DAY, trigger="benchmark")
    tidy()
    ours, theirs = _board(), _change_list()
    pairs = _requests(size)

    wall, cpu = _timed(lambda: ours(""), times=30)
    yield Limit("first page, processor time", statistics.median(cpu) * 1000, "ms", at_most=15)
    first, _cpu = _timed(lambda: theirs(""), times=5)
    yield Limit("first page", statistics.median(wall), "s", note=f"the change list: {statistics.median(first):.3f} s")

    for name, mine, admins in pairs:
        wall, _cpu = _timed(lambda query=mine: ours(query), times=5)
        other, _cpu = _timed(lambda query=admins: theirs(query), times=3)
        yield Limit(name, statistics.median(wall), "s", note=f"the change list: {statistics.median(other):.3f} s")

    chance = random.Random(SEED)
    mixed = [chance.choice(pairs) for _ in range(OURS)]
    our_times = sorted(_timed(lambda query=mine: ours(query), times=1, warm_up=0)[0][0] for _, mine, _ in mixed)
    their_times = sorted(
        _timed(lambda query=admins: theirs(query), times=1, warm_up=0)[0][0] for _, _, admins in mixed[:THEIRS]
    )
    yield Limit("mixed load, p50", _at(our_times, 50), "s", note=f"the change list: {_at(their_times, 50):.3f} s")
    yield Ratio("mixed load, p95", _at(our_times, 95), "the change list", _at(their_times, 95), reach=20, faster=True)


def _requests(size: int) -> list[tuple[str, str, str]]:
    """What people ask for: its name, the board's query, and the change list's, which sorts by a column's number."""
    program = Program.objects.order_by("pk")[3].pk
    middle = RiskScore.objects.select_related("learner").get(learner=Learner.objects.order_by("pk")[size // 2])
    order = parse_order("-quiz")
    cursor = Cursor(position_of(middle, order)).encode(order)
    page = max(1, size // 100)
    return [
        ("high", "level=high", "label__exact=high"),
        (
            "a program, medium",
            f"program={program}&level=medium",
            f"label__exact=medium&learner__program__id__exact={program}",
        ),
        ("search: a name", "q=mitali", "q=mitali"),
        ("search: a full name", "q=nadia+khan", "q=nadia+khan"),
        ("search: part of an email", "q=bench1234", "q=bench1234"),
        ("search: nobody", "q=zebedee", "q=zebedee"),
        ("search: what all have", "q=example.org", "q=example.org"),
        ("sort by name", "order=learner", "o=1"),
        ("sort by quiz, high", "level=high&order=quiz", "label__exact=high&o=6"),
        ("sort by last seen", "order=seen", "o=8"),
        (
            "sort by missed, a program",
            f"program={program}&order=-missed",
            f"learner__program__id__exact={program}&o=-7",
        ),
        (f"half-way down by quiz (page {page:,})", f"order=-quiz&cursor={cursor}", f"o=-6&p={page}"),
    ]


def _board() -> Callable[[str], HttpResponse]:
    """The whole stack: middleware, session, permissions, page."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = False
    settings.SECURE_SSL_REDIRECT = False
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    user = User.objects.create_user("bench-coordinator")
    user.groups.add(Group.objects.get(name="coordinator"))
    client = Client(raise_request_exception=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("riskscoring:board")

    def ask(query: str) -> HttpResponse:
        response = client.get(f"{address}?{query}")
        if response.status_code != 200:
            raise RuntimeError(f"{query}: {response.status_code}")
        return response

    return ask


def _change_list() -> Callable[[str], HttpResponse]:
    """The view alone, without middleware, session or permissions."""
    change_list = admin.site.get_model_admin(RiskScore)
    user = User.objects.create_superuser("bench-admin")
    requests = RequestFactory()

    def ask(query: str) -> HttpResponse:
        request = requests.get(f"/admin/?{query}")
        request.user = user
        response = change_list.changelist_view(request)
        if response.status_code != 200:
            raise RuntimeError(f"{query}: {response.status_code}")
        return response.render()

    return ask


def _timed(call: Callable[[], object], *, times: int, warm_up: int = WARM_UP) -> tuple[list[float], list[float]]:
    """Wall clock and processor time of each call, in seconds."""
    for _ in range(warm_up):
        call()
    wall, cpu = [], []
    for _ in range(times):
        wall_began, cpu_began = time.perf_counter(), time.process_time()
        call()
        wall.append(time.perf_counter() - wall_began)
        cpu.append(time.process_time() - cpu_began)
    return wall, cpu


def _at(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
