"""From the record to events: each statement's own is brought to what it should be, and facts and scores follow.

Folding a statement again changes nothing unless its reading does: it was voided meanwhile, or its actor turned out to
be another learner. So it does not matter in which order statements come, how often, or where a process dies: all that
a batch changes is committed with the deletion of its rows of Unfolded.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from .actors import identify, meet
from .changes import announce_facts
from .events import actor_of, read_event, voids
from .facts.lessons import assign_lessons
from .facts.services import apply_events, rebuild
from .models import Actor, Event, Statement, StatementReference, Unfolded
from .store.keys import agent_key
from .store.positions import stored_at
from .store.references import copy_keys
from .streaming.poison import set_aside_stored
from .turns import join_folders, keep_folders_out

log = logging.getLogger(__name__)

# Statements in one transaction. On SQLite it holds the one write lock, for which acknowledgements wait.
BATCH = {"sqlite": 50, "postgresql": 500}


@dataclass(frozen=True)
class Told:
    """A statement of the record, read."""

    position: int
    id: UUID
    statement: dict[str, Any]
    sender: str

    @property
    def actor(self) -> str | None:
        return actor_of(self.statement)


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: how many are folded, and which wait for another turn, and why."""

    folded: int
    to_meet: dict[int, str]  # by position: the actor of whom nobody has told before
    to_be_alone: set[int]


def fold(*, limit: int | None = None) -> int:
    """Fold up to `limit` of the statements that wait, the newest first; how many it folded.

    A statement that breaks us is set aside with its reason, and the others go on. Raises OperationalError or
    InterfaceError when the database is away: then nothing of the batch is done.
    """
    identify()
    if not Unfolded.objects.exists():
        return 0
    waiting = Unfolded.objects.order_by("-position")[: limit or BATCH[connection.vendor]]
    try:
        return _fold(waiting)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the others would not fare better
    except Exception:
        log.exception("A batch of statements could not be folded; trying one by one")
    return sum(map(_fold_or_set_aside, list(waiting.values_list("position", flat=True))))


def fold_again(positions: Iterable[int]) -> None:
    """Let these statements wait to be folded again."""
    Unfolded.objects.bulk_create([Unfolded(position=position) for position in positions], ignore_conflicts=True)


def _fold(waiting: QuerySet[Unfolded]) -> int:
    outcome = _fold_batch(waiting)
    folded, to_be_alone = outcome.folded, outcome.to_be_alone
    if outcome.to_meet:
        meet(set(outcome.to_meet.values()))
        identify()
        second = _fold_batch(_at(outcome.to_meet))
        folded, to_be_alone = folded + second.folded, to_be_alone | second.to_be_alone
    if to_be_alone:
        folded += _fold_batch(_at(to_be_alone), alone=True).folded
    return folded


def _at(positions: Iterable[int]) -> QuerySet[Unfolded]:
    return Unfolded.objects.filter(pk__in=list(positions))


def _fold_or_set_aside(position: int) -> int:
    try:
        return _fold(_at([position]))
    except (OperationalError, InterfaceError):
        raise
    except Exception as bug:
        log.exception("The statement at %s could not be folded; it is set aside", position)
        set_aside_stored(position, reason=f"{type(bug).__name__}: {bug}")
    return 0


@transaction.atomic
def _fold_batch(waiting: QuerySet[Unfolded], *, alone: bool = False) -> Outcome:
    """Of these, those that nobody else is folding. `alone`: nobody else folds anything meanwhile.

    Taking an event away, or changing it, is for one alone: it may be in the hands of another folder, who does not see
    yet why.
    """
    if alone:
        keep_folders_out()
    else:
        join_folders()
    taken = list(waiting.select_for_update(skip_locked=True).values_list("position", flat=True))
    told = list(_read(position__in=taken))
    owners, to_meet = _owners(told)
    told = [one for one in told if one.position not in to_meet]
    to_be_alone: set[int] = set()
    if told:
        gone, new = _changes([*told, *_voided_by(told)] if alone else told, owners)
        if not alone:
            to_be_alone = {event.position for event in gone} | {one.position for one in told if voids(one.statement)}
            gone, new = [], [event for event in new if event.position not in to_be_alone]
        _write(gone, new)
    done = set(taken) - to_meet.keys() - to_be_alone
    Unfolded.objects.filter(pk__in=done).delete()
    return Outcome(len(done), to_meet, to_be_alone)


