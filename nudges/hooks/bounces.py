"""Whether an email that came back will always come back, by each service's own word: anymail calls every one bounced.
Pure.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

Told = Mapping[str, Any]

LASTING: Final[Mapping[str, Callable[[Told], bool]]] = {
    "brevo": lambda told: told.get("event") in {"hard_bounce", "invalid_email"},
    "mailersend": lambda told: _within(told, "data", "type") == "hard_bounced",
    "mailjet": lambda told: told.get("hard_bounce") is True,
    "mandrill": lambda told: told.get("event") == "hard_bounce",
    "postmark": lambda told: told.get("Type") in {"HardBounce", "BadEmailAddress"},
    "resend": lambda told: _within(told, "data", "bounce", "type") == "Permanent",
    "sendgrid": lambda told: told.get("event") == "bounce" and told.get("type") != "blocked",
    # 10: invalid recipient; 30: no recipient; 90: unsubscribed is said otherwise
    "sparkpost": lambda told: str(_event_of(told).get("bounce_class")) in {"10", "30"},
    "unisender_go": lambda told: (
        told.get("status") == "hard_bounced"
        and _within(told, "delivery_info", "delivery_status")
        in {"err_user_unknown", "err_user_inactive", "err_domain_inactive"}
    ),
}


def is_lasting(esp: str, told: object) -> bool | None:
    """None of a service that says no more than anymail does."""
    says = LASTING.get(esp)
    return says(told) if says is not None and isinstance(told, Mapping) else None


def _within(told: Told, *names: str) -> object:
    found: object = told
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _event_of(told: Told) -> Told:
    """SparkPost's, which is two boxes deep."""
    for box in told.values():
        for event in box.values() if isinstance(box, Mapping) else ():
            if isinstance(event, Mapping) and "bounce_class" in event:
                return event
    return {}
