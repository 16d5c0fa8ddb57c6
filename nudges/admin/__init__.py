"""What staff see in the admin. Django finds the registrations by importing this package."""

from . import channels, policies, sent, texts

__all__ = ["channels", "policies", "sent", "texts"]
