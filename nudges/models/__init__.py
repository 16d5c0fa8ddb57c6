"""What we say to learners, who wrote it, what became of it, and what they answered.

`kinds` the words by which messages are told apart; `texts` templates and prompts; `batches` messages to many;
`messages` one message; `answers` what comes back; `tasks` what a person is to do; `policies` the limits.
"""

from .answers import AutomationStop, ProviderReport, Reply, Touch
from .batches import Campaign, NudgeBatch, Segment, Wording
from .kinds import AUTOMATIC, PRIORITY, NudgeType, Origin, Source
from .messages import Attempt, Nudge, NudgeEvent
from .policies import ChannelState, ContactPolicy
from .tasks import Handled, Notice, QueueVisit, Task, TaskEvent
from .texts import FallbackTemplate, Prompt, Quiz

__all__ = [
    "AUTOMATIC",
    "PRIORITY",
    "Attempt",
    "AutomationStop",
    "Campaign",
    "ChannelState",
    "ContactPolicy",
    "FallbackTemplate",
    "Handled",
    "Notice",
    "Nudge",
    "NudgeBatch",
    "NudgeEvent",
    "NudgeType",
    "Origin",
    "Prompt",
    "ProviderReport",
    "QueueVisit",
    "Quiz",
    "Reply",
    "Segment",
    "Source",
    "Task",
    "TaskEvent",
    "Touch",
    "Wording",
]
