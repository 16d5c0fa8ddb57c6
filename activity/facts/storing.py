"""Write fresh facts, and the learners' inputs that follow from them: only rows that differ."""

from datetime import datetime

from django.db import connection

from learners.sql import Sql, execute, rows

from .expression import FACTS, SAYING, fresh_facts, learner_values
from .sql import differ


def write(*, moment: datetime, among: Sql) -> set[int]:
    """Give the learners the inputs that their events speak of, and keep what the events say.

    Returns the ids of those whose inputs changed. A learner of whom the events say nothing, and never did, gets no
    facts. The caller holds the learners.
    """
    compared = _compared(moment, among)
    if connection.vendor == "postgresql":  # worked out once: planning takes it longer than one learner's facts do
        changed = rows(
            f"""WITH n AS MATERIALIZED ({compared.text}), updated AS ({_update("n")}), stored AS ({_store("n")})
            SELECT id FROM updated""",
            [*compared.params, moment, moment.date()],
        )
    else:  # the facts last: the inputs follow from what they were as well
        changed = rows(_update(f"({compared.text}) n"), [moment, *compared.params])
        execute(_store(f"({compared.text}) n"), [moment.date(), *compared.params])
    return {pk for (pk,) in changed}


def differing(*, moment: datetime, among: Sql) -> Sql:
    """A SELECT of the ids of the learners whose facts or inputs are not what their events say now."""
    compared = _compared(moment, among)
    return Sql(f"SELECT learner_id AS id FROM ({compared.text}) n WHERE inputs_differ OR facts_differ", compared.params)


def _update(compared: str) -> str:
    columns = ", ".join(f"{column} = n.new_{column}" for column in learner_values())
    return f"""UPDATE learners_learner SET {columns}, updated_at = %s
        FROM {compared} WHERE learners_learner.id = n.learner_id AND n.inputs_differ RETURNING id"""


def _store(compared: str) -> str:
    columns = ", ".join(FACTS)
    return f"""INSERT INTO activity_learnerfacts (learner_id, {columns}, as_of)
        SELECT n.learner_id, {columns}, %s FROM {compared} WHERE n.facts_differ
        ON CONFLICT (learner_id) DO UPDATE
        SET {", ".join(f"{column} = excluded.{column}" for column in FACTS)}, as_of = excluded.as_of"""


def _compared(moment: datetime, among: Sql) -> Sql:
    """A SELECT of learner_id, the facts, the inputs (new_…) that follow, and whether either differs from the stored."""
    fresh = fresh_facts(moment=moment, among=among)
    inputs = learner_values()
    inputs_differ = " OR ".join(differ(f"l.{column}", value) for column, value in inputs.items())
    facts_differ = " OR ".join(differ(f"o.{column}", value) for column, value in FACTS.items())
    return Sql(
        f"""SELECT f.learner_id, {", ".join(f"{value} AS {column}" for column, value in FACTS.items())},
            {", ".join(f"{value} AS new_{column}" for column, value in inputs.items())},
            ({inputs_differ}) AS inputs_differ,
            ((o.learner_id IS NOT NULL OR {SAYING}) AND ({facts_differ})) AS facts_differ
        FROM ({fresh.text}) f JOIN learners_learner l ON l.id = f.learner_id
        LEFT JOIN activity_learnerfacts o ON o.learner_id = f.learner_id""",
        fresh.params,
    )
