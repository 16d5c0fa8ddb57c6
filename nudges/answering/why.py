"""Why a message came and from which data, in words for the learner. No score, no label, no comparison. Pure."""

from collections.abc import Collection
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CHOSEN_BY_RULE: Final = frozenset({"campaign", "reminder", "simulation"})

PURPOSES: Final = {  # NudgeType → what such a message is for
    "reminder": gettext_lazy("It is to remind you of work that is still open."),
    "motivation": gettext_lazy("It is to help you take the next step."),
    "encouragement": gettext_lazy("It is to encourage you."),
    "quiz_reminder": gettext_lazy("It is to remind you of a quiz."),
    "completion_boost": gettext_lazy("It is to help you finish what you began."),
    "kudos": gettext_lazy("It is to say well done."),
    "coaching": gettext_lazy("It is to offer you a talk about your learning."),
}
DATA: Final = {  # placeholder of a text → what it is filled from
    "completed_percent": gettext_lazy("how much of the work due so far you have handed in"),
    "quiz_average": gettext_lazy("your results in quizzes"),
    "missed_sessions": gettext_lazy("which sessions you came to"),
    "days_since_seen": gettext_lazy("when you last used the course"),
    "task": gettext_lazy("which lesson or session is next for you"),
    "deadline": gettext_lazy("when it is due"),
}


def why(*, origin: str, type: str, sender: str) -> list[str]:  # noqa: A002
    """Who or what sent it, and what for: one sentence each."""
    if origin in CHOSEN_BY_RULE:
        by = _("It was sent automatically, in the name of %(sender)s.") % {"sender": sender}
    elif origin == "bulk":
        by = _("%(sender)s sent it to you and to others in your course.") % {"sender": sender}
    else:
        by = _("%(sender)s sent it to you.") % {"sender": sender}
    return [by, *([str(PURPOSES[type])] if type in PURPOSES else [])]


def data_used(*, names: Collection[str], known: Collection[str]) -> list[str]:
    """Which of what we know was used: what the text names, and what lies before whoever, or whatever, chose to write.

    `names` are the placeholders of the text, `known` those of which we have a value.
    """
    return [str(DATA[name]) for name in DATA if name in names or name in known]
