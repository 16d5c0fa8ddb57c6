from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Program
from learners.rules import read_day
from riskscoring.levels import Level
from riskscoring.services import RunSummary, recompute_risk

PROGRAMS_NAMED = 20  # in an error message


class Command(BaseCommand):
    help = "Score all learners as of a day, write what changed, and print how many have each label."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", metavar="DAY", help="for example 2026-11-20; today (in UTC) if left out")
        parser.add_argument("--program", metavar="NAME", help="only the learners of this program")
        parser.add_argument("--dry-run", action="store_true", help="only print what would be")

    def handle(self, *, as_of: str | None, program: str | None, dry_run: bool, **options: Any) -> None:
        summary = recompute_risk(
            as_of=_day(as_of) if as_of is not None else timezone.now().date(),
            program=_program(program) if program is not None else None,
            dry_run=dry_run,
            trigger="command",
        )
        self.stdout.write(_in_words(summary))


def _day(text: str) -> date:
    try:
        reading = read_day(date.fromisoformat(text.strip()))
    except ValueError as error:
        raise CommandError(
            _("There is no day “%(text)s”. Write it as year-month-day, for example 2026-11-20.") % {"text": text}
        ) from error
    if reading.error:
        raise CommandError(f"--as-of: {reading.error}")
    return reading.value


def _program(name: str) -> Program:
    named = Program.objects.filter(name__iexact=name.strip())
    found = named.filter(name=name.strip()).first() or named.first()
    if found is None:
        names = list(Program.objects.values_list("name", flat=True)[: PROGRAMS_NAMED + 1])
        if not names:
            raise CommandError(_("There is no program “%(name)s”; there are none yet.") % {"name": name})
        known = ", ".join(names[:PROGRAMS_NAMED]) + (", …" if len(names) > PROGRAMS_NAMED else "")
        raise CommandError(_("There is no program “%(name)s”. There are: %(known)s") % {"name": name, "known": known})
    return found


def _in_words(summary: RunSummary) -> str:
    levels = {str(level.label): summary.counts[level] for level in Level}
    width = max(len(level) for level in levels)
    counts = [f"  {level:<{width}} {count:>9,}" for level, count in levels.items()]
    changed = (
        _("%(changed)s of %(learners)s learners would change; nothing was written (%(seconds)s s).")
        if summary.dry_run
        else _("%(changed)s of %(learners)s learners changed, in %(seconds)s s.")
    ) % {
        "changed": f"{summary.changed:,}",
        "learners": f"{summary.learners:,}",
        "seconds": f"{summary.seconds:.1f}",
    }
    return "\n".join([_("Risk as of %(day)s") % {"day": summary.as_of}, *counts, changed])
