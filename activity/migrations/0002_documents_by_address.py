from django.db import migrations, models


class Migration(migrations.Migration):
    """Documents are found by a hash of where they lie; there are none yet."""

    dependencies = [("activity", "0001_initial")]

    operations = [
        migrations.DeleteModel(name="Document"),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("state", "state"),
                            ("agent_profile", "agent profile"),
                            ("activity_profile", "activity profile"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("document_id", models.TextField(verbose_name="id")),
                ("activity_id", models.TextField(blank=True, verbose_name="activity")),
                ("agent", models.TextField(blank=True, verbose_name="agent")),
                ("registration", models.CharField(blank=True, max_length=36, verbose_name="registration")),
                ("shelf", models.CharField(editable=False, max_length=64)),
                ("address", models.CharField(editable=False, max_length=64, unique=True)),
                ("content", models.BinaryField()),
                ("content_type", models.CharField(max_length=200, verbose_name="content type")),
                ("etag", models.CharField(max_length=40)),
                ("updated_at", models.DateTimeField(verbose_name="updated")),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["-updated_at"],
                "indexes": [models.Index(fields=["shelf", "updated_at"], name="document_shelf")],
            },
        ),
    ]
