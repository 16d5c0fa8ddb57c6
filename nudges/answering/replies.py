"""A learner answers: automation stops at once, and a person hears of it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from learners.models import Learner

from .. import gate
from ..models import AutomationStop, Nudge, Reply
from ..tasks.services import raise_task
from .consent import unsubscribe
from .reading import means_stop
from .stops import stop_automation

QUIET_FOR = timedelta(days=14)  # on every channel, after “I’m fine” or “stop”
LONGEST_TEXT: int = Reply._meta.get_field("text").max_length or 0
SOURCE_OF_STOP = "the learner, by a reply"


def receive_reply(
    *,
    learner: Learner,
    kind: str,
    channel: str,
    text: str = "",
    nudge: Nudge | None = None,
    at: datetime,
    provider_message_id: str = "",
) -> Reply:
    """Keep an answer of a learner and do what follows from it, in one transaction.

    A text that says nothing but "stop" is a stop. `provider_message_id` is the answer's own id on its channel: told
    again under the same id, the answer is the one that we have, and nothing more follows.
    """
    text = text.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST_TEXT]
    if kind == Reply.Kind.TEXT and means_stop(text):
        kind = Reply.Kind.STOP
    with transaction.atomic():
        gate.lock([learner.pk])
        values = {"learner": learner, "nudge": nudge, "kind": kind, "text": text, "at": at}
        if provider_message_id:
            reply, is_new = Reply.objects.get_or_create(
                channel=channel, provider_message_id=provider_message_id, defaults=values
            )
        else:
            reply, is_new = Reply.objects.create(channel=channel, **values), True
        if is_new:
            _follow(reply)
    return reply


def _follow(reply: Reply) -> None:
    now, learner = timezone.now(), reply.learner
    goal = reply.nudge.goal if reply.nudge else ""
    match reply.kind:
        case Reply.Kind.STOP:
            unsubscribe(learner=learner, channel=reply.channel, source=SOURCE_OF_STOP)
            stop_automation(learner=learner, cause=AutomationStop.Cause.REPLY, until=reply.at + QUIET_FOR, now=now)
        case Reply.Kind.FINE:
            stop_automation(learner=learner, cause=AutomationStop.Cause.FINE, until=reply.at + QUIET_FOR, now=now)
        case Reply.Kind.HELP:
            stop_automation(learner=learner, cause=AutomationStop.Cause.HELP, now=now)
            raise_task(learner=learner, cause=AutomationStop.Cause.HELP, goal=goal, now=now)
        case _:
            stop_automation(learner=learner, cause=AutomationStop.Cause.REPLY, now=now)
            raise_task(learner=learner, cause=AutomationStop.Cause.REPLY, goal=goal, now=now)
