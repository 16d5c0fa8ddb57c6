"""What a user is told once: that a task became theirs, is overdue, or was closed."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet

from ..models import Notice, Task


def tell(user_id: int | None, *, task: Task, kind: str, by: User | None = None) -> None:
    """Leave a notice for this user; nobody is told of what they did themselves."""
    if user_id is not None and user_id != (by.pk if by else None):
        Notice.objects.create(user_id=user_id, task=task, kind=kind)


def unseen(user_id: int | None) -> QuerySet[Notice]:
    """What a user has not looked at yet; nothing for a stranger."""
    return Notice.objects.filter(user=user_id, seen_at=None)


def see(notices: QuerySet[Notice], *, now: datetime) -> int:
    """Mark them as seen; how many were not before."""
    return notices.filter(seen_at=None).update(seen_at=now)
