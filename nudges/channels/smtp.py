"""Letters over SMTP: connections that are kept between letters, a bound on each letter's time, and an exact answer to
"may it have arrived?", which is yes only from the moment its last line is out (RFC 5321, 4.2.5).

Django's own backend says QUIT after each letter. A server that took the letter and then hangs would look like one that
was never reached, and the letter would be sent twice.
"""

import atexit
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from .base import ChannelError
from .conversation import CONNECT_SECONDS, TOTAL_SECONDS
from .lookup import look_up

IDLE_SECONDS = 5.0  # a connection that rested longer may be one that the server is just closing
LAST_LINE = b"\r\n.\r\n"
# Enhanced status codes (RFC 3463) of an address to which nothing will ever arrive.
DEAD_ADDRESS = (b"5.1.1 ", b"5.1.2 ", b"5.1.3 ", b"5.1.6 ", b"5.1.10 ", b"5.2.1 ")


def send(email: EmailMessage, *, total_seconds: float = TOTAL_SECONDS) -> None:
    """Hand one letter over. Raises ChannelError; ValueError for an address or header that none can hold."""
    sender, recipients, text = _envelope(email)
    line = _idle_line() or _Line()
    with _cut_after(total_seconds, lambda: line.cut()):
        try:
            try:
                line.carry(sender, recipients, text)
            except (smtplib.SMTPSenderRefused, smtplib.SMTPServerDisconnected, OSError) as error:
                if not line.has_carried or line.letter_is_out or line.is_cut or not _is_goodbye(error):
                    raise
                line.hang_up()  # the server had closed the connection that we kept: nothing of this letter was said
                line = _Line()
                line.carry(sender, recipients, text)
        except (smtplib.SMTPException, OSError) as error:
            failure = _failure(error, line)
            line.hang_up()
            raise failure from error
    _keep(line)


class _Conversation(smtplib.SMTP):
    """`letter_is_out` once the last line of the latest letter is."""

    letter_is_out = False

    def send(self, s: Any) -> None:
        super().send(s)
        if isinstance(s, bytes) and s.endswith(LAST_LINE):  # commands are text
            self.letter_is_out = True

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        refusal: OSError = OSError(f"{host} has no address.")
        for address in look_up(host, port, seconds=CONNECT_SECONDS):
            try:
                connected = socket.create_connection((address, port), CONNECT_SECONDS)
            except OSError as error:
                refusal = error
            else:
                connected.settimeout(timeout)
                return connected
        raise refusal


class _SecretConversation(smtplib.SMTP_SSL, _Conversation):
    """Encrypted from the first byte: SMTP_SSL wraps the socket that ours connects."""


class _Line(EmailBackend):
    """One connection to the mail server that the settings name."""

    def __init__(self) -> None:
        super().__init__()
        self.has_carried = False
        self.is_cut = False
        self.rests_since = 0.0
        self.address = _address()
        self._conversation: _Conversation | None = None

    @property
    def connection_class(self) -> Callable[..., _Conversation]:  # type: ignore[override]
        kind = _SecretConversation if self.use_ssl else _Conversation

        def connect(host: str, port: int, **how: Any) -> _Conversation:
            self._conversation = conversation = kind.__new__(kind)  # known before it speaks, so that it can be cut
            conversation.__init__(host, port, **how)  # type: ignore[misc]
            return conversation

        return connect

    @property
    def letter_is_out(self) -> bool:
        return self._conversation is not None and self._conversation.letter_is_out

    def carry(self, sender: str, recipients: list[str], text: bytes) -> None:
        self.open()
        assert self._conversation is not None  # noqa: S101 (open raises otherwise)
        self._conversation.letter_is_out = False
        self._conversation.sendmail(sender, recipients, text)
        self.has_carried = True

    def cut(self) -> None:
        """End whatever another thread waits for on this line."""
        self.is_cut = True
        connected = getattr(self._conversation, "sock", None)
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Without waiting for an answer to the QUIT: whatever was to be said has been said."""
        if self._conversation is not None and getattr(self._conversation, "sock", None) is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._conversation.putcmd("quit")
            self._conversation.close()
        self.connection = self._partial_connection = self._conversation = None


def _envelope(email: EmailMessage) -> tuple[str, list[str], bytes]:
    encoding = email.encoding or settings.DEFAULT_CHARSET
    recipients = [sanitize_address(address, encoding) for address in email.recipients()]
    if not recipients:
        raise ValueError("The letter is to nobody.")
    sender = sanitize_address(email.from_email, encoding)
    return sender, recipients, email.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own


def _is_goodbye(error: Exception) -> bool:
    return not isinstance(error, smtplib.SMTPSenderRefused) or error.smtp_code == 421


def _failure(error: Exception, line: _Line) -> ChannelError:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return ChannelError("provider_setup", retrying_helps=True)
    code, text = _answer_in(error)
    if 400 <= code < 600 and not line.is_cut:  # half a line, cut off, is no answer
        if isinstance(error, (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)):
            return _refusal(code, text)
        # before any letter: greeting, login, sender
        return ChannelError("provider_busy" if code < 500 else "provider_setup", retrying_helps=True)
    if line.letter_is_out:
        lost = "provider_timeout" if line.is_cut else "provider_unclear"
        return ChannelError(lost, retrying_helps=True, may_have_arrived=True)
    return ChannelError("provider_unreachable", retrying_helps=True)


def _answer_in(error: Exception) -> tuple[int, bytes | str]:
    """The server's code and text; 0 when there is none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, error.smtp_error
    return 0, ""


def _refusal(code: int, text: bytes | str) -> ChannelError:
    """Of this letter, by the server that was to take it."""
    if 400 <= code < 500:
        return ChannelError("provider_busy", retrying_helps=True)
    said = text.encode(errors="replace") if isinstance(text, str) else text
    return ChannelError("bad_address" if said.startswith(DEAD_ADDRESS) else "refused", retrying_helps=False)


@contextmanager
def _cut_after(seconds: float, cut: Callable[[], None]) -> Iterator[None]:
    """The socket's own time-out bounds each wait for a byte; this bounds their sum."""
    watch = threading.Timer(seconds, cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


_resting: list[_Line] = []
_resting_lock = threading.Lock()


def _address() -> tuple[Any, ...]:
    return (
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        settings.EMAIL_HOST_USER,
        settings.EMAIL_USE_TLS,
        settings.EMAIL_USE_SSL,
    )


def _idle_line() -> _Line | None:
    """A line that rested so shortly that it is likely to stand; those that rested longer are hung up."""
    oldest = time.monotonic() - IDLE_SECONDS
    address = _address()
    with _resting_lock:
        late = [line for line in _resting if line.rests_since < oldest or line.address != address]
        _resting[:] = [line for line in _resting if line not in late]
        found = _resting.pop() if _resting else None
    for line in late:
        line.hang_up()
    return found


def _keep(line: _Line) -> None:
    if line.is_cut:
        line.hang_up()
        return
    line.rests_since = time.monotonic()
    with _resting_lock:
        _resting.append(line)


@atexit.register
def close_connections() -> None:
    """Of this process; the next letter opens a new one."""
    with _resting_lock:
        lines = _resting[:]
        _resting.clear()
    for line in lines:
        line.hang_up()
