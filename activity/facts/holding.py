"""Who may write the facts and inputs of many learners, and when, so that nobody waits for another in a circle.

The order for everybody: the turn, then learners by their id, then their scores. On SQLite the transaction is the turn.
"""

from django.db import connection

from learners.importing.service import ONE_IMPORT_AT_A_TIME
from learners.sql import Sql, rows


def take_turn(*, alone: bool) -> None:
    """Until the transaction ends: together with other batches of events, or alone. An import of learners is alone too.

    Batches hold their learners by id. What writes to the learners of whole programs or cohorts, or as an import does in
    the order of its file, would meet them crosswise.
    """
    if connection.vendor == "postgresql":
        rows(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}(%s)::text", [ONE_IMPORT_AT_A_TIME])


def hold_learners(among: Sql) -> None:
    """Nobody else writes to these learners, or to their facts, until the transaction ends.

    So what is read of their events from now on is all that was committed, and what is written follows from all of it.
    """
    if connection.vendor == "postgresql":
        held = f"SELECT 1 FROM learners_learner WHERE id IN ({among.text}) ORDER BY id FOR NO KEY UPDATE"
        rows(f"SELECT count(*) FROM ({held}) AS held", among.params)
