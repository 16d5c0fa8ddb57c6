"""What staff see in the admin. Django finds the registrations by importing this package."""

from . import channels, sent, texts

__all__ = ["channels", "sent", "texts"]
