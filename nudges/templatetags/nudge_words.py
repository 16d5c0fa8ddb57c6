"""Words and shapes for what a nudge's fields hold as codes."""

from django import template

from learners.channels import Channel

from .. import reasons
from ..states import State
from ..writers import fallback_sentence

register = template.Library()

CHANNEL_ICONS = {
    Channel.IN_APP: "bell",
    Channel.EMAIL: "envelope",
    Channel.WHATSAPP: "chat-bubble-left-right",
    Channel.SMS: "device-phone-mobile",
}
STATE_ICONS = {
    State.DRAFT: "pencil-square",
    State.QUEUED: "clock",
    State.SENDING: "paper-airplane",
    State.SENT: "check",
    State.DELIVERED: "check-circle",
    State.SUPPRESSED: "no-symbol",
    State.FAILED: "exclamation-triangle",
    State.CANCELLED: "x-mark",
}
BATCH_ICONS = {
    "draft": "pencil-square",
    "scheduled": "clock",
    "running": "paper-airplane",
    "paused": "pause",
    "done": "check-circle",
    "cancelled": "x-mark",
}


@register.filter
def batch_icon(status: str) -> str:
    return BATCH_ICONS[status]


@register.filter
def channel_icon(channel: str) -> str:
    return CHANNEL_ICONS[Channel(channel)]


@register.filter
def channel_label(channel: str) -> str:
    return str(Channel(channel).label)


@register.filter
def state_icon(state: str) -> str:
    return STATE_ICONS[State(state)]


@register.filter
def reason_sentence(code: str) -> str:
    return str(reasons.sentence_of(code))


register.filter("fallback_sentence", fallback_sentence)
