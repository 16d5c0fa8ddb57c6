"""The admin of learners, programs, notes and API keys. What it saves goes through the services, like every door."""

from . import keys, people, programs

__all__ = ["keys", "people", "programs"]
