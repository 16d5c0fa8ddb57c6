"""What a statement was done in, read in one form whatever the version."""

from typing import Any


def context_activities(context: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The activities of each kind (parent, grouping, category, other). In 1.0 one alone may stand without its array."""
    kinds = context.get("contextActivities", {})
    return {kind: [value] if isinstance(value, dict) else value for kind, value in kinds.items()}
