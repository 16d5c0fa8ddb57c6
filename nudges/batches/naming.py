"""A batch's codes in words: its situations, and why it was held back."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..situations import COMPLETED, MISSED, QUIZ, SEEN
from . import rollout

OF_A_BIT: dict[int, str | Promise] = {
    COMPLETED: _("work open"),
    QUIZ: _("quizzes hard"),
    MISSED: _("sessions missed"),
    SEEN: _("not seen lately"),
}
WHY_HALTED: dict[str, str | Promise] = {
    **rollout.SENTENCES,
    "audience_gone": _("Its filter can’t be read any more: a program, a cohort or a lesson of it was deleted."),
    "switched_off": _("Its campaign was switched off."),
}


def situation_words(situation: int) -> str:
    """What the learners of one situation have in common; empty for a text that fits everyone."""
    return ", ".join(str(words) for bit, words in OF_A_BIT.items() if situation & bit)


def why_halted(code: str) -> str:
    """A sentence for who finds a batch held back; empty for no code. A code of the future still says what it is."""
    return str(WHY_HALTED.get(code, code)) if code else ""
