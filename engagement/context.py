"""What every page's frame shows: who is here, and where they can go."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from nudges.tasks.notices import unseen

from .permissions import may_open, roles_of


@dataclass(frozen=True)
class Place:
    title: Any
    url: str
    icon: str  # a heroicon
    is_current: bool
    has_notices: bool = False  # what this user is to be told is counted beside it


PLACES = [  # title, URL name, icon
    (_("Risk board"), "riskscoring:board", "presentation-chart-line"),
    (_("Today"), "today", "sun"),
    (_("Cohorts"), "activity:cohorts", "user-group"),
    (_("Lessons"), "activity:lessons", "book-open"),
    (_("Tasks"), "nudges:tasks", "clipboard-document-check"),
    (_("Nudges"), "nudges:list", "paper-airplane"),
    (_("Campaigns"), "campaigns:list", "megaphone"),
    (_("Reminders"), "reminders:test", "bell-alert"),
    (_("Import"), "learners:import", "arrow-up-tray"),
    (_("Scoring runs"), "riskscoring:runs", "calculator"),
    (_("Jobs"), "jobs:overview", "clock"),
    (_("Incoming activity"), "ui:intake", "inbox-arrow-down"),
    (_("Delivery"), "delivery:show", "truck"),
    (_("Database terminal"), "db_terminal", "command-line"),
    (_("Access keys"), "ui:access_keys", "key"),
    (_("Admin"), "admin:index", "cog-6-tooth"),
]


def places_of(request: HttpRequest) -> list[Place]:
    """Where this user can go, the first being where they begin."""
    return [
        Place(title, url, icon, is_current=request.path == url, has_notices=name == "nudges:tasks")
        for title, name, icon in PLACES
        if may_open(request.user, (url := reverse(name)).removeprefix("/"))
    ]


def navigation(request: HttpRequest) -> dict[str, Any]:
    if not hasattr(request, "user"):
        return {}
    return {
        "places": SimpleLazyObject(lambda: places_of(request)),
        "roles": SimpleLazyObject(lambda: roles_of(request.user)),
        "unseen_notices": SimpleLazyObject(lambda: unseen(request.user.pk).count()),
    }
