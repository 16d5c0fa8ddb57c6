"""What the learners of an audience have in common: which languages they speak, and which situations they are in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db.models import Case, Count, Value, When

from learners.querysets import LearnerQuerySet

from ..situations import (
    COMPLETED,
    COMPLETED_BELOW,
    DAYS_FROM,
    MISSED,
    MISSED_FROM,
    QUIZ,
    QUIZ_BELOW,
    SEEN,
)


@dataclass(frozen=True)
class Situations:
    """How many learners there are of each (language, situation)."""

    learners: Counter[tuple[str, int]]

    @property
    def languages(self) -> list[str]:
        """Those that are spoken, the site's first; the site's alone when there is nobody."""
        spoken = {language for language, _ in self.learners}
        return sorted(spoken, key=lambda code: (code != settings.LANGUAGE_CODE, code)) or [settings.LANGUAGE_CODE]

    def of(self, languages: Iterable[str]) -> dict[str, list[int]]:
        """The situations to write for in each of these languages. Who speaks another reads the site's language, or
        the only one there is; so their situations are written for in it."""
        languages = list(languages)
        others = settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in languages else languages[0]
        found: dict[str, set[int]] = {language: set() for language in languages}
        for spoken, situation in self.learners:
            found[spoken if spoken in found else others].add(situation)
        return {language: sorted(situations) for language, situations in found.items()}


def situations_of(learners: LearnerQuerySet, *, now: datetime) -> Situations:
    """In one query, however many learners there are."""
    # Whole days between UTC dates, as situations.situation counts them: so many or more lie before this midnight.
    seen_before = datetime.combine(now.astimezone(UTC).date() - timedelta(days=DAYS_FROM - 1), time(), tzinfo=UTC)
    situation = (
        Case(When(completed_percent__lt=COMPLETED_BELOW, then=Value(COMPLETED)), default=Value(0))
        + Case(When(avg_quiz_score__lt=QUIZ_BELOW, then=Value(QUIZ)), default=Value(0))
        + Case(When(consecutive_missed_sessions__gte=MISSED_FROM, then=Value(MISSED)), default=Value(0))
        + Case(When(last_login__lt=seen_before, then=Value(SEEN)), default=Value(0))
    )
    rows = learners.order_by().annotate(situation=situation).values_list("language", "situation")
    return Situations(Counter({(language, bits): count for language, bits, count in rows.annotate(n=Count("pk"))}))
