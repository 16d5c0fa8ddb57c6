"""What a task is about, on screen: why it was raised, and the lesson's, session's or campaign's name."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from ..goals import Kind, aims_of, goal_of, parse
from ..models import AutomationStop, Campaign, NudgeType, Task


def titles_of(goals: Collection[str]) -> dict[str, str]:
    """A name for each of these goals that has one; in three queries at most, and in none for words alone."""
    titles = {goal: aim.title for goal, aim in aims_of(goals).items()}
    campaigns = {parsed[1] for goal in goals if (parsed := parse(goal)) and parsed[0] == Kind.CAMPAIGN}
    if campaigns:
        names = Campaign.objects.filter(pk__in=campaigns).values_list("pk", "name")
        titles |= {goal_of(Kind.CAMPAIGN, pk): name for pk, name in names}
    return titles | {goal: str(NudgeType(goal).label) for goal in goals if goal in NudgeType.values}


def why(task: Task) -> str:
    """A person who raised a task stopped nothing by it."""
    if task.cause == AutomationStop.Cause.BY_HAND:
        return _("A colleague handed the learner over")
    return str(task.get_cause_display())
