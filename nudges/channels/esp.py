"""Letters by an email service's own API, as django-anymail speaks it: what it raises, in our words."""

from collections.abc import Iterator

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
from django.core.mail import EmailMessage
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from ..bounded import within
from .base import ChannelError
from .conversation import TOTAL_SECONDS
from .statuses import failure_of

# What requests and urllib3 say before a byte of the message has gone out.
BEFORE_IT_WENT = (requests.ConnectTimeout, ConnectTimeoutError, NewConnectionError)


def send(email: EmailMessage, *, total_seconds: float = TOTAL_SECONDS) -> str:
    """The service's id of the letter. Raises ChannelError; ValueError for an address or header that none can hold."""
    if not email.recipients():
        raise ValueError("The letter is to nobody.")
    email.message()  # raises ValueError
    try:
        within(total_seconds, email.send)
    except (AnymailRecipientsRefused, AnymailInvalidAddress) as error:
        raise ChannelError("bad_address", retrying_helps=False) from error
    except AnymailAPIError as error:
        raise _failure(error) from error
    except AnymailError as error:  # what the service can't do at all, or a sender that it does not take
        raise ChannelError("provider_setup", retrying_helps=True) from error
    except TimeoutError as error:
        raise ChannelError("provider_timeout", retrying_helps=True, may_have_arrived=True) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # anymail, over odd JSON
        raise ChannelError("provider_unclear", retrying_helps=False, may_have_arrived=True) from error
    status = email.anymail_status  # type: ignore[attr-defined]
    their_id = status.message_id
    if isinstance(their_id, set):  # one for each recipient, where they differ: we write to one
        their_id = next(iter(their_id))
    if not their_id:
        raise ChannelError("provider_unclear", retrying_helps=False, may_have_arrived=True)
    return str(their_id)[:200]


def _failure(error: AnymailAPIError) -> ChannelError:
    if error.status_code is not None:
        retry_after = error.response.headers.get("Retry-After", "") if error.response is not None else ""
        seconds = float(retry_after) if retry_after.isdigit() else None
        failure = failure_of(error.status_code, retry_after=seconds)
        # It said yes, and then nothing that could be read.
        return failure or ChannelError("provider_unclear", retrying_helps=False, may_have_arrived=True)
    if any(isinstance(cause, BEFORE_IT_WENT) for cause in _causes(error)):
        return ChannelError("provider_unreachable", retrying_helps=True)
    code = "provider_timeout" if isinstance(error, requests.Timeout) else "provider_unclear"
    return ChannelError(code, retrying_helps=True, may_have_arrived=True)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and whatever it was made of: urllib3 hands its own over as an argument, and as `reason`."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
