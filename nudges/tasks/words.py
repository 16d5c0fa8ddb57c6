"""What a goal is called on screen: the lesson's or session's title, the campaign's name."""

from collections.abc import Collection

from ..goals import Kind, aims_of, goal_of, parse
from ..models import Campaign, NudgeType


def titles_of(goals: Collection[str]) -> dict[str, str]:
    """A name for each of these goals that has one; in three queries at most, and in none for words alone."""
    titles = {goal: aim.title for goal, aim in aims_of(goals).items()}
    campaigns = {parsed[1] for goal in goals if (parsed := parse(goal)) and parsed[0] == Kind.CAMPAIGN}
    if campaigns:
        names = Campaign.objects.filter(pk__in=campaigns).values_list("pk", "name")
        titles |= {goal_of(Kind.CAMPAIGN, pk): name for pk, name in names}
    return titles | {goal: str(NudgeType(goal).label) for goal in goals if goal in NudgeType.values}
