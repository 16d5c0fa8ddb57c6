"""What `manage.py check` says about settings.SCHEDULE."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils import timezone
from django.utils.module_loading import import_string

from .rules import next_after


@register()
def schedule_can_be_kept(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name, job in settings.SCHEDULE.items():
        try:
            next_after(timezone.now(), job.cron)
        except ValueError as error:
            hint = "Five fields in UTC, for example 0 2 * * * for two at night."
            found.append(Error(f"Job {name}: {error}", hint=hint, id="jobs.E001"))
        try:
            import_string(job.does)
        except ImportError as error:
            hint = "Name a function by its dotted path, for example riskscoring.jobs.recompute_all."
            found.append(Error(f"Job {name}: {error}", hint=hint, id="jobs.E002"))
        if any(field.isdigit() for field in job.cron.split()[4:]):
            hint = "Write mon, tue, … Numbers mean other days here than everywhere else."
            found.append(Error(f"Job {name} has a weekday by its number.", hint=hint, id="jobs.E003"))
    return found
