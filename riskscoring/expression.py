"""The definition of scoring.py as one SQL expression, for any number of learners at once.

Whole numbers only, like there: both must agree to the last digit, on SQLite and on PostgreSQL (a property test holds
them together).
"""

from datetime import date

from django.db import connection

from learners.sql import Sql

from .scoring import COMPLETED, ENOUGH_INPUTS, HIGH_ABOVE, MEDIUM_ABOVE, MISSED, QUIZ, RECENCY

# A percentage in hundredths, clamped. SQLite keeps decimals as floats: 100 times the one nearest to two places is far
# from any half. PostgreSQL's are exact.
PERCENT_STEPS = {
    "sqlite": f"MAX(0, MIN({COMPLETED.steps}, CAST(ROUND({{}} * 100) AS integer)))",
    "postgresql": f"GREATEST(0, LEAST({COMPLETED.steps}, ROUND({{}} * 100)))::integer",
}
SESSION_STEPS = {
    "sqlite": f"MAX(0, MIN({MISSED.steps}, l.consecutive_missed_sessions))",
    "postgresql": f"GREATEST(0, LEAST({MISSED.steps}, l.consecutive_missed_sessions))",
}
# Whole days from the UTC date of the last activity. SQLite keeps times as text in UTC that begins with the date.
DAYS = {
    "sqlite": "CAST(julianday(%s) - julianday(substr(l.last_login, 1, 10)) AS integer)",
    "postgresql": "%s::date - (l.last_login AT TIME ZONE 'UTC')::date",
}
RECENCY_STEPS = {
    "sqlite": f"MAX(0, MIN({RECENCY.steps}, {DAYS['sqlite']}))",
    "postgresql": f"GREATEST(0, LEAST({RECENCY.steps}, {DAYS['postgresql']}))",
}
# What follows from a row `f` of fresh_scores().
SCORE = "f.points / 10000.0"
LABEL = f"CASE WHEN f.points > {HIGH_ABOVE} THEN 'high' WHEN f.points > {MEDIUM_ABOVE} THEN 'medium' ELSE 'low' END"
PRIORITY = f"CASE WHEN f.inputs_known < {ENOUGH_INPUTS} THEN -1 ELSE f.points END"
LEVEL = f"CASE WHEN f.inputs_known < {ENOUGH_INPUTS} THEN 'unknown' ELSE {LABEL} END"


def fresh_scores(*, as_of: date, among: Sql | None = None) -> Sql:
    """A SELECT of learner_id, program_id, cohort_id, points (the score in ten-thousandths), inputs_known, and what is
    stored now: old_points and old_label, null where there is no score yet. One row for each learner, or for each whose
    id `among` selects.
    """
    vendor = connection.vendor
    completed = PERCENT_STEPS[vendor].format("l.completed_percent")
    quiz = PERCENT_STEPS[vendor].format("l.avg_quiz_score")
    text = f"""
        SELECT learner_id, program_id, cohort_id, inputs_known, old_points, old_label,
               (2 * numerator + 21 * weights) / (42 * weights) AS points
        FROM (SELECT l.id AS learner_id, l.program_id, l.cohort_id,
                     CAST(ROUND(r.score * 10000) AS integer) AS old_points, r.label AS old_label,
                     CASE WHEN l.completed_percent IS NULL THEN 0
                          ELSE {COMPLETED.worth} * ({COMPLETED.steps} - {completed}) END
                     + CASE WHEN l.avg_quiz_score IS NULL THEN 0
                            ELSE {QUIZ.worth} * ({QUIZ.steps} - {quiz}) END
                     + CASE WHEN l.consecutive_missed_sessions IS NULL THEN 0
                            ELSE {MISSED.worth} * {SESSION_STEPS[vendor]} END
                     + {RECENCY.worth} * CASE WHEN l.last_login IS NULL THEN {RECENCY.steps}
                                              ELSE {RECENCY_STEPS[vendor]} END
                         AS numerator,
                     {_sum_if_present(COMPLETED.weight, QUIZ.weight, MISSED.weight)} + {RECENCY.weight} AS weights,
                     {_sum_if_present(1, 1, 1)} + CASE WHEN l.last_login IS NULL THEN 0 ELSE 1 END AS inputs_known
              FROM learners_learner l LEFT JOIN riskscoring_riskscore r ON r.learner_id = l.id
              {f"WHERE l.id IN ({among.text})" if among else ""}) AS terms"""
    return Sql(text, [as_of.isoformat(), *(among.params if among else [])])


def _sum_if_present(completed: int, quiz: int, missed: int) -> str:
    values = {"completed_percent": completed, "avg_quiz_score": quiz, "consecutive_missed_sessions": missed}
    return " + ".join(f"CASE WHEN l.{name} IS NULL THEN 0 ELSE {value} END" for name, value in values.items())
