"""What WhatsApp's error numbers mean for us: at sending, and in the report of a message that failed later.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from typing import Final

BUSY: Final = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004})
SETUP: Final = frozenset(
    {0, 3, 10, 190, 131005, 131031, 131042, 131045, 133000, 133005, 133006, 133008, 133010, *range(200, 300)}
)
TEMPLATE: Final = frozenset({132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068, 132069})
ADDRESS: Final = frozenset({131021, 131026})
OUTSIDE_WINDOW: Final = frozenset({131047})
UNSUBSCRIBED: Final = frozenset({131050})

RETRYING_HELPS: Final = frozenset({"provider_busy", "provider_setup"})


def code_of(number: int) -> str:
    """Our code for one of WhatsApp's; "" for one that is not listed."""
    meanings = {
        "provider_busy": BUSY,
        "provider_setup": SETUP,
        "bad_template": TEMPLATE,
        "bad_address": ADDRESS,
        "outside_window": OUTSIDE_WINDOW,
        "unsubscribed": UNSUBSCRIBED,
    }
    return next((code for code, numbers in meanings.items() if number in numbers), "")
