"""The index behind learners/search.py, in the way of each database.

SQLite drops a table's triggers when it rebuilds the table, which it does for most changes of a column: a later
migration that alters Learner ends by running `create` again.
"""

from django.db import migrations

from learners import search


def _can_have_trigrams(cursor):
    cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
    return cursor.fetchone() is not None


def create(apps, schema_editor):
    drop(apps, schema_editor)
    if schema_editor.connection.vendor == "sqlite" and search.sqlite_has_trigrams():
        for statement in search.CREATE_SQLITE:
            schema_editor.execute(statement)
    elif schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            if not _can_have_trigrams(cursor):
                return
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            "CREATE INDEX learner_search_trigrams ON learners_learner USING gin (search gin_trgm_ops)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in search.DROP_SQLITE:
            schema_editor.execute(statement)
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS learner_search_trigrams")


class Migration(migrations.Migration):
    dependencies = [("learners", "0002_roles")]
    operations = [migrations.RunPython(create, drop)]
