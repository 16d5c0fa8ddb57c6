"""How the apps above hear that learners changed, without this app knowing them.

The receivers are named in settings.LEARNERS_CHANGED_RECEIVERS, the composition root, as dotted paths to functions like
Receiver. They run inside the caller's transaction: either the learners and what follows from them are both stored, or
neither is.
"""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.module_loading import import_string

from .querysets import LearnerQuerySet


class Receiver(Protocol):
    def __call__(
        self, learners: LearnerQuerySet, *, as_of: date, trigger: str | None, started_by: User | None
    ) -> None: ...


def _receivers() -> Iterator[Receiver]:
    for path in settings.LEARNERS_CHANGED_RECEIVERS:
        yield import_string(path)


def announce(
    learners: LearnerQuerySet,
    *,
    as_of: date | None = None,
    trigger: str | None = None,
    started_by: User | None = None,
) -> None:
    """Tell every receiver that these learners changed. `as_of` is the day that their data describes, else today.

    What changes many at once says what it is (`trigger`, for example "import") and who began it: receivers keep a
    record of that. Single edits have their own history.
    """
    for receiver in _receivers():
        receiver(learners, as_of=as_of or timezone.now().date(), trigger=trigger, started_by=started_by)
