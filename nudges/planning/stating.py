"""Decides about everybody in a batch's audience at once, and leaves it in a temporary table.

One row for each learner: what the gate says, which text, which group, and when it leaves. A fixed number of statements,
however many learners there are: what depends on hours, on places of texts or on goals is worked out for each of those,
which are few, and joined.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import connection

from learners.sql import Sql, adapted, execute, from_json, kept_apart, rows

from ..audience import Audience
from ..gate import Code, Purpose
from ..gate.chance import draws_into_sql
from ..gate.expression import Asked, Question, answers, asking, code_of, had_templates
from ..gate.rules import ARM_SALT, STAGE_SALT
from ..goals import aims_of
from ..models import AUTOMATIC, NudgeBatch
from ..reasons import FACT_MISSING, NO_TEXT
from ..situations import DEADLINE, MINUTES, TASK, known_sql, situation_sql
from .hours import Window, leaves_at
from .places import Places, Words

NO_HOUR = -1  # of a learner whose usual hour is not known, or is not asked for
FIRST_TURN = "0"


@contextmanager
def stated(batch: NudgeBatch, *, now: datetime) -> Iterator[str]:
    """The name of the table. Within a transaction, which an error must end. Raises AudienceInvalid."""
    places = _places(batch)
    audience = Audience.from_json(batch.audience)
    question = Question(
        channels=places.channels,
        now=now,
        purpose=Purpose(
            is_automatic=audience.is_automatic or batch.origin in AUTOMATIC,
            holdout_percent=batch.holdout_percent,
            salt=batch.salt,
        ),
        approved=places.approved,
    )
    with asking(_with_goals(batch, audience.sql(batch.created_by, now=now))) as asked:
        _state_places(places)
        _state_hours(batch, question, asked)
        has_aims = _state_aims(asked)
        _state_had(asked, question, places)
        planned = _planned(batch, asked, question, places, has_aims=has_aims)
        execute(f"CREATE TEMPORARY TABLE planned AS {planned.text}")
        yield "planned"
        for table in ("planned", "plan_had", "plan_aims", "plan_hours", "plan_places"):
            execute(f"DROP TABLE {table}")  # after an error the rollback drops them


def _with_goals(batch: NudgeBatch, among: Sql) -> Sql:
    """What has no goal of its own has that of the batch."""
    text = f"SELECT learner_id, COALESCE(NULLIF(goal, ''), %s) AS goal FROM ({among.text}) meant"
    return Sql(text, [batch.goal or batch.type, *among.params])


def _places(batch: NudgeBatch) -> Places:
    """In one query. A channel for which there is no text is not one to choose."""
    words = [
        Words(
            pk=wording.pk,
            channel=wording.channel,
            language=wording.language,
            situation=wording.situation,
            arm=wording.arm,
            turn=wording.turn,
            needs=wording.needs,
            template_id=None if wording.edited else wording.template_id,
            is_approved=bool(wording.template and wording.template.provider_template and not wording.edited),
        )
        for wording in batch.wordings.select_related("template")
    ]
    channels = batch.channels or [batch.channel]
    spoken = {word.channel for word in words}
    site = settings.LANGUAGE_CODE
    languages = [site, *(code for code, _name in settings.LANGUAGES if code != site)]
    return Places([channel for channel in channels if channel in spoken] or channels[:1], languages, words)


def _state_places(places: Places) -> None:
    execute(
        f"""CREATE TEMPORARY TABLE plan_places (place integer, turn integer, wording_id bigint, template_id bigint,
        needs integer, PRIMARY KEY (place, turn)){_found_in_one_step()}"""
    )
    columns = dict.fromkeys(("place", "turn"), "integer") | {
        "wording_id": "bigint",
        "template_id": "bigint",
        "needs": "integer",
    }
    _fill(
        "plan_places",
        columns,
        [
            (place, turn, *((word.pk, word.template_id, word.needs) if word else (None, None, 0)))
            for place, turn, word in places.rows()
        ],
    )


def _state_hours(batch: NudgeBatch, question: Question, asked: Asked) -> None:
    """When it leaves, for each zone, kind of quiet hours, and hour at which a learner does most."""
    zones = rows(f"SELECT DISTINCT l.timezone FROM {asked.table} a JOIN learners_learner l ON l.id = a.learner_id")
    window = _window(batch)
    own_hours = [None, *range(24)] if batch.learns_hours and window else [None]
    of_quiet = {(policy.quiet_from, policy.quiet_until): policy for policy in question.policies.all}
    moment = "timestamptz" if connection.vendor == "postgresql" else "text"
    execute(
        f"""CREATE TEMPORARY TABLE plan_hours (zone varchar(64), quiet integer, hour integer, due_at {moment},
        PRIMARY KEY (zone, quiet, hour)){_found_in_one_step()}"""
    )
    _fill(
        "plan_hours",
        {"zone": "varchar(64)", "quiet": "integer", "hour": "integer", "due_at": moment},
        [
            (
                zone,
                place,
                NO_HOUR if hour is None else hour,
                str(adapted(leaves_at(question.now, zone=zone, window=window, policy=of_quiet[quiet], own_hour=hour))),
            )
            for (zone,) in zones
            for place, quiet in enumerate(question.limits.quiet)
            for hour in own_hours
        ],
    )


def _window(batch: NudgeBatch) -> Window | None:
    if batch.window_from is None and batch.window_until is None and batch.usual_hour is None:
        return Window() if batch.learns_hours else None
    begins, ends = batch.window_from or 0, 24 if batch.window_until is None else batch.window_until
    return Window(begins, max(ends, begins + 1), batch.usual_hour)


def _state_aims(asked: Asked) -> bool:
    """What is known about what each goal is about; whether any is about something."""
    goals = [goal for (goal,) in rows(f"SELECT DISTINCT goal FROM {asked.table}")]
    execute("CREATE TEMPORARY TABLE plan_aims (goal text PRIMARY KEY, known integer)")
    aims = aims_of(goals)
    _fill(
        "plan_aims",
        {"goal": "text", "known": "integer"},
        [
            (
                goal,
                (TASK if aim.title else 0)
                + (DEADLINE if aim.when is not None else 0)
                + (MINUTES if aim.minutes is not None else 0),
            )
            for goal, aim in aims.items()
        ],
    )
    return bool(aims)


def _state_had(asked: Asked, question: Question, places: Places) -> None:
    """Who had which of the batch's templates lately."""
    execute(
        f"""CREATE TEMPORARY TABLE plan_had (learner_id bigint, template_id bigint,
        PRIMARY KEY (learner_id, template_id)){_found_in_one_step()}"""
    )
    if places.templates:
        had = had_templates(asked, question, places.templates)
        execute(f"INSERT INTO plan_had {had.text}", had.params)


