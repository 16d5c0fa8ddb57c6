"""Write fresh facts, and the learners' inputs that follow from them: only rows that differ."""

from datetime import datetime

from .expression import FACTS, SAYING, fresh_facts, learner_values
from .sql import Sql, differ, execute, rows


def update_learners(*, moment: datetime, among: Sql) -> set[int]:
    """Give the learners the inputs that their events speak of. Before store_facts(), which forgets what they spoke of.

    Returns the ids of those whose inputs changed. The caller holds the learners.
    """
    fresh = _compared(moment, among)
    values = learner_values()
    new = ", ".join(f"{value} AS {column}" for column, value in values.items())
    updated = rows(
        f"""UPDATE learners_learner
        SET {", ".join(f"{column} = n.{column}" for column in values)}, updated_at = %s
        FROM (SELECT l.id AS learner_id, {new} {fresh.text}) n
        WHERE learners_learner.id = n.learner_id
            AND ({" OR ".join(differ(f"learners_learner.{column}", f"n.{column}") for column in values)})
        RETURNING id""",
        [moment, *fresh.params],
    )
    return {pk for (pk,) in updated}


def store_facts(*, moment: datetime, among: Sql) -> None:
    """Keep what the events say. A learner of whom they say nothing, and never did, gets no row."""
    fresh = _compared(moment, among)
    execute(
        f"""INSERT INTO activity_learnerfacts (learner_id, {", ".join(FACTS)}, as_of)
        SELECT f.learner_id, {", ".join(FACTS.values())}, %s {fresh.text}
        WHERE (o.learner_id IS NOT NULL OR {SAYING}) AND ({_facts_differ()})
        ON CONFLICT (learner_id) DO UPDATE
        SET {", ".join(f"{column} = excluded.{column}" for column in FACTS)}, as_of = excluded.as_of""",
        [moment.date(), *fresh.params],
    )


def differing(*, moment: datetime, among: Sql) -> Sql:
    """A SELECT of the ids of the learners whose facts or inputs are not what their events say now."""
    fresh = _compared(moment, among)
    inputs_differ = " OR ".join(differ(f"l.{column}", value) for column, value in learner_values().items())
    return Sql(
        f"""SELECT f.learner_id AS id {fresh.text}
        WHERE {inputs_differ} OR ((o.learner_id IS NOT NULL OR {SAYING}) AND ({_facts_differ()}))""",
        fresh.params,
    )


def _facts_differ() -> str:
    return " OR ".join(differ(f"o.{column}", value) for column, value in FACTS.items())


def _compared(moment: datetime, among: Sql) -> Sql:
    """FROM the fresh facts `f`, the learner `l` and the stored facts `o`."""
    fresh = fresh_facts(moment=moment, among=among)
    return Sql(
        f"""FROM ({fresh.text}) f JOIN learners_learner l ON l.id = f.learner_id
        LEFT JOIN activity_learnerfacts o ON o.learner_id = f.learner_id""",
        fresh.params,
    )
