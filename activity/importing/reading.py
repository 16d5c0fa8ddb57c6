"""The entries of a file of history: a statement on each line, or one JSON array; packed by gzip or not."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

BLOCK = 1 << 20  # bytes
LONGEST = 64 << 20  # bytes of one statement in an array
GZIP = b"\x1f\x8b"
BETWEEN = " \t\r\n,"
_decoder = json.JSONDecoder()


class HistoryUnreadable(Exception):  # noqa: N818  (named for what it is, like Http404)
    """The file is not one of statements, or breaks off. The message says what to do."""


@dataclass(frozen=True)
class Entry:
    """`number` counts lines, or the elements of an array, from one. The next entry begins at or after `end`."""

    number: int
    text: bytes
    end: int


def fingerprint_of(path: Path) -> str:
    """The same for the same file, under whatever name."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_history(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")


def read_entries(file: BinaryIO, *, start: int, number: int) -> Iterator[Entry]:
    """Those from byte `start` on, the `number` entries before it left out. Raises HistoryUnreadable."""
    try:
        is_array = _first_byte(file) == b"["
        file.seek(start)
        yield from (_elements if is_array else _lines)(file, start, number)
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise HistoryUnreadable(f"It can't be read further: {error}.") from error


def _first_byte(file: BinaryIO) -> bytes:
    while block := file.read(BLOCK):
        if stripped := block.removeprefix(b"\xef\xbb\xbf").lstrip():
            return stripped[:1]
    return b""


def _lines(file: BinaryIO, end: int, number: int) -> Iterator[Entry]:
    for line in file:
        number += 1
        end += len(line)
        text = line.strip()
        if text:
            yield Entry(number, text, end)


def _elements(file: BinaryIO, end: int, number: int) -> Iterator[Entry]:
    """Of an array, which need not fit into memory: read by blocks, of which the last element may be cut."""
    left = b""
    while block := file.read(max(BLOCK, len(left))):
        left += block
        at = 0
        for start, stop in _whole_elements(left, at_beginning=end == 0):
            number += 1
            yield Entry(number, left[start:stop], end + stop)
            at = stop
        end, left = end + at, left[at:]
        if len(left) > LONGEST:
            break
    if left.strip(BETWEEN.encode()) != b"]":
        raise HistoryUnreadable(
            f"The array is broken after element {number:,}. Mend it, or send a file with one statement on each line."
        )


def _whole_elements(text: bytes, *, at_beginning: bool) -> Iterator[tuple[int, int]]:
    """Where each begins and ends. Bytes are taken for characters: what JSON is made of are single bytes in UTF-8."""
    characters = text.decode("latin-1")
    at = characters.index("[") + 1 if at_beginning else 0
    while True:
        while characters[at : at + 1] and characters[at] in BETWEEN:
            at += 1
        try:
            _, stop = _decoder.raw_decode(characters, at)
        except ValueError:
            return
        yield at, stop
        at = stop
