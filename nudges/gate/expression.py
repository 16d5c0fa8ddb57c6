"""The rules of rules.py as one SELECT, for any number of learners at once. A property test holds the two together.

Only hours are left out, which no database can tell in every learner's zone: there are a few hundred zones at most, so
that whoever asks works those out (rules.quiet_until) and joins them by `zone` and `quiet`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from django.db import connection

from learners.channels import ADDRESS_OF, ALLOWED_BY_DEFAULT, Channel
from learners.sql import Sql, execute, kept_apart, literal

from .chance import draws_into_sql
from .counted import IS_COUNTED
from .limits import Limits
from .policies import Policies
from .rules import CONVERSATION, DAY, HOLDOUT_SALT, HOUR, WEEK, Code, Purpose
from .unanswered import IS_UNANSWERED, LAST_REPLIES

COURSE = f"CASE l.status WHEN 'finished' THEN '{Code.FINISHED_COURSE}' WHEN 'left' THEN '{Code.LEFT_COURSE}' END"
ON_WHATSAPP = f"""SELECT learner_id, MAX(at) AS at FROM nudges_reply
    WHERE channel = '{Channel.WHATSAPP}' GROUP BY learner_id"""
FEW = 20_000  # so many learners' nudges are looked up one by one; of more, all nudges are read once


@dataclass(frozen=True)
class Asked:
    """The temporary table of learner_id and goal about whom the gate is asked, and how many they are."""

    learners: int
    table: str = "gate_asked"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked about all of them alike. Each one's goal stands in the table; that of `purpose` is not read.

    `channels` are tried in this order; `approved` are those on which the text is one that the provider approved.
    """

    channels: Sequence[str]
    now: datetime
    purpose: Purpose
    approved: frozenset[str] = frozenset()
    policies: Policies = field(default_factory=Policies)

    @property
    def limits(self) -> Limits:
        return Limits(self.policies)


@contextmanager
def asking(among: Sql) -> Iterator[Asked]:
    """Write down who is meant, once, for all statements to come: `among` selects learner_id and goal."""
    is_postgresql = connection.vendor == "postgresql"
    if is_postgresql:
        execute("SET LOCAL work_mem = '64MB'")  # all of a million learners at once, not in parts by way of the disk
        execute("SET LOCAL jit = off")  # compiling takes up to 0.4 s a statement, and saves less
    kind = "bigint" if is_postgresql else "integer"  # SQLite's only name for the row's own number
    execute(f"CREATE TEMPORARY TABLE gate_asked (learner_id {kind} PRIMARY KEY, goal text NOT NULL)")
    meant = f"SELECT learner_id, goal FROM ({among.text}) meant ORDER BY learner_id"
    learners = execute(f"INSERT INTO gate_asked {meant}", among.params)
    if is_postgresql:
        execute("ANALYZE gate_asked")
    yield Asked(learners)
    execute("DROP TABLE gate_asked")  # after an error the rollback drops it


