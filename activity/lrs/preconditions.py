"""Optimistic concurrency of documents (RFC 9110, 13; xAPI 1.0.3, Communication 3.1; xAPI 2.0, 4.1.4)."""

from collections.abc import Mapping

from .answers import Refused


def check_preconditions(headers: Mapping[str, str], etag: str | None) -> None:
    """Raises Refused with 412. `etag` is what is there now, without its quotes; None when nothing is there."""
    if "if-match" in headers and (etag is None or not _names(headers["if-match"], etag)):
        raise Refused(412, "The document is not as If-Match expects: get it again, and its ETag.", path="If-Match")
    if "if-none-match" in headers and etag is not None and _names(headers["if-none-match"], etag):
        raise Refused(412, "If-None-Match expects no such document, and there is one.", path="If-None-Match")


def check_overwriting(headers: Mapping[str, str], etag: str | None) -> None:
    """A PUT over what is there has to say what it expects. Raises Refused with 409."""
    if etag is not None and "if-match" not in headers and "if-none-match" not in headers:
        raise Refused(
            409,
            "There is a document with this id already. Get it, and send its ETag as If-Match to replace it, "
            "or send If-None-Match: * to write only where nothing is.",
        )


def _names(header: str, etag: str) -> bool:
    """Whether the tags in a header name this one. A common client leaves the quotes away."""
    tags = [tag.strip() for tag in header.split(",")]
    return "*" in tags or etag in [tag.removeprefix("W/").strip('"') for tag in tags]
