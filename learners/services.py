"""Change learners: every door (page, API, admin, command) comes through here, so risk follows every change."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .changes import announce
from .channels import channels_behind
from .models import Cohort, ContactPreference, Learner, Note, Program
from .rules import READERS

KEPT_WHEN_BLANK = frozenset({"uid", "status", "language", "timezone"})  # a learner always has one


class InvalidLearner(Exception):  # noqa: N818  (named for what it is, like Http404)
    """Values that can't be stored. `errors` has the reasons by field, in sentences for people."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{field}: {' '.join(reasons)}" for field, reasons in errors.items()))
        self.errors = errors


def create_learner(*, values: dict[str, Any], by: User | None, trigger: str) -> Learner:
    """Store a new learner and rescore it.

    `values`: by field of Learner, raw as it came; `program` and `cohort` by name (made if new), `owner` a User.
    `by` and `trigger` ("api", "admin", …) go to the learner's history.
    Raises InvalidLearner.
    """
    read = _read({"name": None, **values})
    with _clashes_explained(read), transaction.atomic():
        return _store(Learner(), read, by, trigger)


def update_learner(*, learner: Learner, values: dict[str, Any], by: User | None, trigger: str) -> Learner:
    """Change only the fields in `values` (as in create_learner), rescore, and return the learner as stored.

    A new email or phone takes back the verification of the channels behind it, and that messages came back. Raises
    InvalidLearner.
    """
    read = _read(values)
    with _clashes_explained(read, learner.pk), transaction.atomic():
        # no_key: rows that only point at this learner may be written meanwhile; a plain lock would deadlock with a
        # recomputation, which stores scores that point here while this waits to store its own.
        current = Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)
        return _store(current, read, by, trigger)


def set_preference(
    *, learner: Learner, channel: str, allowed: bool, source: str, by: User | None, verified: bool | None = None
) -> ContactPreference:
    """Record what a learner said about a channel, and how we know. `verified` None leaves the verification as it is;
    True says that the address was checked just now, whatever came back from it before.

    The same answer from the same source again keeps the time at which it was first given.
    """
    with transaction.atomic():
        preference = ContactPreference.objects.select_for_update().filter(learner=learner, channel=channel).first()
        preference = preference or ContactPreference(learner=learner, channel=channel)
        if (preference.allowed, preference.source) != (allowed, source):
            preference.allowed, preference.source, preference.decided_at = allowed, source, timezone.now()
        if verified is not None:
            has_held = preference.verified_at if preference.bounced_at is None else None
            preference.verified_at = (has_held or timezone.now()) if verified else None
            preference.bounced_at = None if verified else preference.bounced_at
        preference._history_user = by  # type: ignore[attr-defined]
        preference.save()
    return preference


def mark_bounced(*, learner: Learner, channel: str, at: datetime) -> None:
    """The provider says that nothing will ever arrive at the address behind this channel. The first time is kept.

    Without a preference there is nothing to keep: nobody writes there.
    """
    with transaction.atomic():
        preference = (
            ContactPreference.objects.select_for_update()
            .filter(learner=learner, channel=channel, bounced_at__isnull=True)
            .first()
        )
        if preference is not None:
            preference.bounced_at = at
            preference._change_reason = "bounced"  # type: ignore[attr-defined]
            preference.save(update_fields=["bounced_at"])


def add_note(*, learner: Learner, author: User | None, text: str) -> Note:
    return Note.objects.create(learner=learner, author=author, text=text)


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they will be stored; `owner` as it is. Raises InvalidLearner with all that can't be read."""
    read: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for field, raw in values.items():
        if field == "owner":
            read[field] = raw
        elif field not in READERS:
            errors[field] = [_("is not a field of a learner.")]
        elif (reading := READERS[field](raw)).error:
            errors[field] = [reading.error]
        elif field == "name" and reading.value is None:
            errors[field] = [_("is needed.")]
        elif reading.value is not None or field not in KEPT_WHEN_BLANK:
            read[field] = reading.value
    if errors:
        raise InvalidLearner(errors)
    return read


def _store(learner: Learner, read: Mapping[str, Any], by: User | None, trigger: str) -> Learner:
    """Write the values that differ, keep the history and the verifications true to them, and announce the change."""
    wanted = {**read, **_program_and_cohort(learner, read)}
    if "phone" in wanted:
        wanted["phone"] = wanted["phone"] or ""
    is_new = learner.pk is None
    changed = [field for field, value in wanted.items() if getattr(learner, field) != value]
    if not changed and not is_new:
        return learner
    for field in changed:
        setattr(learner, field, wanted[field])
    learner._history_user = by  # type: ignore[attr-defined]  # how simple_history is told who it was
    learner._change_reason = trigger  # type: ignore[attr-defined]
    learner.save(update_fields=None if is_new else [*changed, "updated_at"])
    for field in changed if not is_new else ():
        _withdraw_verification(learner, channels_behind(field), by)
    announce(Learner.objects.filter(pk=learner.pk))
    return learner


def _program_and_cohort(learner: Learner, read: Mapping[str, Any]) -> dict[str, Any]:
    """The rows behind the names. A learner who changes program leaves the old one's cohort."""
    if "program" not in read and "cohort" not in read:
        return {}
    program = learner.program
    if "program" in read:
        program = Program.objects.get_or_create(name=read["program"])[0] if read["program"] else None
    cohort = learner.cohort if program == learner.program else None
    if "cohort" in read:
        if read["cohort"] and program is None:
            raise InvalidLearner({"cohort": [_("belongs to a program: give its program too.")]})
        cohort = Cohort.objects.get_or_create(program=program, name=read["cohort"])[0] if read["cohort"] else None
    return {"program": program, "cohort": cohort}


def _withdraw_verification(learner: Learner, channels: Iterable[str], by: User | None) -> None:
    """The address behind these channels changed: nobody has shown yet that the new one is theirs, and nothing came back
    from it."""
    known = Q(verified_at__isnull=False) | Q(bounced_at__isnull=False)
    for preference in learner.preferences.filter(known, channel__in=channels):
        preference.verified_at = preference.bounced_at = None
        preference._history_user = by  # type: ignore[attr-defined]
        preference.save(update_fields=["verified_at", "bounced_at"])


@contextmanager
def _clashes_explained(read: Mapping[str, Any], own_pk: int = 0) -> Iterator[None]:
    """Another learner's id or email is an InvalidLearner, also when it was stored a moment ago by somebody else."""
    try:
        yield
    except IntegrityError as refusal:
        others = Learner.objects.exclude(pk=own_pk)
        errors: dict[str, list[str]] = {}
        if read.get("uid") and others.filter(uid=read["uid"]).exists():
            errors["uid"] = [_("Another learner has this id.")]
        if read.get("email") and others.filter(email__iexact=read["email"]).exists():
            errors["email"] = [_("Another learner has this email address.")]
        if not errors:
            raise
        raise InvalidLearner(errors) from refusal