def answers(
    asked: Asked, question: Question, *, also: Mapping[str, str] = MappingProxyType({}), joined: Sequence[str] = ()
) -> Sql:
    """A SELECT of learner_id, goal, channel (the first that is open, else the first), zone, quiet (a place in
    limits.quiet), code (the first reason against it up to TOO_SOON, or null), is_held_out (0 or 1), and under their
    names the expressions of `also`, about the learner `l`, who is asked about in `a`, and what is `joined` to them.

    TEMPLATE_REPEAT, HOLDOUT and QUIET_HOURS follow in this order: see code_of.
    """
    channels = list(enumerate(question.channels))
    is_automatic = question.purpose.is_automatic
    open_on = "".join(f" WHEN reach_{place} IS NULL THEN '{channel}'" for place, channel in channels)
    all_closed = " AND ".join(f"reach_{place} IS NOT NULL" for place, _ in channels)
    columns = {
        "zone": "l.timezone",
        "quiet": question.limits.quiet_number,
        "course": COURSE,
        **{f"reach_{place}": _reach(channel, place, question) for place, channel in channels},
        "rest": _rest(question),
        "is_held_out": f"CASE WHEN {_holdout(question)} THEN 1 ELSE 0 END",
        **also,
    }
    joins = [
        f"LEFT JOIN learners_contactpreference {p} ON {p}.learner_id = l.id AND {p}.channel = '{channel}'"
        for p, channel in ((f"p{place}", channel) for place, channel in channels)
    ]
    joins.append(f"LEFT JOIN ({_heard(asked, question)}) heard ON heard.learner_id = a.learner_id")
    if Channel.WHATSAPP in question.channels:
        joins.append(f"LEFT JOIN ({ON_WHATSAPP}) wrote ON wrote.learner_id = a.learner_id")
    if is_automatic:
        joins.append(f"LEFT JOIN ({_stops(asked, question)}) stop ON stop.learner_id = a.learner_id")
        joins.append("LEFT JOIN riskscoring_riskscore risk ON risk.learner_id = a.learner_id")
    joins += joined
    listed = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
    names = "".join(f", {name}" for name in also)
    return Sql(
        f"""SELECT learner_id, goal, CASE{open_on} ELSE '{question.channels[0]}' END AS channel, zone, quiet,
            COALESCE(course, CASE WHEN {all_closed} THEN reach_0 END, rest) AS code, is_held_out{names}
        FROM (SELECT a.learner_id, a.goal, {listed}
              FROM {asked.table} a JOIN learners_learner l ON l.id = a.learner_id {" ".join(joins)}
              {kept_apart()}) known {kept_apart()}"""
    )


def had_templates(asked: Asked, question: Question, templates: Sequence[int]) -> Sql:
    """A SELECT of learner_id and template_id: who had which of these, word for word, within the days of rest."""
    listed = ", ".join(str(int(template)) for template in templates)
    since = question.limits.since(question.now, days="template_rest_days")
    return Sql(
        f"""SELECT DISTINCT n.learner_id, n.template_id
        FROM {_nudges_of(asked)} JOIN learners_learner l ON l.id = n.learner_id
        WHERE n.template_id IN ({listed}) AND NOT n.edited AND {IS_COUNTED} AND n.due_at > {since}"""
    )


def code_of(*, had_template: str, text: str, is_quiet: str) -> str:
    """The whole decision, from a row of `answers` and what those who asked know: SQL that is true where the learner had
    the text lately, SQL of a code where there is no text, SQL that is true in quiet hours."""
    return f"""COALESCE(code, CASE WHEN {had_template} THEN '{Code.TEMPLATE_REPEAT}' END, {text},
        CASE WHEN is_held_out = 1 THEN '{Code.HOLDOUT}' END,
        CASE WHEN {is_quiet} THEN '{Code.QUIET_HOURS}' END, '{Code.ALLOWED}')"""


def _reach(channel: str, place: int, question: Question) -> str:
    """The code of what closes this channel, or null."""
    preference = f"p{place}"
    default = "TRUE" if channel in ALLOWED_BY_DEFAULT else "FALSE"
    cases = [f"WHEN NOT COALESCE({preference}.allowed, {default}) THEN '{Code.NO_CONSENT}'"]
    if channel in ADDRESS_OF:
        cases += [
            f"WHEN COALESCE(l.{ADDRESS_OF[channel]}, '') = '' THEN '{Code.NO_ADDRESS}'",
            f"WHEN {preference}.verified_at IS NULL THEN '{Code.ADDRESS_NOT_VERIFIED}'",
            f"WHEN {preference}.bounced_at IS NOT NULL THEN '{Code.BOUNCED}'",
        ]
    if channel == Channel.WHATSAPP and not (question.purpose.is_approved or channel in question.approved):
        since = literal(question.now - CONVERSATION)
        cases.append(f"WHEN wrote.at IS NULL OR wrote.at <= {since} THEN '{Code.OUTSIDE_WINDOW}'")
    return f"CASE {' '.join(cases)} END"


