"""From bytes to rows of cells: what kind of file it is, which columns it has, where each row begins."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

COLUMNS = {  # header, lower-case with underscores → field of Learner, or "as_of": the day that the row describes
    "id": "uid",
    "uid": "uid",
    "name": "name",
    "email": "email",
    "phone": "phone",
    "program": "program",
    "cohort": "cohort",
    "status": "status",
    "language": "language",
    "timezone": "timezone",
    "last_login": "last_login",
    "completed_percent": "completed_percent",
    "avg_quiz_score": "avg_quiz_score",
    "consecutive_missed_sessions": "consecutive_missed_sessions",
    "as_of": "as_of",
}
DELIMITERS = (",", ";", "\t")
HEAD_BYTES = 64 * 1024
SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"BZh")
SPREADSHEETS = SIGNATURES[:2]  # XLSX (a zip) and XLS


class ImportRefused(Exception):  # noqa: N818  (named for what it is, like Http404)
    """The file as a whole can't be imported; nothing was stored. The message says why, and what to do."""


@dataclass(frozen=True)
class Header:
    names: tuple[str, ...]  # as the file has them
    fields: tuple[str, ...]  # by position; "" where the column is unknown
    delimiter: str
    line: int

    @property
    def known(self) -> tuple[str, ...]:
        return tuple(name for name, field in zip(self.names, self.fields, strict=True) if field)

    @property
    def ignored(self) -> tuple[str, ...]:
        return tuple(name for name, field in zip(self.names, self.fields, strict=True) if name and not field)

    def name_of(self, field: str) -> str:
        return self.names[self.fields.index(field)]


@dataclass(frozen=True)
class BrokenRow:
    """A row that could not be taken apart into the header's columns."""

    line: int
    reason: str


def read_header(file: BinaryIO) -> Header:
    """Find out what the file is, and leave it at its start. Raises ImportRefused."""
    head = file.read(HEAD_BYTES)
    file.seek(0)
    _refuse_what_is_no_text(head)
    with _text(file) as text:
        try:
            lines = iter(text)
            number, first = next((n, line) for n, line in enumerate(lines, 1) if line.strip(" \t\r\n,;"))
        except StopIteration:
            raise ImportRefused(_("The file is empty.")) from None
        except UnicodeDecodeError as error:
            raise _wrong_encoding(0, error) from None
    header = max((_parse_header(first, number, delimiter) for delimiter in DELIMITERS), key=lambda h: len(h.known))
    _refuse_useless(header)
    return header


def read_rows(file: BinaryIO, header: Header) -> Iterator[tuple[int, list[str]] | BrokenRow]:
    """The line on which each row begins, and its cells, as many as the header has. Raises ImportRefused."""
    file.seek(0)
    width = len(header.names)
    with _text(file) as text:
        for _line in range(header.line):
            next(text)
        rows = csv.reader(text, delimiter=header.delimiter, strict=True)
        while True:
            line = header.line + rows.line_num + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield BrokenRow(line, _broken_quotes(error, line, header.line + rows.line_num))
                continue
            except UnicodeDecodeError as error:
                raise _wrong_encoding(header.line + rows.line_num, error) from None
            if not any(cells):
                continue
            if len(cells) == width:
                yield line, cells
            elif len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                yield line, cells[:width]
            elif any(cell.strip() for cell in cells):
                yield BrokenRow(
                    line,
                    _("The row has %(cells)d cells, the header has %(columns)d.")
                    % {"cells": len(cells), "columns": width},
                )


class _text(io.TextIOWrapper):  # noqa: N801  (used as a function)
    """UTF-8 text with any line ends, which leaves the file open when it is done."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, encoding="utf-8-sig", newline="")

    def __exit__(self, *args: object) -> None:
        self.detach()


def _parse_header(first: str, line: int, delimiter: str) -> Header:
    try:
        names = tuple(name.strip() for name in next(csv.reader([first], delimiter=delimiter, strict=True)))
    except csv.Error:
        names = (first.strip(),)
    while names and not names[-1]:  # spreadsheets leave empty columns at the end
        names = names[:-1]
    fields = tuple(COLUMNS.get(name.lower().replace(" ", "_").replace("-", "_"), "") for name in names)
    return Header(names, fields, delimiter, line)


def _refuse_what_is_no_text(head: bytes) -> None:
    if not head.strip():
        raise ImportRefused(_("The file is empty."))
    if head.startswith(SPREADSHEETS):
        raise ImportRefused(
            _("This is a spreadsheet, not CSV. Open it and choose File, Save as, CSV UTF-8; then import that file.")
        )
    if head.startswith(SIGNATURES):
        raise ImportRefused(_("This is not a CSV file. Export your learners as CSV UTF-8; then import that file."))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _every_other_byte_is_zero(head):
        raise ImportRefused(_("This file is in UTF-16. Save it as CSV UTF-8; then import that file."))
    if b"\x00" in head[:4096]:
        raise ImportRefused(_("This is not a CSV file. Export your learners as CSV UTF-8; then import that file."))
    if len(head) == HEAD_BYTES and b"\n" not in head and b"\r" not in head:
        raise ImportRefused(_("This is not a CSV file: it has no lines."))


def _every_other_byte_is_zero(head: bytes) -> bool:
    return any(half.count(0) > 0.4 * len(half) for half in (head[::2], head[1::2]))


def _refuse_useless(header: Header) -> None:
    needed = _("A file needs a first line with the names of its columns: id or email, and name for new learners.")
    if not header.known:
        shown = ", ".join(header.names[:10])[:200]
        raise ImportRefused(_("No known column in the first line (%(names)s).") % {"names": shown} + " " + needed)
    for field in {field for field in header.fields if field}:
        if header.fields.count(field) > 1:
            raise ImportRefused(
                _("The column %(name)s is there twice. Take one out.") % {"name": header.name_of(field)}
            )
    if not {"uid", "email"} & set(header.fields):
        raise ImportRefused(_("There is no column id and no column email.") + " " + needed)


def _wrong_encoding(lines_before: int, error: UnicodeDecodeError) -> ImportRefused:
    line = lines_before + error.object[: error.start].count(b"\n") + 1
    return ImportRefused(
        _("Line %(line)d is not UTF-8 text. Save the file as CSV UTF-8; then import that file.") % {"line": line}
    )


def _broken_quotes(error: csv.Error, first: int, last: int) -> str:
    if "field larger" in str(error):
        reason = _("A cell is longer than 131,072 characters, or a quotation mark is never closed.")
    elif "end of data" in str(error):
        reason = _("A quotation mark is opened and never closed.")
    else:
        reason = _("The quotation marks don't match.")
    if last > first:
        reason += " " + _("Lines %(first)d to %(last)d were not read.") % {"first": first, "last": last}
    return reason
