"""Which type of nudge to propose first. Pure; a coordinator may choose any other."""

from riskscoring.scoring import COMPLETED, LOW, MISSED, QUIZ, RECENCY, Risk, Term

from .models import NudgeType

KUDOS_FROM_PERCENT = 80

FOR_REASON = {
    COMPLETED.name: NudgeType.COMPLETION_BOOST,
    QUIZ.name: NudgeType.QUIZ_REMINDER,
    MISSED.name: NudgeType.REMINDER,
    RECENCY.name: NudgeType.MOTIVATION,
}


def suggest_type(risk: Risk) -> NudgeType:
    """What fits the main reason of the score: of each input, how bad it is counts, not how much it weighs.

    A learner who does well gets kudos, or encouragement when there is nothing to praise yet.
    """
    if risk.level == LOW:
        return NudgeType.KUDOS if _has_much_done(risk) else NudgeType.ENCOURAGEMENT
    known = [term for term in risk.terms if term.value is not None and term.contribution]
    if not known:
        return NudgeType.ENCOURAGEMENT
    return FOR_REASON[max(known, key=_how_bad).name]


def _how_bad(term: Term) -> float:
    return float(term.contribution / term.weight)


def _has_much_done(risk: Risk) -> bool:
    done = next(term.value for term in risk.terms if term.name == COMPLETED.name)
    return done is not None and done >= KUDOS_FROM_PERCENT
