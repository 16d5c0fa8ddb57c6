"""manage.py send_reminders [--switch-on] [--preview [--at TIME]]: today's reminders, or who would get them."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from nudges.batches.lifecycle import SWITCHED_OFF
from nudges.batches.progress import GOING
from nudges.reasons import sentence_of
from nudges.reminders.rehearsal import Rehearsal, rehearse
from nudges.reminders.services import HELD, HELD_SENTENCE, send_reminders, switch_reminders
from nudges.writers import WriterFailed


class Command(BaseCommand):
    help = "Plans the reminders that are due now: one a learner and day. Running it again reminds nobody twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--preview", action="store_true", help="say who would get what, and change nothing")
        parser.add_argument("--switch-on", action="store_true", help="send them by themselves from now on")
        parser.add_argument("--at", metavar="TIME", help="with --preview: as if it were this time (ISO 8601; UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["at"] and not options["preview"]:
            raise CommandError("--at is for --preview: reminders are sent now, and at no other time.")
        if options["switch_on"] and options["preview"]:
            raise CommandError("--preview changes nothing: leave --switch-on out.")
        try:
            if options["switch_on"]:
                switch_reminders(on=True)
            if options["preview"]:
                self._show(rehearse(_moment(options["at"]), shown=None))
            else:
                self._send()
        except WriterFailed as failure:
            raise CommandError(
                "There is no template of the type “reminder”. Load them: manage.py loaddata fallback_templates"
            ) from failure

    def _send(self) -> None:
        counts = send_reminders()
        if SWITCHED_OFF in counts:
            self.stdout.write(
                "The reminders are switched off, so nothing was sent. Look at /ui/test-reminders whom they would reach"
                " and switch them on there, or add --switch-on."
            )
            return
        going = sum(counts[code] for code in GOING)
        self.stdout.write(f"{going} reminders queued. They leave when manage.py work (or deliver_nudges) sends them.")
        for code, count in counts.most_common():
            if code == HELD:
                self.stdout.write(str(HELD_SENTENCE))
            elif code not in GOING:
                self.stdout.write(f"{count} get none: {sentence_of(code)} ({code})")

    def _show(self, rehearsal: Rehearsal) -> None:
        for reminder in rehearsal.reminders:
            text = " ".join(f"{reminder.subject} {reminder.content}".split())
            self.stdout.write(
                f"{reminder.learner.uid}  {reminder.leaves_at:%Y-%m-%d %H:%M %Z}  {reminder.channel}  {text}"
            )
        for side in (*rehearsal.staying, *rehearsal.waiting):
            for learner in side.learners:
                self.stdout.write(f"{learner.uid}  none: {side.sentence} ({side.code})")
        self.stdout.write(f"{rehearsal.going} would get a reminder; {rehearsal.not_going} would not:")
        for side in rehearsal.staying:
            self.stdout.write(f"  {side.count} {side.code}")
        for side in rehearsal.waiting:
            self.stdout.write(f"{side.count} more have something to do today. {side.sentence} ({side.code})")
        for day in rehearsal.held:
            self.stdout.write(f"{day}: {HELD_SENTENCE}")
        self.stdout.write(f"{rehearsal.planned} were planned before. Nothing was changed.")


def _moment(text: str | None) -> datetime:
    if not text:
        return timezone.now()
    try:
        moment = parse_datetime(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is no time: {error}.") from error
    if moment is None:
        raise CommandError(f"“{text}” is no time. Write it like 2026-11-20T09:30.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
