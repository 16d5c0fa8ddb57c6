"""manage.py import_learners FILE.csv: the learners of a CSV file, of any size."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learners.importing import BadCell, ImportRefused, ImportReport, import_learners, preview_import
from learners.importing.report import LISTED
from learners.rules import read_day

PROGRESS_EVERY_ROWS = 100_000


def day(text: str) -> date:
    reading = read_day(text)
    if reading.value is None:
        raise ArgumentTypeError(reading.error or "A day is needed, like 2024-01-31.")
    return reading.value


class Command(BaseCommand):
    help = "Import learners from a CSV file: new ones by their id or email, known ones updated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--as-of", type=day, metavar="DAY", help="the day that the file describes: 2024-01-31")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, file: Path, as_of: date | None, dry_run: bool, **options: Any) -> None:
        try:
            with file.open("rb") as stream:
                if dry_run:
                    report = preview_import(stream, as_of=as_of, on_progress=self.show_progress)
                else:
                    report = import_learners(stream, by=None, as_of=as_of, on_progress=self.show_progress)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror or error}.") from error
        except ImportRefused as refusal:
            raise CommandError(f"{file}: {refusal} Nothing was stored.") from refusal
        self.show(report, dry_run=dry_run)

    def show_progress(self, rows: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\rRead {rows:,} rows", ending="")
        elif rows % PROGRESS_EVERY_ROWS == 0:
            self.stderr.write(f"Read {rows:,} rows")

    def show(self, report: ImportReport, *, dry_run: bool) -> None:
        if self.stderr.isatty():
            self.stderr.write("")
        if report.ignored_columns:
            self.stdout.write(f"Ignored columns: {', '.join(report.ignored_columns)}")
        for day, rows in report.days:
            self.stdout.write(f"As of {day}: {rows:,} {'row' if rows == 1 else 'rows'}")
        self.show_cells("Warning", report.warnings, report.warned)
        self.show_cells("Not imported", report.bad_cells, report.bad)
        self.stdout.write(
            f"{report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged, {report.bad:,} bad."
        )
        if dry_run:
            self.stdout.write("Nothing was stored: this was a dry run.")

    def show_cells(self, title: str, cells: tuple[BadCell, ...], rows: int) -> None:
        for cell in cells:
            where = f"line {cell.line}, {cell.column}" if cell.column else f"line {cell.line}"
            self.stdout.write(f"{title}: {where}: {cell.reason}")
        if rows > LISTED:
            self.stdout.write(f"{title}: {rows - LISTED:,} more rows")
