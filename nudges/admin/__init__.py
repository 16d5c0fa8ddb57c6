"""What staff see in the admin. Django finds the registrations by importing this package."""

from . import sent, texts

__all__ = ["sent", "texts"]
