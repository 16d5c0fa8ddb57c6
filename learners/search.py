"""Finding learners by pieces of their name, email or id, with the index that each database has for it.

PostgreSQL keeps a trigram index on the lower-cased column `search`, SQLite a full-text table of trigrams beside it.
Words too short for a trigram are looked for in the column itself.
"""

import sqlite3
from functools import cache

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

SHORTEST_INDEXED_WORD = 3  # a trigram
MOST_WORDS = 8

CREATE_SQLITE = [
    """CREATE VIRTUAL TABLE learners_search USING fts5(
        search, content='learners_learner', content_rowid='id', tokenize='trigram')""",
    "INSERT INTO learners_search (learners_search) VALUES ('rebuild')",
    """CREATE TRIGGER learners_search_insert AFTER INSERT ON learners_learner BEGIN
        INSERT INTO learners_search (rowid, search) VALUES (new.id, new.search);
    END""",
    """CREATE TRIGGER learners_search_delete AFTER DELETE ON learners_learner BEGIN
        INSERT INTO learners_search (learners_search, rowid, search) VALUES ('delete', old.id, old.search);
    END""",
    """CREATE TRIGGER learners_search_update AFTER UPDATE OF name, email, uid ON learners_learner
    WHEN old.search IS NOT new.search BEGIN
        INSERT INTO learners_search (learners_search, rowid, search) VALUES ('delete', old.id, old.search);
        INSERT INTO learners_search (rowid, search) VALUES (new.id, new.search);
    END""",
]
DROP_SQLITE = [
    "DROP TRIGGER IF EXISTS learners_search_update",
    "DROP TRIGGER IF EXISTS learners_search_delete",
    "DROP TRIGGER IF EXISTS learners_search_insert",
    "DROP TABLE IF EXISTS learners_search",
]


@cache
def sqlite_has_trigrams() -> bool:
    """Whether this SQLite was built with FTS5 and its trigram tokenizer (3.34 and later)."""
    memory = sqlite3.connect(":memory:")
    try:
        memory.execute("CREATE VIRTUAL TABLE probe USING fts5(text, tokenize='trigram')")
    except sqlite3.OperationalError:
        return False
    finally:
        memory.close()
    return True


def matching(text: str, *, learner: str = "") -> Q:
    """Learners in whose name, email or id every word of `text` occurs somewhere.

    `learner` is the path from the model that is filtered to the learner, for example "learner__".
    """
    words = text.replace("\0", "").split()[:MOST_WORDS]
    condition = Q()
    if connection.vendor == "sqlite" and sqlite_has_trigrams():
        indexed = [word for word in words if len(word) >= SHORTEST_INDEXED_WORD]
        words = [word for word in words if len(word) < SHORTEST_INDEXED_WORD]
        if indexed:
            phrases = " AND ".join('"{}"'.format(word.replace('"', '""')) for word in indexed)
            sql = "SELECT rowid FROM learners_search WHERE learners_search MATCH %s"
            condition &= Q(**{f"{learner}id__in": RawSQL(sql, [phrases])})  # noqa: S611 (no text of ours in it)
    for word in words:
        condition &= Q(**{f"{learner}search__contains": word.lower()})
    return condition
