"""Who may open what: the one table. A URL that is missing here opens for nobody."""

from enum import StrEnum
from typing import Any

from django.contrib.auth.backends import BaseBackend


class Role(StrEnum):
    """A role is the Django group of the same name (made by a migration of `learners`)."""

    COORDINATOR = "coordinator"
    STAFF = "staff"
    OPS = "ops"


ANYONE: frozenset[Role] = frozenset()  # even without an account
COORDINATORS = frozenset({Role.COORDINATOR, Role.STAFF})
STAFF = frozenset({Role.STAFF})
OPERATIONS = frozenset({Role.OPS, Role.STAFF})

# Route, as Django resolves it → roles. A route that ends in * stands for all below it; the longest match counts.
# "POST route" is for that method alone, and goes before the route's own row.
# The API's operations are here as well; it asks this table once it knows who calls (see engagement/api_auth.py).
ACCESS: dict[str, frozenset[Role]] = {
    "health": ANYONE,
    "ready": ANYONE,
    "accounts/*": ANYONE,  # allauth: what needs an account there, allauth asks for itself
    "_allauth/*": ANYONE,
    "language/": ANYONE,
    "nudges/*": COORDINATORS,
    "tasks/*": COORDINATORS,
    "n/*": ANYONE,  # learners have no account: the token in the address says which message it is about
    "admin/*": OPERATIONS,  # then per model, by RoleBackend
    "": COORDINATORS,
    "today": COORDINATORS,
    "today/*": COORDINATORS,
    "board/rows": COORDINATORS,
    "board/version": ANYONE,  # a count of changes that tells of nobody; asked for far too often to look up a session
    "learners.csv": COORDINATORS,
    "learners/import/*": STAFF,
    "learners/<str:uid>/*": COORDINATORS,
    "cohorts/*": COORDINATORS,
    "lessons/*": COORDINATORS,
    "campaigns/*": COORDINATORS,
    "campaigns/<uuid:uuid>/approve/": STAFF,
    "segments/*": COORDINATORS,
    "runs/": OPERATIONS,
    "xapi/*": ANYONE,  # who may do what there, the access key says: see activity/lrs/door.py
    "hooks/*": ANYONE,  # providers, who prove by their signatures that it is they: see nudges/hooks/doors.py
    "api/": ANYONE,
    "api/docs": ANYONE,
    "api/openapi.json": ANYONE,
    "api/health": ANYONE,
    "api/signup": ANYONE,  # few an hour from one address: see api_auth.admit_stranger
    "api/learners": COORDINATORS,
    "POST api/learners": STAFF,
    "api/cohorts": COORDINATORS,
    "api/cohorts/<cohort_id>/completions": COORDINATORS,
    "api/lessons": COORDINATORS,
    "api/lessons/<lesson_id>/incomplete": COORDINATORS,
    "api/learners/<learner_id>": COORDINATORS,
    "PATCH api/learners/<learner_id>": STAFF,
    "api/learners/<learner_id>/nudge": COORDINATORS,
    "api/learners/<learner_id>/quiz": COORDINATORS,
    "api/nudges/bulk": COORDINATORS,
    "api/nudges/bulk/<batch_id>": COORDINATORS,
    "api/nudges/bulk/<batch_id>/cancel": COORDINATORS,
    "api/campaigns": COORDINATORS,
    "api/campaigns/<campaign_id>": COORDINATORS,
    "api/campaigns/<campaign_id>/run": STAFF,
    "api/tasks": COORDINATORS,
    "api/tasks/<task_id>/outcome": COORDINATORS,
    "api/simulate/run": STAFF,
    "api/xapi/statements": STAFF,
    "api/debug/*": STAFF,
    "ui/admin/keys": STAFF,
    "ui/admin/keys/*": STAFF,
    "ui/db-terminal": OPERATIONS,
    "ui/test-reminders*": STAFF,
    "ui/activity/*": OPERATIONS,
    "ui/jobs/*": OPERATIONS,
    "ui/delivery/*": OPERATIONS,
    "ui/test-etl-<str:mode>*": OPERATIONS,
    "metrics": OPERATIONS,  # or with METRICS_TOKEN: see middleware.py
}

# Rows that are for people alone: an integration's key opens none of them, whatever it may do elsewhere.
PEOPLE_ONLY = frozenset({"api/debug/*"})

# What a role may do in the admin, by app, or by app.model for one model alone. `view` alone is read-only.
EVERYTHING = frozenset({"view", "add", "change", "delete", "import", "export"})
# What learners sent, and the addresses that they go by, are for staff alone, as under api/debug/.
OPS_SEE_OF_ACTIVITY = (
    "accesskey", "attendance", "event", "interruption", "learnerfacts",
    "lesson", "poisonedmessage", "refusal", "session",
)  # fmt: skip
ADMIN_ACTIONS: dict[Role, dict[str, frozenset[str]]] = {
    Role.STAFF: {
        "learners": EVERYTHING,
        "activity": EVERYTHING,
        "nudges": EVERYTHING,
        "riskscoring": frozenset({"view"}),  # worked out, never written by hand
        "jobs": frozenset({"view"}),
        "auth.user": frozenset({"view", "add", "change"}),  # within limits: see engagement/admin.py
    },
    Role.OPS: {
        "jobs": frozenset({"view"}),
        "riskscoring": frozenset({"view"}),
        "nudges.channelstate": frozenset({"view", "change"}),
    }
    | {f"activity.{model}": frozenset({"view"}) for model in OPS_SEE_OF_ACTIVITY},
}


def roles_of(user: Any) -> frozenset[Role]:
    """The roles of a user: one query, remembered on the user. A superuser has all; a stranger none."""
    if not getattr(user, "is_active", False):
        return frozenset()
    if not hasattr(user, "_roles"):
        names = {role.value for role in Role}
        held = names if user.is_superuser else names & set(user.groups.values_list("name", flat=True))
        user._roles = frozenset(Role(name) for name in held)
    return user._roles


def roles_for(route: str, method: str = "GET") -> frozenset[Role] | None:
    """The roles that may open this route: empty means anyone, None means nobody (the route is not in the table)."""
    row = _row_of(route, method)
    return None if row is None else ACCESS[row]


def _row_of(route: str, method: str) -> str | None:
    for key in (f"{method} {route}", route):
        if key in ACCESS:
            return key
    prefixes = [key for key in ACCESS if key.endswith("*") and route.startswith(key[:-1])]
    return max(prefixes, key=len, default=None)


def may_open(user: Any, route: str, method: str = "GET") -> bool:
    needed = roles_for(route, method)
    return needed is not None and (needed == ANYONE or bool(needed & roles_of(user)))


def key_may_open(route: str, method: str, *, can_write: bool) -> bool:
    """An integration's key opens the API alone: to read, and to change things only if it was made for that."""
    row = _row_of(route, method)
    if row is None or row in PEOPLE_ONLY or not route.startswith("api/"):
        return False
    return can_write or method in {"GET", "HEAD"}


class RoleBackend(BaseBackend):
    """Answers Django's permission questions (`learners.change_learner`) from ADMIN_ACTIONS, so no row can drift."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        app, _, codename = perm.partition(".")
        action, _, model = codename.partition("_")
        granted = [ADMIN_ACTIONS.get(role, {}) for role in roles_of(user_obj)]
        return any(action in actions.get(key, ()) for actions in granted for key in (app, f"{app}.{model}"))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        granted = [ADMIN_ACTIONS.get(role, {}) for role in roles_of(user_obj)]
        return any(key.partition(".")[0] == app_label for actions in granted for key in actions)
