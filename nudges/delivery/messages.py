"""The exact text that leaves, made from the learner's facts of this moment, and all else that a channel is handed."""

from dataclasses import dataclass, replace

from learners.channels import Channel, address_on

from .. import links
from ..channels.base import ApprovedTemplate, Message
from ..facts import FactSheet, render
from ..models import AUTOMATIC, FallbackTemplate, Nudge
from ..placeholders import FactMissing, names_in
from ..writers.draft_rules import LONGEST_BODY


class TooLong(Exception):  # noqa: N818 (reads as what happened)
    """With the learner's facts filled in, the text is longer than its channel takes."""


@dataclass(frozen=True)
class Ready:
    """What is stored as sent, and what leaves: they differ only in the link."""

    subject: str
    content: str
    message: Message


def written(nudge: Nudge) -> tuple[str, str]:
    """Subject and body with their placeholders: its own, or those that it shares with others of its batch."""
    if nudge.body or nudge.wording is None:
        return nudge.subject, nudge.body
    return nudge.wording.subject, nudge.wording.body


def ready(nudge: Nudge, facts: FactSheet) -> Ready:
    """For a nudge with its learner and owner, wording and template. Raises FactMissing, and TooLong.

    The link that leaves is signed, and leads to the one that `content` shows; where it would make the text too long,
    and inside the product, the plain one leaves.
    """
    channel = Channel(nudge.channel)
    subject, body = written(nudge)
    if not body:
        raise FactMissing("text")
    subject, content = render(subject, facts), render(body, facts)
    if len(content) > LONGEST_BODY[channel]:
        raise TooLong
    signed = replace(facts, link=links.url_of(nudge.uuid, "go"))
    if channel == Channel.IN_APP or len(render(body, signed)) > LONGEST_BODY[channel]:
        signed = facts
    learner, owner = nudge.learner, nudge.learner.owner
    message = Message(
        id=str(nudge.uuid),
        to=address_on(channel, email=learner.email, phone=learner.phone),
        text=render(body, signed),
        subject=subject,
        sender_name=owner.get_full_name() if owner else "",
        reply_to=owner.email if owner else "",
        language=nudge.language,
        link=signed.link if "link" in names_in(body) else "",
        answer_url=links.url_of(nudge.uuid, "answer"),
        unsubscribe_url=links.url_of(nudge.uuid, "stop"),
        seen_url=links.url_of(nudge.uuid, "seen"),
        is_automatic=nudge.origin in AUTOMATIC,
        template=_approved(nudge, signed),
    )
    return Ready(subject, content, message)


def approved_template_of(nudge: Nudge) -> FallbackTemplate | None:
    """The template whose text this is, word for word, if WhatsApp approved it."""
    template = nudge.template
    if template is None or not template.provider_template or nudge.channel != Channel.WHATSAPP:
        return None
    return template if written(nudge)[1] == template.body else None


def _approved(nudge: Nudge, facts: FactSheet) -> ApprovedTemplate | None:
    """Its variables are numbered in the order in which the text first names them."""
    template = approved_template_of(nudge)
    if template is None:
        return None
    variables = tuple(facts.values[name] or "" for name in names_in(template.body))
    return ApprovedTemplate(template.provider_template, template.language, variables)
