"""Nudges and bulk nudges of before: when they left, by which door they came, and how far they had got."""

from django.db import migrations
from django.db.models import Case, F, Q, Value, When


def fill(apps, schema_editor):
    nudge = apps.get_model("nudges", "Nudge")
    nudge.objects.filter(due_at=None).exclude(queued_at=None).update(due_at=F("queued_at"))
    nudge.objects.exclude(batch=None).update(origin="bulk", priority=4)
    apps.get_model("nudges", "NudgeBatch").objects.exclude(started_at=None).update(
        status=Case(When(Q(finished_at=None), then=Value("running")), default=Value("done")), starts_at=F("started_at")
    )


class Migration(migrations.Migration):
    dependencies = [("nudges", "0002_delivery_and_campaigns")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
