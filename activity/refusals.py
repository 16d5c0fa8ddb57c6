"""Calls that were turned down, kept for staff: few of each key, and only the newest of all."""

import time

from django.db import transaction

from .models import AccessKey, Refusal

KEPT = 1000
NOTED_PER_MINUTE = 30  # of one key, by one process: a tool that repeats itself says nothing new

_noted: dict[int, tuple[int, int]] = {}  # key → the minute, and how many were noted in it


def note_refusal(*, key: AccessKey, method: str, path: str, status: int, reason: str) -> None:
    if not _may_note(key.pk, int(time.monotonic() // 60)):
        return
    with transaction.atomic():
        refusal = Refusal.objects.create(
            key=key, method=method[:10], path=path[:300], status=status, reason=reason[:2000]
        )
        if refusal.pk % 100 == 0:
            trim_refusals()


def trim_refusals() -> None:
    """Forget all but the newest."""
    newest = Refusal.objects.order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1]
    for oldest in newest:
        Refusal.objects.filter(pk__lte=oldest).delete()


def _may_note(key_id: int, minute: int) -> bool:
    counted_minute, count = _noted.get(key_id, (minute, 0))
    if counted_minute != minute:
        count = 0
    _noted[key_id] = (minute, count + 1)
    return count < NOTED_PER_MINUTE