def _rest(question: Question) -> str:
    """The code of what speaks against any channel: automation's reasons, then the limits."""
    limits = question.limits
    automation = f"""WHEN stop.learner_id IS NOT NULL THEN '{Code.STOPPED}'
        WHEN COALESCE(heard.unanswered, 0) >= {limits.number("unanswered_limit")} THEN '{Code.HANDED_OVER}'
        WHEN COALESCE(risk.inputs_known, 0) < {limits.number("min_inputs_known")} THEN '{Code.NOT_ENOUGH_DATA}'"""
    return f"""CASE {automation if question.purpose.is_automatic else ""}
        WHEN heard.on_goal >= {limits.number("max_per_goal")} THEN '{Code.GOAL_LIMIT}'
        WHEN COALESCE(heard.in_day, 0) >= {limits.number("max_per_day")} THEN '{Code.CAPPED_DAY}'
        WHEN COALESCE(heard.in_week, 0) >= {limits.number("max_per_week")} THEN '{Code.CAPPED_WEEK}'
        WHEN {limits.number("min_gap_hours")} > 0
            AND heard.latest > {limits.since(question.now, hours="min_gap_hours")} THEN '{Code.TOO_SOON}' END"""


def _holdout(question: Question) -> str:
    purpose = question.purpose
    percent = purpose.holdout_percent if purpose.is_automatic else 0
    return draws_into_sql("a.learner_id", purpose.salt + HOLDOUT_SALT, percent=percent)


def _heard(asked: Asked, question: Question) -> str:
    """What the nudges that count come to, for each learner who had any: those of the week, and those on the goal.

    Only for what is on the goal is the learner looked up.
    """
    now, limits = question.now, question.limits
    is_on_goal = f"n.goal = about.goal AND n.goal <> '' AND n.due_at > {limits.since(now, days='goal_days')}"
    unanswered = f"{_sum(f'{is_on_goal} AND {IS_UNANSWERED}')} AS unanswered," if question.purpose.is_automatic else ""
    replied = f"LEFT JOIN ({LAST_REPLIES}) replied ON replied.learner_id = l.id" if unanswered else ""
    since_any = literal(now - question.policies.longest_days * DAY)
    lately = literal(now - max(WEEK, max(policy.min_gap_hours for policy in question.policies.all) * HOUR))
    return f"""
        SELECT n.learner_id, {_sum(f"n.due_at > {literal(now - DAY)}")} AS in_day,
            {_sum(f"n.due_at > {literal(now - WEEK)}")} AS in_week, {unanswered}
            {_sum(is_on_goal)} AS on_goal, MAX(n.due_at) AS latest
        FROM {_nudges_of(asked)}
        LEFT JOIN learners_learner l ON l.id = CASE WHEN n.goal = about.goal THEN n.learner_id END {replied}
        WHERE n.due_at > {since_any} AND {IS_COUNTED}
            AND (n.due_at > {lately} OR n.goal = about.goal)
        GROUP BY n.learner_id"""


def _stops(asked: Asked, question: Question) -> str:
    return f"""SELECT DISTINCT about.learner_id
        FROM nudges_automationstop s JOIN {asked.table} about ON about.learner_id = s.learner_id
        WHERE s.lifted_at IS NULL AND (s.until IS NULL OR s.until > {literal(question.now)})
            AND (s.goal = '' OR s.goal = about.goal)"""


def _nudges_of(asked: Asked) -> str:
    """Nudges `n` and the row `about` of their learner. SQLite joins in the order in which CROSS JOIN names the tables;
    PostgreSQL knows how many there are."""
    if connection.vendor == "postgresql":
        return f"{asked.table} about JOIN nudges_nudge n ON n.learner_id = about.learner_id"
    if asked.learners <= FEW:
        return f"{asked.table} about CROSS JOIN nudges_nudge n ON n.learner_id = about.learner_id"
    return f"nudges_nudge n CROSS JOIN {asked.table} about ON about.learner_id = n.learner_id"


def _sum(condition: str) -> str:
    return f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)"
