from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("nudges", "0006_texts_for_many")]

    operations = [
        migrations.RemoveIndex(model_name="nudge", name="nudge_waiting"),
        migrations.AddIndex(
            model_name="nudge",
            index=models.Index(
                condition=models.Q(("batch", None), ("state", "queued")),
                fields=["channel", "priority", "due_at", "id"],
                name="nudge_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="nudge",
            index=models.Index(
                condition=models.Q(("batch__isnull", False), ("state", "queued")),
                fields=["batch", "channel", "due_at", "id"],
                name="nudge_waiting_in_batch",
            ),
        ),
    ]
