import json
from uuid import uuid4

import pytest

from activity.lrs.exact import exact_text
from activity.store.stored import StoredStatement
from activity.xapi.formats import with_arrays

from .factories import a_statement

PARENT = {"id": "https://example.org/course"}
OWN_AUTHORITY = {"authority": {"objectType": "Agent", "mbox": "mailto:lms@example.org"}}


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("username", [None, "a-key"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"timestamp": "2026-11-20T15:30:00+06:00", "version": "1.0.1", "stored": "2020-01-01T00:00:00Z"},
        {"timestamp": "2026-11-20T09:30:00.000Z"},
        OWN_AUTHORITY,
        {"parent": "https://example.org/course"},
        {"context": {"contextActivities": {"parent": PARENT, "other": [PARENT]}}},
        {
            "object": {
                "objectType": "SubStatement",
                **{name: value for name, value in a_statement().items() if name != "id"},
                "context": {"contextActivities": {"category": PARENT}},
            }
        },
    ],
)
def test_text_says_what_the_statement_says(given, username, version):
    raw = json.dumps(a_statement(**given))
    found = StoredStatement(1 << 50, uuid4(), raw, version, None, username)
    assert json.loads(exact_text(found)) == with_arrays(found.exact())


def test_numbers_keep_their_digits():
    raw = json.dumps(a_statement(score={"raw": 12345})).replace("12345", "9.10")
    found = StoredStatement(1 << 50, uuid4(), raw, "2.0.0", None, None)
    assert '"raw": 9.10}' in exact_text(found)
