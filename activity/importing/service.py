"""Import a file of history, in batches: what is done with one is committed together with how far it brought us."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from ..models import AccessKey, StatementImport
from ..receiving import prepare
from ..store.incoming import Incoming
from ..store.writing import store_statements
from ..xapi.parsing import read_statements
from ..xapi.statements import InvalidStatement
from ..xapi.versions import Version
from .reading import Entry, HistoryUnreadable, fingerprint_of, open_history, read_entries

BATCH = 500  # statements in a transaction
LISTED = 20  # refused entries that the report names


@dataclass(frozen=True)
class Refused:
    """Why an entry was left out. `number` is its line, or its place in the array."""

    number: int
    reason: str


@dataclass
class ImportReport:
    """What became of the entries read this time; `refused_first` are the first of them that were left out."""

    read: int = 0
    stored: int = 0
    duplicates: int = 0
    refused: int = 0
    refused_first: list[Refused] = field(default_factory=list)
    resumed_after: int = 0  # entries that an earlier import of this file had done
    was_finished: bool = False

    def refuse(self, refused: Iterable[Refused]) -> None:
        for one in refused:
            self.refused += 1
            if len(self.refused_first) < LISTED:
                self.refused_first.append(one)


@dataclass
class Batch:
    """Statements to be stored together, each with the entry that it came from."""

    statements: list[Incoming] = field(default_factory=list)
    numbers: dict[uuid.UUID, int] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    read: int = 0
    number: int = 0
    end: int = 0


def _ignore_progress(entries: int) -> None:
    """Nobody watches."""


def import_statements(
    path: Path,
    *,
    key: AccessKey | None = None,
    again: bool = False,
    on_progress: Callable[[int], None] = _ignore_progress,
) -> ImportReport:
    """Store the valid statements of a file of any size; leave out, and report, the others.

    Broken off and called again with the same file, it goes on where it stopped; `again` begins from the file's
    beginning. What is stored already is a duplicate, and never holds up the rest. With `key` that key is the authority
    of the statements. `on_progress` hears how many entries have been read. Raises HistoryUnreadable, OSError.
    """
    progress, _ = StatementImport.objects.get_or_create(
        fingerprint=fingerprint_of(path), defaults={"filename": path.name[-255:]}
    )
    if again:
        progress.offset = progress.lines = progress.stored = progress.duplicates = progress.refused = 0
        progress.finished_at = None
        progress.save()
    report = ImportReport(resumed_after=progress.lines, was_finished=progress.finished_at is not None)
    if report.was_finished:
        return report
    with open_history(path) as file:
        entries = read_entries(file, start=progress.offset, number=progress.lines)
        for batch in _batches(entries, key):
            _store(batch, progress, report)
            on_progress(progress.lines)
    progress.finished_at = timezone.now()
    progress.save(update_fields=["finished_at"])
    return report


def _batches(entries: Iterator[Entry], key: AccessKey | None) -> Iterator[Batch]:
    batch = Batch()
    for entry in entries:
        batch.read += 1
        batch.number, batch.end = entry.number, entry.end
        try:
            version = _version_of(entry, key)
            incoming = prepare(read_statements(entry.text, version=version), version=version, key=key)
        except InvalidStatement as error:
            batch.refused.append(Refused(entry.number, str(error)))
        else:
            batch.statements += incoming
            batch.numbers |= {one.id: entry.number for one in incoming}
        if len(batch.statements) >= BATCH or batch.read >= BATCH:
            yield batch
            batch = Batch()
    if batch.read:
        yield batch


def _version_of(entry: Entry, key: AccessKey | None) -> Version:
    """Which specification it is held to: that of the version it names, else the key's, else 1.0.3.

    A look at the text is enough: should the word stand elsewhere, then a statement is held to the wider specification.
    """
    if b'"version"' not in entry.text:
        return Version(key.version) if key else Version.V1
    return Version.V2 if b'"2.0.' in entry.text else Version.V1


def _store(batch: Batch, progress: StatementImport, report: ImportReport) -> None:
    with transaction.atomic():
        stored = store_statements(batch.statements, skip_conflicts=True)
        reason = "Another statement is stored with this id."
        batch.refused += [Refused(batch.numbers[id_], f"{id_}: {reason}") for id_ in stored.conflicts]
        before = progress.offset
        progress.offset, progress.lines = batch.end, batch.number
        progress.stored += len(stored.positions)
        progress.duplicates += stored.duplicates
        progress.refused += len(batch.refused)
        here = StatementImport.objects.filter(pk=progress.pk, offset=before)
        if not here.update(
            offset=progress.offset,
            lines=progress.lines,
            stored=progress.stored,
            duplicates=progress.duplicates,
            refused=progress.refused,
        ):
            raise HistoryUnreadable("Another process is importing this file. Let it finish.")
    report.read += batch.read
    report.stored += len(stored.positions)
    report.duplicates += stored.duplicates
    report.refuse(sorted(batch.refused, key=lambda one: one.number))
