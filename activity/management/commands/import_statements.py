"""manage.py import_statements FILE.jsonl: history, one xAPI statement on each line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from activity.importing import HistoryUnreadable, ImportReport, import_statements
from activity.models import AccessKey

PROGRESS_EVERY = 100_000


class Command(BaseCommand):
    help = (
        "Import xAPI statements: a file with one on each line, or a JSON array; gzip is welcome. Goes on if broken off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")
        parser.add_argument("--key", metavar="KEY", help="the access key that is the authority of these statements")
        parser.add_argument("--again", action="store_true", help="begin anew, also if the file was imported before")

    def handle(self, *args: Any, file: Path, key: str | None, again: bool, **options: Any) -> None:
        access_key = AccessKey.objects.filter(username=key).first() if key else None
        if key and access_key is None:
            raise CommandError(f"There is no access key {key}.")
        self.next_progress = 0
        try:
            report = import_statements(file, key=access_key, again=again, on_progress=self.show_progress)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror or error}.") from error
        except HistoryUnreadable as error:
            raise CommandError(f"{file}: {error} What was read until there is stored.") from error
        self.show(report)
        if report.read and report.read == report.refused:
            raise CommandError(f"{file}: none of its {report.read:,} entries is a statement that could be stored.")

    def show_progress(self, entries: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\rRead {entries:,}", ending="")
        elif entries >= self.next_progress + PROGRESS_EVERY:
            self.stderr.write(f"Read {entries:,}")
            self.next_progress = entries

    def show(self, report: ImportReport) -> None:
        if self.stderr.isatty():
            self.stderr.write("")
        if report.was_finished:
            self.stdout.write("This file was imported before. Import it once more with --again.")
            return
        if report.resumed_after:
            self.stdout.write(f"Went on after line {report.resumed_after:,}.")
        for one in report.refused_first:
            self.stdout.write(f"Left out: line {one.number:,}: {one.reason}")
        if report.refused > len(report.refused_first):
            self.stdout.write(f"Left out: {report.refused - len(report.refused_first):,} more")
        self.stdout.write(
            f"{report.read:,} read: {report.stored:,} stored, {report.duplicates:,} there already, "
            f"{report.refused:,} left out."
        )
