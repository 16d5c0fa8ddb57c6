"""The questions that can be asked. Their results name learners by their ids alone: ops need no more."""

from django.utils.translation import gettext_lazy as _

from .parameters import Days, Number, Text
from .query import Query

LEARNERS, RISK, STATEMENTS, LESSONS, NUDGES = _("Learners"), _("Risk"), _("Statements"), _("Lessons"), _("Nudges")
ROWS = Number("limit", _("At most"), "50")
A_WEEK, A_MONTH = Days("days", _("Days back"), "7"), Days("days", _("Days back"), "30")

_ALL = (
    Query(
        "learners-by-program",
        LEARNERS,
        _("Learners by program and cohort"),
        _("How many learners each cohort has, and how many of them were never seen."),
        """SELECT p.name AS program, c.name AS cohort, count(*) AS learners,
                  sum(CASE WHEN l.last_login IS NULL THEN 1 ELSE 0 END) AS never_seen
           FROM learners_learner l LEFT JOIN learners_program p ON p.id = l.program_id
           LEFT JOIN learners_cohort c ON c.id = l.cohort_id
           GROUP BY p.name, c.name ORDER BY learners DESC, program, cohort""",
        chart=("cohort", "learners"),
    ),
    Query(
        "new-learners",
        LEARNERS,
        _("New learners by day"),
        _("How many learners were added on each day, by any door."),
        """SELECT {created_day} AS day, count(*) AS learners FROM learners_learner
           WHERE created_at >= %(since)s GROUP BY 1 ORDER BY 1""",
        (A_MONTH,),
        chart=("day", "learners"),
    ),
    Query(
        "learner",
        LEARNERS,
        _("One learner: imported and found"),
        _("The inputs of a learner’s score as they stand, beside what statements say of them."),
        """SELECT l.uid AS learner, l.last_login, l.completed_percent, l.avg_quiz_score,
                  l.consecutive_missed_sessions, f.last_activity_at AS facts_last_activity,
                  f.completed_percent AS facts_completed, f.avg_quiz_score AS facts_quiz,
                  f.consecutive_missed_sessions AS facts_missed, f.lessons_due, f.lessons_completed
           FROM learners_learner l LEFT JOIN activity_learnerfacts f ON f.learner_id = l.id
           WHERE l.uid = %(learner)s""",
        (Text("learner", _("Learner’s id")),),
    ),
    Query(
        "silent-learners",
        LEARNERS,
        _("Silent learners by cohort"),
        _("How many learners of each cohort did nothing in these days."),
        """SELECT p.name AS program, c.name AS cohort, count(*) AS learners,
                  sum(CASE WHEN l.last_login >= %(since)s THEN 0 ELSE 1 END) AS silent
           FROM learners_learner l JOIN learners_cohort c ON c.id = l.cohort_id
           JOIN learners_program p ON p.id = c.program_id
           GROUP BY p.name, c.name ORDER BY silent DESC, program, cohort""",
        (A_WEEK,),
        chart=("cohort", "silent"),
    ),
    Query(
        "risk-levels",
        RISK,
        _("Risk by program"),
        _("How many learners of each program are at each level now."),
        """SELECT p.name AS program, sum(CASE WHEN {is_high} THEN 1 ELSE 0 END) AS high,
                  sum(CASE WHEN {is_medium} THEN 1 ELSE 0 END) AS medium,
                  sum(CASE WHEN {is_low} THEN 1 ELSE 0 END) AS low,
                  sum(CASE WHEN {is_unknown} THEN 1 ELSE 0 END) AS not_enough_data
           FROM riskscoring_riskscore r JOIN learners_learner l ON l.id = r.learner_id
           LEFT JOIN learners_program p ON p.id = l.program_id GROUP BY p.name ORDER BY high DESC, program""",
        chart=("program", "high"),
    ),
    Query(
        "risk-moves",
        RISK,
        _("Who moved most since last week"),
        _("The learners whose scores rose or fell most."),
        """SELECT l.uid AS learner, r.score, r.label, r.change / 10000.0 AS change, r.computed_at
           FROM riskscoring_riskscore r JOIN learners_learner l ON l.id = r.learner_id
           WHERE r.change <> 0 ORDER BY abs(r.change) DESC, l.id LIMIT %(limit)s""",
        (ROWS,),
    ),
    Query(
        "scoring-runs",
        RISK,
        _("Scoring runs"),
        _("The latest runs: what began them, and how many scores they changed."),
        """SELECT started_at, trigger, as_of, learners, changed, finished_at FROM riskscoring_scoringrun
           ORDER BY id DESC LIMIT %(limit)s""",
        (ROWS,),
    ),
    Query(
        "statements-by-hour",
        STATEMENTS,
        _("Statements by hour"),
        _("How many statements were stored in each hour."),
        """SELECT {stored_hour} AS hour, count(*) AS statements FROM activity_statement s
           WHERE s.position >= %(since_position)s GROUP BY 1 ORDER BY 1""",
        (Days("days", _("Days back"), "2", most=31),),
        chart=("hour", "statements"),
    ),
    Query(
        "statements-by-key",
        STATEMENTS,
        _("Statements by sender"),
        _("How many statements each access key sent."),
        """SELECT k.name AS sender, count(*) AS statements, max({stored_at}) AS latest FROM activity_statement s
           LEFT JOIN activity_accesskey k ON k.id = s.key_id
           WHERE s.position >= %(since_position)s GROUP BY k.name ORDER BY statements DESC""",
        (A_WEEK,),
        chart=("sender", "statements"),
    ),
    Query(
        "statements-waiting",
        STATEMENTS,
        _("Statements that wait"),
        _("How many statements have not been read into events yet, and since when."),
        """SELECT count(*) AS waiting, min({stored_at}) AS oldest FROM activity_unfolded s""",
    ),
    Query(
        "statements-without-learner",
        STATEMENTS,
        _("Statements about nobody we know"),
        _("The latest statements that led to no event: of unknown actors, or of another kind."),
        """SELECT {stored_at} AS stored, CAST(s.statement_id AS text) AS statement, k.name AS sender
           FROM activity_statement s LEFT JOIN activity_accesskey k ON k.id = s.key_id
           WHERE s.position >= %(since_position)s
             AND NOT EXISTS (SELECT 1 FROM activity_event e WHERE e.position = s.position)
             AND NOT EXISTS (SELECT 1 FROM activity_unfolded u WHERE u.position = s.position)
           ORDER BY s.position DESC LIMIT %(limit)s""",
        (A_WEEK, ROWS),
    ),
    Query(
        "events-by-verb",
        STATEMENTS,
        _("Events by verb"),
        _("What learners did, by verb."),
        """SELECT s.verb, count(*) AS events, count(DISTINCT s.learner_id) AS learners FROM activity_event s
           WHERE s.position >= %(since_position)s GROUP BY s.verb ORDER BY events DESC""",
        (A_WEEK,),
        chart=("verb", "events"),
    ),
    Query(
        "events-of-learner",
        STATEMENTS,
        _("Events of one learner"),
        _("The latest that a learner did, as it was read from statements."),
        """SELECT e.occurred_at, e.verb, e.object_id, e.mark, e.success, e.completion, e.source, t.title AS lesson
           FROM activity_event e JOIN learners_learner l ON l.id = e.learner_id
           LEFT JOIN activity_lesson t ON t.id = e.lesson_id
           WHERE l.uid = %(learner)s ORDER BY e.occurred_at DESC, e.position DESC LIMIT %(limit)s""",
        (Text("learner", _("Learner’s id")), ROWS),
    ),
    Query(
        "refused-calls",
        STATEMENTS,
        _("Refused calls by reason"),
        _("What the record store turned down, and whose calls they were."),
        """SELECT r.status, k.name AS sender, r.reason, count(*) AS calls, max(r.at) AS latest
           FROM activity_refusal r LEFT JOIN activity_accesskey k ON k.id = r.key_id
           WHERE r.at >= %(since)s GROUP BY r.status, k.name, r.reason ORDER BY calls DESC LIMIT %(limit)s""",
        (A_WEEK, ROWS),
        chart=("status", "calls"),
    ),
    Query(
        "lesson-completion",
        LESSONS,
        _("Lessons by learners who completed them"),
        _("How many learners began and completed each lesson of a program."),
        """SELECT p.name AS program, t.title AS lesson, t.due_on,
                  count(g.id) AS began, count(g.completed_at) AS completed
           FROM activity_lesson t JOIN learners_program p ON p.id = t.program_id
           LEFT JOIN activity_lessonprogress g ON g.lesson_id = t.id
           WHERE %(program)s IN ('', p.name) GROUP BY p.name, t.id, t.title, t.due_on
           ORDER BY completed, program, t.title""",
        (Text("program", _("Program")),),
        chart=("lesson", "completed"),
    ),
    Query(
        "stuck-in-lessons",
        LESSONS,
        _("Begun long ago, never completed"),
        _("Lessons that learners last worked on before these days, and left unfinished."),
        """SELECT p.name AS program, t.title AS lesson, count(*) AS learners
           FROM activity_lessonprogress g JOIN activity_lesson t ON t.id = g.lesson_id
           JOIN learners_program p ON p.id = t.program_id
           WHERE g.completed_at IS NULL AND g.last_at < %(since)s
           GROUP BY p.name, t.id, t.title ORDER BY learners DESC LIMIT %(limit)s""",
        (A_WEEK, ROWS),
        chart=("lesson", "learners"),
    ),
    Query(
        "session-attendance",
        LESSONS,
        _("Attendance of sessions"),
        _("How many came to each session, and how many did not."),
        """SELECT s.starts_at, c.name AS cohort, s.title AS session,
                  sum(CASE WHEN a.answer = 'attended' THEN 1 ELSE 0 END) AS attended,
                  sum(CASE WHEN a.answer IN ('missed', 'booked') THEN 1 ELSE 0 END) AS missed
           FROM activity_session s JOIN learners_cohort c ON c.id = s.cohort_id
           LEFT JOIN activity_attendance a ON a.session_id = s.id
           WHERE s.starts_at >= %(since)s AND s.cancelled_at IS NULL
           GROUP BY s.id, s.starts_at, c.name, s.title ORDER BY s.starts_at DESC LIMIT %(limit)s""",
        (A_MONTH, ROWS),
        chart=("session", "attended"),
    ),
    Query(
        "interruptions",
        LESSONS,
        _("Interruptions"),
        _("Days on which a whole cohort was silent, and what staff decided about them."),
        """SELECT p.name AS program, c.name AS cohort, i.first_day, i.last_day, i.reason, i.recognised, i.decision
           FROM activity_interruption i JOIN learners_cohort c ON c.id = i.cohort_id
           JOIN learners_program p ON p.id = c.program_id ORDER BY i.first_day DESC LIMIT %(limit)s""",
        (ROWS,),
    ),
    Query(
        "nudges-by-day",
        NUDGES,
        _("Nudges by day"),
        _("How many nudges were made on each day, and how many of them went out."),
        """SELECT {created_day} AS day, count(*) AS nudges,
                  sum(CASE WHEN state IN ('sent', 'delivered') THEN 1 ELSE 0 END) AS went_out,
                  sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END) AS failed
           FROM nudges_nudge WHERE created_at >= %(since)s GROUP BY 1 ORDER BY 1""",
        (A_MONTH,),
        chart=("day", "nudges"),
    ),
    Query(
        "nudges-stopped",
        NUDGES,
        _("Nudges that did not go out"),
        _("Why nudges failed or were held back, by channel."),
        """SELECT reason, channel, state, count(*) AS nudges FROM nudges_nudge
           WHERE created_at >= %(since)s AND state IN ('failed', 'suppressed')
           GROUP BY reason, channel, state ORDER BY nudges DESC""",
        (A_MONTH,),
        chart=("reason", "nudges"),
    ),
)
QUERIES = {query.name: query for query in _ALL}
