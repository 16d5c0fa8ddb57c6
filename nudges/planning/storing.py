"""Writes what was stated about an audience: one nudge for each learner, queued or not sent with its reason.

This is the one place where nudges are stored by SQL: what stands in `planned` has passed the gate's expression.
"""

from datetime import datetime

from django.conf import settings
from django.db import connection

from learners.sql import execute, literal, rows

from ..gate import Code
from ..models import PRIORITY, Nudge, NudgeBatch, Origin, Source
from ..states import State

NEW_UUID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
GOES = f"p.code = '{Code.ALLOWED}'"
FROM_WORDING = (
    "fallback_reason", "template_id", "template_version", "prompt_id", "prompt_version", "model",
)  # fmt: skip


def store(batch: NudgeBatch, table: str, *, now: datetime) -> None:
    """The nudges of all rows in `table` and each one's first event.

    A batch of reminders is planned again and again as its day begins in one zone after the other, so what it has
    already is told apart by its ids.
    """
    ((last,),) = rows("SELECT COALESCE(MAX(id), 0) FROM nudges_nudge")
    values = _values(batch, now)
    names = ", ".join(f'"{name}"' for name in values)
    execute(
        f"""INSERT INTO nudges_nudge ({names})
        SELECT {", ".join(text for text, _ in values.values())}
        FROM {table} p LEFT JOIN nudges_wording w ON w.id = p.wording_id""",
        [parameter for _, parameters in values.values() for parameter in parameters],
    )
    execute(
        """INSERT INTO nudges_nudgeevent (nudge_id, state, reason, at, by_id)
        SELECT id, state, reason, created_at, created_by_id FROM nudges_nudge WHERE batch_id = %s AND id > %s
        ORDER BY learner_id""",
        [batch.pk, last],
    )


def _values(batch: NudgeBatch, now: datetime) -> dict[str, tuple[str, list[object]]]:
    """For each column of a nudge its SQL, about a row `p` of the table and its wording `w`, and the values of that."""
    languages = ", ".join(f"'{code}'" for code, _name in settings.LANGUAGES)
    language = f"CASE WHEN p.language IN ({languages}) THEN p.language ELSE '{settings.LANGUAGE_CODE}' END"
    return {
        "uuid": (NEW_UUID[connection.vendor], []),
        "learner_id": ("p.learner_id", []),
        "batch_id": ("%s", [batch.pk]),
        "wording_id": (f"CASE WHEN {GOES} THEN p.wording_id END", []),
        "origin": ("%s", [batch.origin]),
        "priority": ("%s", [PRIORITY[Origin(batch.origin)]]),
        "goal": ("p.goal", []),
        "arm": ("p.arm", []),
        "stage": ("p.stage", []),
        "correlation_id": ("%s", [batch.uuid if connection.vendor == "postgresql" else batch.uuid.hex]),
        "channel": ("p.channel", []),
        "type": ("%s", [batch.type]),
        "language": (f"COALESCE(w.language, {language})", []),
        **dict.fromkeys(("subject", "body", "content"), ("''", [])),
        "state": (f"CASE WHEN {GOES} THEN '{State.QUEUED}' ELSE '{State.SUPPRESSED}' END", []),
        "reason": (f"CASE WHEN {GOES} THEN '' ELSE p.code END", []),
        "source": (f"COALESCE(w.source, '{Source.TEMPLATE}')", []),
        "edited": ("COALESCE(w.edited, FALSE)", []),
        **{name: (_of_wording(name), []) for name in FROM_WORDING},
        **dict.fromkeys(("tokens_in", "tokens_out", "cost_usd", "tries"), ("0", [])),
        "created_by_id": ("%s", [batch.started_by_id]),
        "created_at": (literal(now), []),
        "queued_at": (f"CASE WHEN {GOES} THEN {literal(now)} END", []),
        "due_at": (f"CASE WHEN {GOES} AND p.stage = 0 THEN p.due_at END", []),
        "sent_at": ("NULL", []),
    }


def _of_wording(name: str) -> str:
    field = Nudge._meta.get_field(name.removesuffix("_id"))
    return f"w.{name}" if field.null else f"COALESCE(w.{name}, '')"
