class Unreadable(Exception):  # noqa: N818 (reads as what happened)
    """A call that is the provider's own, and makes no sense to us."""
