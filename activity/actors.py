"""Which learner the actors of statements are: asked when an actor is met, and again when learners change.

A learner may appear, or get another address, at the very moment at which a statement about them is folded. So that none
is lost between the two:

1. An actor's row is committed before it is first asked whose name it is: later changes of learners find it.
2. A change of learners leaves a NameChange, committed with it. Once it is there, the actors that it may concern are
   asked about again.
3. An answer counts only if nobody asked again meanwhile. When it differs from the last one, the actor's statements wait
   to be folded again; no folder is at work at that moment (see turns.py).
"""

import logging
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from learners.querysets import LearnerQuerySet

from .matching import keys_of_learners, name_key_of, owners_of
from .models import Actor, NameChange
from .store.keys import agent_key
from .turns import keep_folders_out, keep_others_from_asking

log = logging.getLogger(__name__)

MANY = 1000  # learners who change at once: beyond this all actors are asked about, instead of theirs
CHUNK = {"sqlite": 200, "postgresql": 1000}  # actors asked about at once

TO_IDENTIFY = Q(asked__gt=F("answered"))


def meet(identifiers: Iterable[str]) -> None:
    """Remember these actors, of whom a statement tells for the first time."""
    actors = [
        Actor(key=agent_key(identifier), identifier=identifier, account_name_key=name_key_of(identifier))
        for identifier in identifiers
    ]
    actors.sort(key=lambda actor: actor.key)  # two who meet the same actors never wait for each other
    Actor.objects.bulk_create(actors, ignore_conflicts=True)


def rematch(learners: LearnerQuerySet) -> None:
    """These learners' names may have changed: see to it that they get the statements that are theirs, and no others.

    It leaves a note in the caller's transaction, in two queries however many they are; identify() does the rest.
    """
    ids = list(learners.order_by().values_list("pk", flat=True)[: MANY + 1])
    if len(ids) > MANY:
        NameChange.objects.create(learner=None)
    else:
        NameChange.objects.bulk_create([NameChange(learner_id=pk) for pk in ids])


def identify() -> int:
    """Ask about actors whom nobody has asked about since they were met, or since learners changed; a chunk of them.

    How many it asked about; 0 when whose names they are is known of all.
    """
    if NameChange.objects.exists():
        _ask_again()
    waiting = Actor.objects.filter(TO_IDENTIFY).order_by("answered", "key")  # those never answered first
    asked = {actor.key: actor for actor in waiting[: CHUNK[connection.vendor]]}
    if asked:
        owners = owners_of({actor.identifier for actor in asked.values()})  # outside: it may read all learners
        try:
            _answer(asked, owners)
        except IntegrityError:
            log.info("A learner was deleted while we asked whose names these are; asking again")
    return len(asked)


@transaction.atomic
def _ask_again() -> None:
    """Of changes of names that are there, by asking about the actors that they may concern."""
    keep_others_from_asking()
    changes = dict(NameChange.objects.order_by("pk").values_list("pk", "learner")[:MANY])
    concerned = Actor.objects.all()
    if None not in changes.values():
        agents, account_names = keys_of_learners(changes.values())
        concerned = concerned.filter(
            Q(key__in=agents) | Q(account_name_key__in=account_names) | Q(learner__in=changes.values())
        )
    concerned.update(asked=F("asked") + 1)
    NameChange.objects.filter(pk__in=changes).delete()


@transaction.atomic
def _answer(asked: dict[int, Actor], owners: dict[str, int]) -> None:
    keep_others_from_asking()
    keep_folders_out()
    now = Actor.objects.in_bulk(asked)
    answered = [
        (owners.get(actor.identifier), actor.asked, key)
        for key, actor in asked.items()
        if now[key].asked == actor.asked
    ]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE activity_actor SET learner_id = %s, answered = %s WHERE key = %s", answered)
    fold_again_about([key for owner, _, key in answered if owner != now[key].learner_id])


def fold_again_about(actors: Sequence[int]) -> None:
    """Let the statements that tell of these actors wait to be folded again. In the caller's transaction."""
    if actors:
        marks = ", ".join(["%s"] * len(actors))
        with connection.cursor() as cursor:
            cursor.execute(
                f"""INSERT INTO activity_unfolded (position)
                SELECT DISTINCT position FROM activity_statementkey WHERE key IN ({marks}) ORDER BY position
                ON CONFLICT DO NOTHING""",  # noqa: S608
                actors,
            )
