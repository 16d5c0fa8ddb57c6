"""Hands queued nudges over to their channels: at most once each, whatever crashes when.

The outbox is the table of nudges. `waiting` says what is due, `claiming` takes it (`deciding` asks the gate and whether
it is still true, `truth`; `messages` makes the text), `sending` calls the channel, `outcomes` writes what came of it,
`retrying` says when to try again, `pacing` how fast a channel may send, and `running` makes a round of it.

What was cut off between the call and its outcome is `stuck`: it may have arrived, so it is never sent again blindly.
"""

from .running import deliver, deliver_due

__all__ = ["deliver", "deliver_due"]