def _read(**which: Any) -> Iterator[Told]:
    rows = Statement.objects.filter(**which).order_by("position")
    for position, id_, raw, sender in rows.values_list("position", "statement_id", "raw", "key__name"):
        yield Told(position, id_, json.loads(raw), sender or "")


def _owners(told: Sequence[Told]) -> tuple[dict[str, int], dict[int, str]]:
    """Which learners the actors are; and by position, those of whom we have yet to hear whether they are one.

    Of one who is asked about again the last answer is good enough: if the next differs, the statements come again.
    """
    keys = {one.actor: agent_key(one.actor) for one in told if one.actor is not None}
    known = dict(Actor.objects.filter(key__in=keys.values(), answered__gt=0).values_list("key", "learner"))
    owners = {actor: owner for actor, key in keys.items() if (owner := known.get(key)) is not None}
    to_meet = {one.position: one.actor for one in told if one.actor is not None and keys[one.actor] not in known}
    return owners, to_meet


def _changes(told: Sequence[Told], owners: dict[str, int]) -> tuple[list[Event], list[Event]]:
    """The stored events of these that should not be, or be otherwise; and the unsaved ones that should be."""
    voided = _repair_references(told)
    wanted = _events_of([one for one in told if one.id not in voided], owners)
    stored = Event.objects.in_bulk([one.position for one in told])
    gone = [event for position, event in stored.items() if not _same(event, wanted.get(position))]
    new = [event for position, event in wanted.items() if not _same(event, stored.get(position))]
    return gone, new


def _write(gone: Sequence[Event], new: Sequence[Event]) -> None:
    """Let facts and scores follow, of the learners concerned alone."""
    if gone:
        Event.objects.filter(pk__in=[event.pk for event in gone]).delete()
    if new:
        assign_lessons(new)
        Event.objects.bulk_create(new)
    losers = {event.learner_id for event in gone}
    changed = apply_events([event for event in new if event.learner_id not in losers])
    if losers:
        changed |= rebuild(losers)
    announce_facts(changed)


def _voided_by(told: Sequence[Told]) -> list[Told]:
    """The statements with events that these void, besides these."""
    targets = {id_ for one in told if (id_ := voids(one.statement)) is not None}
    if not targets:
        return []
    voided = StatementReference.objects.filter(target__in=targets, voids=True).values_list("target", flat=True)
    here = {one.position for one in told}
    return [one for one in _read(statement_id__in=set(voided)) if one.position not in here]


def _repair_references(told: Sequence[Told]) -> set[UUID]:
    """See to the keys of those that point at others or are pointed at; the ids of those that are voided."""
    by_id = {one.id: one for one in told}
    rows = StatementReference.objects.filter(target__in=by_id).values_list("target", "voids")
    pointed_at = {target for target, _ in rows}
    pointing = [one.position for one in told if one.statement["object"].get("objectType") == "StatementRef"]
    copy_keys(sorted({*pointing, *(by_id[target].position for target in pointed_at)}))
    return {target for target, is_void in rows if is_void}


def _events_of(told: Iterable[Told], owners: dict[str, int]) -> dict[int, Event]:
    """By position; unsaved, and without their lessons."""
    events = {}
    for one in told:
        owner = owners.get(one.actor) if one.actor is not None else None
        if owner is not None:
            values = read_event(one.statement, stored_at(one.position), sender=one.sender)
            if values is not None:
                events[one.position] = Event(position=one.position, learner_id=owner, **vars(values))
    return events


def _same(one: Event, other: Event | None) -> bool:
    """But for the lesson, which facts may give an event later."""
    fields = [field.attname for field in Event._meta.concrete_fields if field.attname != "lesson_id"]
    return other is not None and all(getattr(one, field) == getattr(other, field) for field in fields)
