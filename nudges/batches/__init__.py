"""Messages to many, from draft to done: by hand, by a campaign, and as reminders alike.

`lifecycle` what may follow what (pure); `services` what people do; `running` what the delivery process does;
`rollout` (pure) and `releasing` the stages; `progress` how far it has got.
"""

from .running import advance, start
from .services import TooLate, cancel, change_words, create, discard, pause, resume, schedule, undo

__all__ = [
    "TooLate",
    "advance",
    "cancel",
    "change_words",
    "create",
    "discard",
    "pause",
    "resume",
    "schedule",
    "start",
    "undo",
]
