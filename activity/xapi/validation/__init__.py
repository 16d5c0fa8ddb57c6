"""Whether a statement is what the specification says: one function for each kind of value, one table for each object.

A check takes the value and its path, returns nothing, and raises InvalidStatement for the first fault. A clause is
named by its section in 1.0.3 ("Data 2.4.1") or its number among the owner's requirements ("XAPI-00026").
"""

from .activities import check_activity
from .actors import check_actor, check_agent, check_group
from .attachments import check_attachment
from .extensions import check_extensions
from .languages import check_language_map, check_language_tag
from .statements import check_statement
from .values import (
    check_boolean,
    check_duration,
    check_iri,
    check_mailbox,
    check_media_type,
    check_sha1,
    check_sha2,
    check_string,
    check_timestamp,
    check_uuid,
    is_iri,
    is_uuid,
)

__all__ = [
    "check_activity",
    "check_actor",
    "check_agent",
    "check_attachment",
    "check_boolean",
    "check_duration",
    "check_extensions",
    "check_group",
    "check_iri",
    "check_language_map",
    "check_language_tag",
    "check_mailbox",
    "check_media_type",
    "check_sha1",
    "check_sha2",
    "check_statement",
    "check_string",
    "check_timestamp",
    "check_uuid",
    "is_iri",
    "is_uuid",
]
