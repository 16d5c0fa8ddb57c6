"""When a nudge is unanswered, in SQL: it left, and since then its learner has neither been seen nor replied.

The same piece decides who is handed over to a person and whom the gate keeps automation from.
"""

from .counted import HAS_LEFT

# Of a nudge `n` that counts, its learner `l`, and the time of that learner's last reply.
IS_UNANSWERED = f"""({HAS_LEFT} AND (l.last_login IS NULL OR n.due_at > l.last_login)
    AND (replied.at IS NULL OR n.due_at > replied.at))"""
LAST_REPLIES = "SELECT learner_id, MAX(at) AS at FROM nudges_reply GROUP BY learner_id"
