"""A risk score in words, for coordinators: what makes it up, in counts, and what would bring it down.

Pure, but for the language that is active. Learners never see any of this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.words import DAYS_A_MONTH, DAYS_A_YEAR, TWO_MONTHS, TWO_YEARS

from .scoring import COMPLETED, MISSED, QUIZ, RECENCY, Flag, Risk, Term


@dataclass(frozen=True, slots=True)
class Reason:
    code: str  # the name of the term
    sentence: str
    contribution: Decimal  # what it adds to the score, or for a remedy what it would take off


def reasons(risk: Risk) -> list[Reason]:
    """Every term that adds to the score, the largest first. Their contributions add up to it."""
    return [Reason(term.name, sentence(term), term.contribution) for term in _adding(risk)]


def in_brief(risk: Risk) -> str:
    """The two main reasons in one line: "Handed in 25% of the work due · Missed 5 sessions in a row"."""
    return " · ".join(sentence(term) for term in _adding(risk)[:2]) or _("Nothing to worry about")


def remedy(risk: Risk) -> Reason | None:
    """What would bring the score down most, and by how much; None when nothing would."""
    found = reasons(risk)
    if not found:
        return None
    code, worth = found[0].code, found[0].contribution
    points = str(worth.quantize(Decimal("0.01"), ROUND_HALF_UP)) if worth >= Decimal("0.01") else str(worth)
    return Reason(code, REMEDIES[code](points), worth)


def warnings(risk: Risk) -> list[str]:
    """A sentence for staff on each input that could not be used as it came."""
    return [_warning(term) for term in risk.flags]


def sentence(term: Term) -> str:
    """One input in words, also when it is absent or adds nothing."""
    return SENTENCES[term.name](term)


def _adding(risk: Risk) -> list[Term]:
    """The terms that add to the score, the largest first."""
    return sorted((term for term in risk.terms if term.contribution), key=lambda term: -term.contribution)


def _completed(term: Term) -> str:
    if term.value is None:
        return _("No work due yet")
    if term.pieces:
        words = ngettext(
            "Handed in %(handed_in)s of %(due)s piece due",
            "Handed in %(handed_in)s of %(due)s pieces due",
            term.pieces.due,
        )
        return words % term.pieces._asdict()
    return _("Handed in %(percent)s%% of the work due") % {"percent": _plain(term.value)}


def _quiz(term: Term) -> str:
    if term.value is None:
        return _("No quiz marks yet")
    return _("Quiz average %(percent)s%%") % {"percent": _plain(term.value)}


def _missed(term: Term) -> str:
    if term.value is None:
        return _("No sessions yet")
    if term.value == 0:
        return _("Came to the last session")
    return ngettext("Missed the last session", "Missed %(count)s sessions in a row", int(term.value)) % {
        "count": term.value
    }


def _recency(term: Term) -> str:
    if term.value is None:
        return _("Never seen")
    days = int(term.value)
    if days == 0:
        return _("Seen today")
    if days < TWO_MONTHS:
        return ngettext("Last seen %(count)s day ago", "Last seen %(count)s days ago", days) % {"count": days}
    if days < TWO_YEARS:
        months = round(days / DAYS_A_MONTH)
        return ngettext("Last seen %(count)s month ago", "Last seen %(count)s months ago", months) % {"count": months}
    years = round(days / DAYS_A_YEAR)
    return ngettext("Last seen %(count)s year ago", "Last seen %(count)s years ago", years) % {"count": years}


def _warning(term: Term) -> str:
    names = {COMPLETED.name: _("Completed"), QUIZ.name: _("Quiz average"), MISSED.name: _("Sessions missed")}
    about = {"input": names.get(term.name, _("Last seen")), "given": term.given}
    if term.flag == Flag.OUT_OF_RANGE:
        counted = {"counted": _plain(term.value or 0)}
        return _("%(input)s %(given)s is out of range; counted as %(counted)s") % (about | counted)
    if term.name == RECENCY.name:
        return _("%(input)s “%(given)s” can’t be read; counted as never seen") % about
    return _("%(input)s “%(given)s” can’t be read; left out") % about


def _plain(number: Decimal | int) -> str:
    """85.50 as 85.5, and 100.00 as 100."""
    text = str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


SENTENCES: dict[str, Callable[[Term], str]] = {
    COMPLETED.name: _completed,
    QUIZ.name: _quiz,
    MISSED.name: _missed,
    RECENCY.name: _recency,
}
REMEDIES: dict[str, Callable[[str], str]] = {
    COMPLETED.name: lambda points: _("Handing in the rest would take %(points)s off") % {"points": points},
    QUIZ.name: lambda points: _("Full marks in quizzes would take %(points)s off") % {"points": points},
    MISSED.name: lambda points: _("Coming to the next session would take %(points)s off") % {"points": points},
    RECENCY.name: lambda points: _("Signing in today would take %(points)s off") % {"points": points},
}
