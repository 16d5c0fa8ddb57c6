"""What Twilio's error numbers mean for us: at sending, and in the report of a message that failed later.

https://www.twilio.com/docs/api/errors
"""

from typing import Final

BUSY: Final = frozenset({14107, 20429, 21611, 30001, 30022})
SETUP: Final = frozenset({20003, 20005, 20403, 21603, 21606, 21609, 21612, 21659, 21660, 21703, 30002, 63007})
ADDRESS: Final = frozenset({21211, 21214, 21217, 21219, 21421, 21614, 30005, 30006})
UNSUBSCRIBED: Final = frozenset({21610, 30004})

RETRYING_HELPS: Final = frozenset({"provider_busy", "provider_setup"})


def code_of(number: int) -> str:
    """Our code for one of Twilio's; "" for one that is not listed."""
    meanings = {
        "provider_busy": BUSY,
        "provider_setup": SETUP,
        "bad_address": ADDRESS,
        "unsubscribed": UNSUBSCRIBED,
    }
    return next((code for code, numbers in meanings.items() if number in numbers), "")
