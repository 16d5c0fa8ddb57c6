"""What a learner is shown of one message: the text as it came, who signs, why it came and from which data."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from learners.channels import Channel

from ..facts import facts_for
from ..links import token_of, uuid_of
from ..models import Nudge, Reply
from ..placeholders import names_in
from ..states import State
from .why import data_used, why

IN_A_LEARNERS_HANDS = (State.SENDING, State.SENT, State.DELIVERED, State.FAILED)  # or may be


@dataclass(frozen=True)
class MessagePage:
    nudge: Nudge
    sender: str
    reasons: list[str]
    data: list[str]
    answers: list[Reply]

    @property
    def token(self) -> str:
        return token_of(self.nudge.uuid)

    @property
    def channel(self) -> str:
        return str(Channel(self.nudge.channel).label)

    @property
    def answer_id(self) -> UUID:
        """Of one showing of the form: the same answer posted twice is one."""
        return uuid4()


def message_behind(token: str) -> Nudge | None:
    """The message that this token is about; None for a token that we did not write, or a message that never left."""
    nudge_uuid = uuid_of(token)
    if nudge_uuid is None:
        return None
    people = ("learner__program", "learner__owner", "wording")
    return Nudge.objects.select_related(*people).filter(uuid=nudge_uuid, state__in=IN_A_LEARNERS_HANDS).first()


def page_of(nudge: Nudge) -> MessagePage:
    facts = facts_for(nudge.learner, timezone.now(), recent_templates=())
    text = nudge.body or (nudge.wording.body if nudge.wording else "")
    known = [name for name, value in facts.numbers.items() if value is not None]
    return MessagePage(
        nudge=nudge,
        sender=facts.coordinator,
        reasons=why(origin=nudge.origin, type=nudge.type, sender=facts.coordinator),
        data=data_used(names=names_in(text), known=known),
        answers=list(nudge.replies.order_by("at", "id")[:20]),
    )


def destination_of(nudge: Nudge) -> str:
    """Where the learner continues: the task's or the course's address, never one that a link carries. "" for none."""
    link = facts_for(nudge.learner, timezone.now(), goal=nudge.goal, recent_templates=()).link
    return "" if link == settings.SITE_URL else link  # there is nothing for learners at the site's own start
