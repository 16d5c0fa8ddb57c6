"""The tables that find statements, in the way of each database.

On SQLite a table whose primary key is all that it has is that index alone (WITHOUT ROWID): half the size and half the
writing. SQLite makes a table anew, and with a rowid, when a later migration alters one of its columns.
"""

from django.db import migrations

# The columns of each table, and what else is to find its rows.
TABLES = {
    "activity_statementkey": (
        '"key" bigint NOT NULL, "position" bigint NOT NULL, PRIMARY KEY ("key", "position")',
        [],
    ),
    "activity_statementreference": (
        '"target" char(32) NOT NULL, "position" bigint NOT NULL, "voids" bool NOT NULL, '
        'PRIMARY KEY ("target", "position")',
        ['CREATE INDEX reference_of_statement ON activity_statementreference ("position")'],
    ),
}


def narrow(apps, schema_editor):
    make_anew(schema_editor, "WITHOUT ROWID")
    if schema_editor.connection.vendor == "postgresql":
        # Rows are only ever added. Soon after they are known to be visible to all, an index alone answers for them.
        for table in ("activity_statement", *TABLES):
            schema_editor.execute(
                f"ALTER TABLE {table} SET (autovacuum_analyze_scale_factor = 0.05, "
                "autovacuum_vacuum_insert_scale_factor = 0.02)"
            )
        # Rows come and go: what was folded is to be forgotten soon.
        schema_editor.execute(
            "ALTER TABLE activity_unfolded SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)"
        )


def widen(apps, schema_editor):
    make_anew(schema_editor, "")


def make_anew(schema_editor, options):
    if schema_editor.connection.vendor != "sqlite":
        return
    for table, (columns, indexes) in TABLES.items():
        schema_editor.execute(f"ALTER TABLE {table} RENAME TO {table}_old")
        schema_editor.execute(f"CREATE TABLE {table} ({columns}) {options}")
        schema_editor.execute(f"INSERT INTO {table} SELECT * FROM {table}_old ORDER BY 1, 2")
        schema_editor.execute(f"DROP TABLE {table}_old")
        for index in indexes:  # went with the old table
            schema_editor.execute(index)


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial")]
    operations = [migrations.RunPython(narrow, widen)]