def _found_in_one_step() -> str:
    """Otherwise SQLite looks up the row's number by the key, and then the row by its number."""
    return " WITHOUT ROWID" if connection.vendor == "sqlite" else ""


def _fill(table: str, columns: dict[str, str], values: Iterable[tuple[object, ...]]) -> None:
    execute(f"INSERT INTO {table} {from_json(columns)}", [json.dumps(list(values))])
    if connection.vendor == "postgresql":
        execute(f"ANALYZE {table}")


def _planned(batch: NudgeBatch, asked: Asked, question: Question, places: Places, *, has_aims: bool) -> Sql:
    """learner_id, goal, channel, language, code, wording_id, arm, stage and due_at."""
    is_arm_b = draws_into_sql("a.learner_id", batch.salt + ARM_SALT, percent=50) if places.has_two_arms else "1 = 0"
    facts, hour, joined = known_sql("l"), str(NO_HOUR), []
    if has_aims:
        joined.append("LEFT JOIN plan_aims aim ON aim.goal = a.goal")
        facts = f"{facts} + COALESCE(aim.known, 0)"
    if batch.learns_hours:
        joined.append("LEFT JOIN activity_usualhour usual ON usual.learner_id = a.learner_id")
        hour = f"COALESCE(usual.hour, {NO_HOUR})"
    known = answers(
        asked,
        question,
        also={
            "spoken": "l.language",
            "situation": situation_sql("l", _days_since_seen(question.now)),
            "facts": facts,
            "hour": hour,
            "is_arm_b": f"CASE WHEN {is_arm_b} THEN 1 ELSE 0 END",
        },
        joined=joined,
    )
    place = places.number_sql(channel="channel", language="spoken", situation="situation", is_arm_b="is_arm_b = 1")
    text = f"""CASE WHEN words.wording_id IS NULL THEN '{NO_TEXT}'
        WHEN (words.needs & chosen.facts) <> words.needs THEN '{FACT_MISSING}' END"""
    code = code_of(had_template="chosen.turn IS NULL", text=text, is_quiet="1 = 0")
    arm = "CASE is_arm_b WHEN 1 THEN 'b' ELSE 'a' END" if _has_arms(question, places) else "''"
    late = draws_into_sql("learner_id", batch.salt + STAGE_SALT, percent=batch.rollout_percent)
    return Sql(
        f"""SELECT learner_id, goal, channel, language, code, wording_id,
            CASE code WHEN '{Code.HOLDOUT}' THEN 'holdout' WHEN '{Code.ALLOWED}' THEN {arm} ELSE '' END AS arm,
            CASE WHEN {late} THEN 0 ELSE 1 END AS stage, due_at
        FROM (SELECT chosen.learner_id, chosen.is_arm_b, chosen.goal, chosen.channel, chosen.spoken AS language,
                     {code} AS code, words.wording_id, hours.due_at
              FROM ({_chosen(known, place, _turn(places))}) chosen
              LEFT JOIN plan_places words ON words.place = chosen.place AND words.turn = chosen.turn
              LEFT JOIN plan_hours hours ON hours.zone = chosen.zone AND hours.quiet = chosen.quiet
                  AND hours.hour = chosen.hour {kept_apart()}) decided"""
    )


