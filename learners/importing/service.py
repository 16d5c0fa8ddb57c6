"""Import a file of learners, or show what importing it would do, by the very same steps."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from ..changes import announce
from ..models import Learner, StagedLearner
from .conversion import readable_rows
from .reading import ImportRefused, read_header, read_rows
from .refusal import find_learners_by_email, refuse_clashes
from .report import ImportReport, Listing
from .staging import adapt, fill, staging_table
from .storing import store

ONE_IMPORT_AT_A_TIME = 7_238_110  # any number that is nobody else's advisory lock


def _ignore_progress(rows: int) -> None:
    """Nobody watches."""


def import_learners(
    file: BinaryIO,
    *,
    by: User | None,
    as_of: date | None = None,
    on_progress: Callable[[int], None] = _ignore_progress,
) -> ImportReport:
    """Store the good rows of a CSV file, in one transaction, and rescore their learners as of the day of each row.

    `file` is seekable; memory does not grow with it. `as_of` wins over the rows' own days; without either it is today.
    `on_progress` hears the number of rows read so far. Raises ImportRefused: then nothing was stored.
    """
    try:
        with transaction.atomic():
            tell = partial(announce, trigger="import", started_by=by)
            report = _import(file, as_of, on_progress, tell=tell)
    except IntegrityError as error:
        raise ImportRefused(_("Somebody changed the same learners meanwhile. Import the file again.")) from error
    return report


def preview_import(
    file: BinaryIO, *, as_of: date | None = None, on_progress: Callable[[int], None] = _ignore_progress
) -> ImportReport:
    """What import_learners would report: done and taken back, so that the two can't differ. Nobody is rescored."""
    with transaction.atomic():
        report = _import(file, as_of, on_progress, tell=None)
        transaction.set_rollback(True)
        return report


def _import(
    file: BinaryIO,
    as_of: date | None,
    on_progress: Callable[[int], None],
    *,
    tell: Callable[..., None] | None,
) -> ImportReport:
    header = read_header(file)
    bad, warned = Listing(), Listing()
    _wait_for_other_imports()
    with staging_table():
        rows = readable_rows(
            read_rows(file, header),
            header,
            as_of=as_of,
            today=timezone.now().date(),
            adapt=adapt,
            bad=bad,
            warned=warned,
        )
        fill(rows, on_progress=on_progress)
        find_learners_by_email()
        refuse_clashes(header, bad)
        stored = store(frozenset(header.fields))
        days = tuple(StagedLearner.objects.values_list("as_of").annotate(rows=Count("line")).order_by("as_of"))
        if tell:
            for day, _rows in days:
                of_the_day = StagedLearner.objects.filter(as_of=day)
                tell(Learner.objects.filter(uid__in=of_the_day.values("uid")), as_of=day)
    return ImportReport(
        columns=header.known,
        ignored_columns=header.ignored,
        new=stored.new,
        changed=stored.changed,
        unchanged=stored.unchanged,
        bad=bad.rows,
        bad_cells=bad.first_cells(),
        warned=warned.rows,
        warnings=warned.first_cells(),
        days=days,
        examples_new=stored.examples_new,
        examples_changed=stored.examples_changed,
    )


def _wait_for_other_imports() -> None:
    """Two at once would lock the same learners in different orders. On SQLite the transaction itself waits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_IMPORT_AT_A_TIME])
