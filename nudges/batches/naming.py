"""A batch's codes in words: its situations, and why it was held back."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..situations import COMPLETED, MISSED, QUIZ, SEEN
from . import rollout
from .lifecycle import AUDIENCE_GONE, SWITCHED_OFF

OF_A_BIT: dict[int, str | Promise] = {
    COMPLETED: _("little is completed"),
    QUIZ: _("quizzes went badly"),
    MISSED: _("sessions were missed"),
    SEEN: _("not seen for a week"),
}
WHY_HALTED: dict[str, str | Promise] = {
    **rollout.SENTENCES,
    AUDIENCE_GONE: _("Its filter can’t be read any more: a program, a cohort or a lesson of it was deleted."),
    SWITCHED_OFF: _("It waits, because the campaign is switched off."),
}


def situation_words(situation: int) -> str:
    """What the learners of one situation have in common; empty for a text that fits everyone."""
    return ", ".join(str(words) for bit, words in OF_A_BIT.items() if situation & bit)


def why_halted(code: str) -> str:
    """A sentence for who finds a batch held back; empty for no code. A code of the future still says what it is."""
    return str(WHY_HALTED.get(code, code)) if code else ""
