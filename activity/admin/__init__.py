"""The admin of what learners did. What it saves goes through the services, like every door."""

from . import events, identities, keys, record, set_aside

__all__ = ["events", "identities", "keys", "record", "set_aside"]
