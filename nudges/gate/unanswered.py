"""When a nudge is unanswered, in SQL: it left, and since then its learner has neither been seen nor replied.

The same piece decides who is handed over to a person and whom the gate keeps automation from.
"""

from datetime import datetime

from learners.sql import Sql, literal

from .counted import HAS_LEFT, IS_COUNTED
from .limits import Limits
from .policies import Policies
from .rules import DAY

# Of a nudge `n` that counts, its learner `l`, and the time of that learner's last reply.
IS_UNANSWERED = f"""({HAS_LEFT} AND (l.last_login IS NULL OR n.due_at > l.last_login)
    AND (replied.at IS NULL OR n.due_at > replied.at))"""
LAST_REPLIES = "SELECT learner_id, MAX(at) AS at FROM nudges_reply GROUP BY learner_id"


def without_answer(now: datetime) -> Sql:
    """learner_id, goal and nudges of all learners who left as many on one goal unanswered as their program bears."""
    policies = Policies()
    limits = Limits(policies)
    return Sql(
        f"""SELECT n.learner_id, n.goal, count(*) AS nudges
        FROM nudges_nudge n JOIN learners_learner l ON l.id = n.learner_id
        LEFT JOIN ({LAST_REPLIES}) replied ON replied.learner_id = n.learner_id
        WHERE n.goal <> '' AND n.due_at > {literal(now - policies.longest_days * DAY)}
            AND n.due_at > {limits.since(now, days="goal_days")} AND {IS_COUNTED} AND {IS_UNANSWERED}
        GROUP BY n.learner_id, n.goal, l.program_id
        HAVING count(*) >= {limits.number("unanswered_limit")}"""
    )
