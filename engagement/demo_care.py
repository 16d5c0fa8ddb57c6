"""What came back from the demo's learners, and what is prepared for them: tasks to do, and a campaign to look at."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User

from learners.models import Learner
from nudges.answering.replies import receive_reply
from nudges.campaigns.services import create_campaign, write_campaign
from nudges.models import AutomationStop, Nudge, NudgeType, Reply, Segment
from nudges.states import State
from nudges.tasks.services import raise_task

ANSWERS = (
    (Reply.Kind.HELP, ""),
    (Reply.Kind.TEXT, "I work late this week. Can I join the evening group instead?"),
    (Reply.Kind.FINE, ""),
    (Reply.Kind.HELP, "The quiz does not open on my phone."),
    (Reply.Kind.TEXT, "Thank you, I will do it tomorrow!"),
)
CALLED_FOR = "Could not be reached in class. Please call."


def make_answers(*, now: datetime, staff: User) -> None:
    """The newest messages that arrived are answered, and staff hand one learner over."""
    arrived = Nudge.objects.filter(state=State.DELIVERED, sent_at__lt=now).select_related("learner")
    latest: dict[int, Nudge] = {}
    for nudge in arrived.order_by("-sent_at")[:40]:
        latest.setdefault(nudge.learner_id, nudge)
    for number, ((kind, text), nudge) in enumerate(zip(ANSWERS, latest.values(), strict=False)):
        at = now - timedelta(hours=2 + 5 * number)
        receive_reply(learner=nudge.learner, kind=kind, channel=nudge.channel, text=text, nudge=nudge, at=at)
    quiet = Learner.objects.exclude(pk__in=latest).exclude(owner=None).order_by("-risk__priority").first()
    if quiet is not None:
        raise_task(
            learner=quiet,
            cause=AutomationStop.Cause.BY_HAND,
            by=staff,
            due_on=now.date() - timedelta(days=1),
            note=CALLED_FOR,
            now=now,
        )


def make_campaign(*, owner: User) -> None:
    """A segment, and a campaign for it that is off and waits for staff to read it: nothing goes out by itself."""
    segment = Segment.objects.create(name="High risk, away for a week", query="level=high&unseen_days=7", owner=owner)
    values = {
        "name": "Welcome back",
        "segment": segment,
        "type": NudgeType.MOTIVATION,
        "channels": ["email", "in-app"],
    }
    write_campaign(campaign=create_campaign(values=values, by=owner))
