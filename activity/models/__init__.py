"""What learners did: statements as they came, the events read from them, and the facts that follow.

Three layers. The record (`Statement` and what finds it again) is append-only and knows no learner. An `Event` is the
flat reading of one statement about a learner that we know. Facts (`LessonProgress`, `Attendance`, `LearnerFacts`)
follow from events and can be made again from them.
"""

from .arriving import PoisonedMessage, StatementImport, StreamProgress
from .courses import Interruption, Lesson, Session
from .documents import Document
from .events import Event
from .facts import ActiveDay, Attendance, LearnerFacts, LessonProgress, UsualHour
from .names import Actor, LearnerIdentity, NameChange
from .record import Attachment, Statement, StatementKey, StatementReference, Unfolded
from .senders import AccessKey, Refusal

__all__ = [
    "AccessKey",
    "ActiveDay",
    "Actor",
    "Attachment",
    "Attendance",
    "Document",
    "Event",
    "Interruption",
    "LearnerFacts",
    "LearnerIdentity",
    "Lesson",
    "LessonProgress",
    "NameChange",
    "PoisonedMessage",
    "Refusal",
    "Session",
    "Statement",
    "StatementImport",
    "StatementKey",
    "StatementReference",
    "StreamProgress",
    "Unfolded",
    "UsualHour",
]
