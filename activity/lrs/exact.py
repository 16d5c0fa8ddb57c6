"""Statements in the format "exact", as text: what was received, and what the record sets or changes itself.

Equal to with_arrays(found.exact()), which a test holds, but with every number's digits and half as dear.
"""

from functools import lru_cache

from django.conf import settings

from ..store.stored import OUR_NAME, VERSION_IF_ABSENT, StoredStatement, authority_of, written_time
from ..xapi.formats import with_arrays
from ..xapi.splicing import dump, splice
from ..xapi.times import in_utc

CHANGES = {
    "timestamp": in_utc,
    "context": lambda context: with_arrays({"object": {}, "context": context})["context"],
    "object": lambda object_: with_arrays({"object": object_})["object"],
}


def exact_text(found: StoredStatement) -> str:
    stored = f'"{written_time(found.stored)}"'
    over = {"id": f'"{found.id}"', "stored": stored}
    under = {"timestamp": stored, "version": f'"{VERSION_IF_ABSENT[found.version]}"'}
    if found.username is None:
        under["authority"] = _authority(OUR_NAME, settings.SITE_URL)
    else:
        over["authority"] = _authority(found.username, settings.SITE_URL)
    return splice(found.raw, over=over, under=under, changes=CHANGES)


@lru_cache(maxsize=1000)
def _authority(username: str, site: str) -> str:
    """`site` is in it as well: it is named for the cache."""
    return dump(authority_of(username))
