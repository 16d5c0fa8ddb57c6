"""The admin of what learners did. What it saves goes through the services, like every door."""

from . import events, facts, identities, interruptions, keys, lessons, record, sessions, set_aside

__all__ = ["events", "facts", "identities", "interruptions", "keys", "lessons", "record", "sessions", "set_aside"]
