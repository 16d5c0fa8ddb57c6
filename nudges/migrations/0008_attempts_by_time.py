from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("nudges", "0007_wait_in_batches")]

    operations = [
        migrations.AddIndex(model_name="attempt", index=models.Index(fields=["started_at"], name="attempt_by_time")),
    ]
