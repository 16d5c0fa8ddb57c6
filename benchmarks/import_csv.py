"""Import of a CSV: against COPY of ready rows into the same table, and against django-import-export"""

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from django.db import connection, transaction

from learners.importing import import_learners
from learners.models import Cohort, Learner, Program

from .harness import Finding, Limit, Ratio, peak_megabytes, seconds_of, tidy

ROWS_FOR_IMPORT_EXPORT = 100_000
MEMORY_MEGABYTES = 150
HEADER = (
    "id", "name", "email", "phone", "program", "cohort", "last_login", "completed_percent", "avg_quiz_score",
    "consecutive_missed_sessions", "as_of",
)  # fmt: skip
READY = (
    "uid", "name", "email", "phone", "program_id", "cohort_id", "last_login", "completed_percent",
    "avg_quiz_score", "consecutive_missed_sessions", "language", "timezone", "last_contact_channel",
    "created_at", "updated_at",
)  # fmt: skip


def run(size: int) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory(prefix="engage-bench-") as folder:
        path, ready = Path(folder) / "learners.csv", Path(folder) / "ready.csv"
        write_learners(path, size)
        tidy()
        ours = seconds_of(lambda: import_file(path))
        yield Limit("peak memory of the import", peak_megabytes(), "MB", at_most=MEMORY_MEGABYTES)
        yield Limit("the same file again, nothing changed", seconds_of(lambda: import_file(path)), "s")
        write_ready_rows(ready)
        forget_learners()
        copied = seconds_of(lambda: copy_ready_rows(ready))
        yield Ratio("import with validation and scores", ours, "COPY of ready rows without either", copied, reach=2)
        few = min(size, ROWS_FOR_IMPORT_EXPORT)
        write_learners(path, few)
        forget_learners()
        ours = seconds_of(lambda: import_file(path))
        forget_learners()
        theirs = seconds_of(lambda: import_with_import_export(path))
        yield Ratio(f"import of {few:,} rows", ours, "django-import-export", theirs, reach=20, faster=True)


def write_learners(path: Path, count: int) -> None:
    random = Random(7)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(count):
            writer.writerow(
                [
                    f"learner_{number:07}",
                    f"Learner Number {number}",
                    f"learner{number}@example.org",
                    "" if number % 3 else f"+88017{number:08}",
                    f"Program {number % 12}",
                    f"Cohort {number % 36}",
                    f"2026-{9 + number % 2:02}-{1 + number * 7 % 28:02}T12:{number % 60:02}:00Z",
                    round(random.random() * 100, 1),
                    "" if number % 7 == 0 else round(random.random() * 100, 2),
                    random.randrange(9),
                    "2026-11-02",
                ]
            )


def import_file(path: Path) -> None:
    with path.open("rb") as file:
        report = import_learners(file, by=None)
    if report.bad:
        raise SystemExit(f"the benchmark's own file has bad rows: {report.bad_cells[:3]}")


def forget_learners() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE learners_learner CASCADE")
        else:
            fields = Learner._meta.get_fields(include_hidden=True)
            about_learners = [field.related_model for field in fields if field.auto_created and not field.concrete]
            for model in (*about_learners, Learner):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
            cursor.execute("VACUUM")
    tidy()


def write_ready_rows(path: Path) -> None:
    """What is stored now, as a file whose cells need no reading: the kindest input to COPY."""
    with path.open("w", newline="") as file, connection.cursor() as cursor:
        writer = csv.writer(file)
        cursor.execute(f"SELECT {', '.join(READY)} FROM learners_learner")
        while rows := cursor.fetchmany(10_000):
            writer.writerows(rows)


def copy_ready_rows(path: Path) -> None:
    """COPY on PostgreSQL; on SQLite, which has none, executemany in one transaction."""
    columns = ", ".join(READY)
    nullable = (
        "email, program_id, cohort_id, last_login, completed_percent, avg_quiz_score, consecutive_missed_sessions"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            options = f"FORMAT csv, FORCE_NULL ({nullable}), FORCE_NOT_NULL (phone, last_contact_channel)"
            with (
                path.open("rb") as file,
                cursor.copy(f"COPY learners_learner ({columns}) FROM STDIN WITH ({options})") as copy,
            ):
                while block := file.read(1 << 20):
                    copy.write(block)
        else:
            marks = ", ".join("NULLIF(?, '')" if name in nullable.split(", ") else "?" for name in READY)
            with path.open(newline="") as file:
                insert = f"INSERT INTO learners_learner ({columns}) VALUES ({marks})"
                connection.connection.executemany(insert, csv.reader(file))


def import_with_import_export(path: Path) -> None:
    """As its documentation says: a resource for the model, related rows by name, its default settings."""
    from import_export import fields, resources, widgets
    from tablib import Dataset

    class LearnerResource(resources.ModelResource):
        uid = fields.Field(attribute="uid", column_name="id")
        program = fields.Field(attribute="program", widget=widgets.ForeignKeyWidget(Program, "name"))
        cohort = fields.Field(attribute="cohort", widget=widgets.ForeignKeyWidget(Cohort, "name"))
        last_login = fields.Field(attribute="last_login", widget=widgets.DateTimeWidget("%Y-%m-%dT%H:%M:%SZ"))

        class Meta:
            model = Learner
            import_id_fields = ["uid"]
            fields = ["uid", *(name for name in HEADER if name not in {"id", "as_of"})]

    result = LearnerResource().import_data(Dataset().load(path.read_text(), format="csv"), raise_errors=True)
    if result.has_errors():
        raise SystemExit("django-import-export refused the benchmark's file")
