"""Synthetic learners, made by the database itself: the same for the same number, and a million in seconds."""

from datetime import date

from django.db import connection, transaction

from learners.models import Cohort, Program

DAY = date(2026, 11, 16)  # a Monday: what follows in the same week is not a weekly run
PROGRAMS = 20
COHORTS_PER_PROGRAM = 5

NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)",
    "postgresql": "WITH numbers(n) AS (SELECT generate_series(1::bigint, %s))",
}
# Last seen 0 to 39 days before DAY, spread evenly: one day later, recency moves for three in four.
LAST_LOGIN = {
    "sqlite": "datetime('2026-11-16 12:00:00', '-' || (n * 7919 %% 40) || ' days', '-' || (n %% 700) || ' minutes')",
    "postgresql": "'2026-11-16 12:00Z'::timestamptz - (n * 7919 %% 40) * interval '1 day'"
    " - (n %% 700) * interval '1 minute'",
}
FIRST_NAMES = ("Aman", "Riya", "Arjun", "Sana", "Karan", "Nadia", "Tariq", "Mitali", "Rafiq", "Jaya", "Omar", "Leela")
LAST_NAMES = ("Sen", "Das", "Khan", "Roy", "Ahmed", "Bose", "Paul", "Nath", "Islam", "Ghosh", "Dutta", "Haque", "Saha")


@transaction.atomic
def fill_learners(count: int) -> None:
    """`count` learners in 20 programs; one in nineteen has no quiz mark yet, one in twenty-three was never seen."""
    programs = Program.objects.bulk_create([Program(name=f"Program {n:02}") for n in range(PROGRAMS)])
    cohorts = Cohort.objects.bulk_create(
        [Cohort(program=program, name=f"Group {n}") for program in programs for n in range(COHORTS_PER_PROGRAM)]
    )
    first_program, first_cohort = programs[0].pk, cohorts[0].pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO learners_learner
                (id, uid, name, email, phone, program_id, cohort_id, language, timezone, last_login, completed_percent,
                 avg_quiz_score, consecutive_missed_sessions, last_contact_channel, created_at, updated_at)
            {NUMBERS[connection.vendor]}
            SELECT n, 'bench_' || n, {_one_of(FIRST_NAMES, 7)} || ' ' || {_one_of(LAST_NAMES, 3)} || ' ' || n,
                   'bench' || n || '@example.org', '',
                   {first_program} + n %% {PROGRAMS},
                   {first_cohort} + (n %% {PROGRAMS}) * {COHORTS_PER_PROGRAM} + n / {PROGRAMS} %% {COHORTS_PER_PROGRAM},
                   'en', 'UTC', CASE WHEN n %% 23 = 0 THEN NULL ELSE {LAST_LOGIN[connection.vendor]} END,
                   (n * 6151 %% 10001) / 100.0,
                   CASE WHEN n %% 19 = 0 THEN NULL ELSE (n * 3571 %% 10001) / 100.0 END,
                   n * 31 %% 9, '', '2026-09-01 00:00:00', '2026-09-01 00:00:00'
            FROM numbers""",
            [count],
        )
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence('learners_learner', 'id'), %s)", [count])


def _one_of(names: tuple[str, ...], step: int) -> str:
    cases = " ".join(f"WHEN {at} THEN '{name}'" for at, name in enumerate(names))
    return f"CASE n * {step} %% {len(names)} {cases} END"
