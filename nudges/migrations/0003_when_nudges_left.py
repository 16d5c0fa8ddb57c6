"""Nudges and bulk nudges of before: when they left, by which door they came, and their texts in rows of their own."""

from decimal import Decimal

from django.db import migrations
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When

from nudges.situations import needs

COPIED = (
    "subject", "body", "source", "fallback_reason", "edited", "template_version", "prompt_version", "model",
    "tokens_in", "tokens_out",
)  # fmt: skip


def fill_nudges(apps, schema_editor):
    nudges = apps.get_model("nudges", "Nudge").objects
    nudges.filter(due_at=None).exclude(queued_at=None).update(due_at=F("queued_at"))
    nudges.filter(goal="").update(goal=F("type"))
    nudges.exclude(batch=None).update(origin="bulk", priority=4, correlation_id=batch_uuid(apps))


def batch_uuid(apps):
    batches = apps.get_model("nudges", "NudgeBatch").objects
    return Subquery(batches.filter(pk=OuterRef("batch")).values("uuid")[:1])


def fill_batches(apps, schema_editor):
    """One that was cut off while it was queued is planned again: who has a nudge of it gets no second one."""
    batches = apps.get_model("nudges", "NudgeBatch").objects
    wordings = apps.get_model("nudges", "Wording").objects
    templates = set(apps.get_model("nudges", "FallbackTemplate").objects.values_list("pk", flat=True))
    prompts = set(apps.get_model("nudges", "Prompt").objects.values_list("pk", flat=True))
    batches.exclude(started_at=None).update(
        status=Case(When(Q(finished_at=None), then=Value("scheduled")), default=Value("done")), starts_at=F("started_at")
    )
    for batch in batches.exclude(texts={}):
        for language, text in batch.texts.items():
            wordings.create(
                batch=batch,
                channel=batch.channel,
                language=language,
                needs=needs(text.get("subject", ""), text["body"]),
                template_id=text.get("template_id") if text.get("template_id") in templates else None,
                prompt_id=text.get("prompt_id") if text.get("prompt_id") in prompts else None,
                cost_usd=Decimal(text.get("cost_usd", "0")),
                **{name: text[name] for name in COPIED if name in text},
            )


class Migration(migrations.Migration):
    dependencies = [("nudges", "0002_delivery_and_campaigns")]
    operations = [
        migrations.RunPython(fill_nudges, migrations.RunPython.noop),
        migrations.RunPython(fill_batches, migrations.RunPython.noop),
    ]
