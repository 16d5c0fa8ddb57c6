"""What staff see in the admin. Django finds the registrations by importing this package."""

from . import campaigns, channels, policies, sent, texts

__all__ = ["campaigns", "channels", "policies", "sent", "texts"]