def _chosen(known: Sql, place: str, turn: str) -> str:
    """What is known of each learner, with the place of their texts and which one's turn it is there."""
    if turn == FIRST_TURN:
        return f"SELECT known.*, {place} AS place, {turn} AS turn FROM ({known.text}) known"
    apart = kept_apart()
    at_place = f"SELECT known.*, {place} AS place FROM ({known.text}) known {apart}"
    return f"SELECT at_place.*, {turn} AS turn FROM ({at_place}) at_place {apart}"


def _turn(places: Places) -> str:
    """Of a row `at_place` the first text that the learner did not have lately, if there is one whose facts are known
    too: else the first that they did not have; null where they had all.

    It is looked for only where that can matter: for the few who had any, and where one text needs more than another.
    """
    if not places.templates and not places.has_various_needs:
        return FIRST_TURN
    texts = "SELECT MIN(w.turn) FROM plan_places w WHERE w.place = at_place.place"
    had = "SELECT 1 FROM plan_had h WHERE h.learner_id = at_place.learner_id"
    is_new = f"NOT EXISTS ({had} AND h.template_id = w.template_id)"
    found = f"({texts} AND {is_new})"
    is_first = f"NOT EXISTS ({had})"
    if places.has_various_needs:
        found = f"COALESCE(({texts} AND {is_new} AND (w.needs & at_place.facts) = w.needs), {found})"
        is_first += """ AND EXISTS (SELECT 1 FROM plan_places w
            WHERE w.place = at_place.place AND w.turn = 0 AND (w.needs & at_place.facts) = w.needs)"""
    return f"CASE WHEN {is_first} THEN 0 ELSE {found} END"


def _has_arms(question: Question, places: Places) -> bool:
    return question.purpose.is_automatic or places.has_two_arms


def _days_since_seen(now: datetime) -> str:
    """Whole days between UTC dates, as facts.py counts them."""
    today: date = now.astimezone(UTC).date()
    if connection.vendor == "postgresql":
        return f"(DATE '{today}' - (l.last_login AT TIME ZONE 'UTC')::date)"
    return f"CAST(julianday('{today}') - julianday(substr(l.last_login, 1, 10)) AS integer)"
