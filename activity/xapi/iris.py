"""What can be told of an IRI by looking at it."""

import re

_SEPARATOR = re.compile(r"[/#:]")


def last_word(iri: str) -> str:
    """In small letters: "completed" of http://adlnet.gov/expapi/verbs/completed. Vocabularies agree on it alone."""
    return _SEPARATOR.split(iri.rstrip("/#"))[-1].lower()
