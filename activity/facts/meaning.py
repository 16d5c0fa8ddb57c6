"""What a statement says about a lesson, a session or a mark, told by its verb and the type of its object alone.

Tools name the same deed by the IRIs of many vocabularies (ADL, activitystrea.ms, TinCan, video, cmi5), which agree on
the word at the end. So that word is compared, not the IRI.
"""

from enum import StrEnum
from typing import Final

from ..xapi.iris import last_word


class Meaning(StrEnum):
    NOTHING = ""
    BEGUN = "begun"  # the learner is at work on a lesson
    COMPLETED = "completed"  # the learner has done a lesson, or has handed it in
    ANSWERED = "answered"  # a question that stands alone
    ATTENDED = "attended"
    BOOKED = "booked"
    MISSED = "missed"
    EXCUSED = "excused"


# A lesson is made of these by itself. Which events make one depends on the event alone, so arrival order can't matter.
DISCOVERING: Final = (Meaning.BEGUN, Meaning.COMPLETED)
# An answer is the completion of a lesson that staff have defined, or that the learner has begun by another statement:
# so H5P tells of its single questions. It makes no lesson.
COMPLETING: Final = (Meaning.COMPLETED, Meaning.ANSWERED)
# On a session's activity these say that the learner was there.
PRESENT: Final = (Meaning.BEGUN, Meaning.COMPLETED, Meaning.ATTENDED)

BEGINS: Final = frozenset(
    {
        *("initialized", "initialised", "launched", "started", "start", "began", "begun", "attempted", "attempt"),
        *("resumed", "progressed", "played", "play", "failed", "scored", "graded", "evaluated"),
    }
)
COMPLETES: Final = frozenset(
    {
        *("completed", "complete", "passed", "pass", "mastered", "finished", "finish", "submitted", "submit"),
        *("turned-in", "handed-in", "satisfied", "waived"),
    }
)
ANSWERS: Final = frozenset({"answered", "answer", "responded", "respond"})
ATTENDS: Final = frozenset({"attended", "attend", "joined", "join", "participated", "checked-in", "was-at"})
BOOKS: Final = frozenset({"registered", "register", "booked", "book", "reserved", "enrolled"})
MISSES: Final = frozenset({"missed", "miss", "absent", "was-absent", "no-show"})
EXCUSES: Final = frozenset({"excused", "excuse"})
# A score that comes with these is a measure of progress, or none at all.
WITHOUT_MARK: Final = frozenset({"skipped", "skip", "abandoned", "interacted", "progressed", "previewed"})

INTERACTIONS: Final = frozenset({"cmi.interaction", "interaction", "question", "slot"})  # slot: of a quiz of Moodle's
MEETINGS: Final = frozenset(
    {"meeting", "event", "webinar", "seminar", "session", "class", "virtual-classroom", "conference-session"}
)
QUIZZES: Final = frozenset({"assessment", "quiz", "exam", "test"})
SURVEYS: Final = frozenset({"survey", "poll", "questionnaire", "feedback"})


def read_meaning(
    *,
    verb: str,
    object_type: str,
    interaction_type: str = "",
    success: bool | None,
    completion: bool | None,
    has_mark: bool,
    has_parent: bool = False,
) -> Meaning:
    """What the event says. `verb` and `object_type` are IRIs; `interaction_type` is the definition's, or blank.

    A failed attempt completes nothing, though some tools add `completion` to it: it is to be done again.
    """
    word = last_word(verb)
    if word in BOOKS:
        return Meaning.BOOKED
    if word in MISSES:
        return Meaning.MISSED
    if word in EXCUSES:
        return Meaning.EXCUSED
    is_done = word != "failed" and (word in COMPLETES or bool(completion) or (bool(success) and has_mark))
    if is_question(verb=verb, object_type=object_type, interaction_type=interaction_type):
        return Meaning.ANSWERED if not has_parent and (is_done or word in ANSWERS) else Meaning.NOTHING
    if word in ATTENDS or (last_word(object_type) in MEETINGS and (is_done or word in BEGINS)):
        return Meaning.ATTENDED
    if is_done:
        return Meaning.COMPLETED
    return Meaning.BEGUN if word in BEGINS else Meaning.NOTHING


def counts_as_mark(*, verb: str, object_type: str, interaction_type: str = "", has_parent: bool) -> bool:
    """Whether a score that came with this is a mark of its own.

    That of a question inside a quiz is a part of the quiz's mark; alone (as H5P's single questions are) it counts. What
    people answer to a survey is an opinion.
    """
    if last_word(verb) in WITHOUT_MARK or interaction_type == "likert" or last_word(object_type) in SURVEYS:
        return False
    return not (has_parent and is_question(verb=verb, object_type=object_type, interaction_type=interaction_type))


def is_question(*, verb: str, object_type: str, interaction_type: str) -> bool:
    return bool(interaction_type) or last_word(object_type) in INTERACTIONS or last_word(verb) in ANSWERS


def is_quiz(object_type: str) -> bool:
    return last_word(object_type) in QUIZZES
