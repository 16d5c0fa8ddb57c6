"""What a provider's HTTP status says of the message, where its body says nothing better. See docs/decisions.md."""

from .base import ChannelError

NOT_TAKEN = frozenset({408, 425, 429, 500, 503})  # said by the one who would have taken it
SHUT = frozenset({401, 403})


def failure_of(status: int, *, retry_after: float | None = None) -> ChannelError | None:
    """None for 2xx: taken."""
    if 200 <= status < 300:
        return None
    if status in NOT_TAKEN:
        return ChannelError("provider_busy", retrying_helps=True, retry_after=retry_after)
    if status in SHUT:
        return ChannelError("provider_setup", retrying_helps=True, retry_after=retry_after)
    if status >= 500:  # said by somebody in between, who does not know what became of what was passed on
        return ChannelError("provider_unclear", retrying_helps=True, may_have_arrived=True, retry_after=retry_after)
    return ChannelError("refused", retrying_helps=False)
