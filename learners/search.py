"""Finding learners by pieces of their name, email or id, with the index that each database has for it.

PostgreSQL keeps a trigram index on the lower-cased column `search`, SQLite a full-text table of trigrams beside it.
Words too short for a trigram are looked for in the column itself.
"""

import sqlite3
from functools import cache

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from .models import Learner

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


def matching(text: str, *, learner: str = "", by_index: bool = True) -> Q:
    """Learners in whose name, email or id every word of `text` occurs somewhere.

    `learner` is the path from the model that is filtered to the learner, for example "learner__". Not `by_index` is
    for those who walk another index and look at each row: quicker when very many match.
    """
    words = _words(text)
    condition = Q()
    if (phrases := _phrases(words)) and (by_index or not text.isascii()):  # SQLite's LOWER leaves É as it is
        sql = "SELECT rowid FROM learners_search WHERE learners_search MATCH %s"
        condition &= Q(**{f"{learner}id__in": RawSQL(sql, [phrases])})  # noqa: S611 (the text is a parameter)
        words = [word for word in words if len(word) < SHORTEST_INDEXED_WORD]
    for word in words:
        condition &= Q(**{f"{learner}search__contains": word.lower()})
    return condition


def first_matches(text: str, *, limit: int) -> list[int]:
    """The ids of some learners that match, `limit` of them at most: to see whether few do."""
    words = _words(text)
    phrases = _phrases(words)
    if phrases and all(len(word) >= SHORTEST_INDEXED_WORD for word in words):
        with connection.cursor() as cursor:  # the index alone: it stops as soon as it has enough
            cursor.execute(
                "SELECT rowid FROM learners_search WHERE learners_search MATCH %s LIMIT %s", [phrases, limit]
            )
            return [learner_id for (learner_id,) in cursor.fetchall()]
    return list(Learner.objects.filter(matching(text)).values_list("id", flat=True)[:limit])


def _words(text: str) -> list[str]:
    return text.replace("\0", " ").split()[:MOST_WORDS]


def _phrases(words: list[str]) -> str:
    """What to ask SQLite's index for: the words that are long enough, each quoted. Blank when it is of no use."""
    if connection.vendor != "sqlite" or not sqlite_has_trigrams():
        return ""
    indexed = (word.replace('"', '""') for word in words if len(word) >= SHORTEST_INDEXED_WORD)
    return " AND ".join(f'"{word}"' for word in indexed)
