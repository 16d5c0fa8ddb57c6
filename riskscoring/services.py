"""Work out risk and store it."""

from datetime import date

from learners.querysets import LearnerQuerySet


def rescore_learners(learners: LearnerQuerySet, *, as_of: date) -> None:
    raise RuntimeError("not there yet")
