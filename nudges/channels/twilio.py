"""SMS by Twilio. https://www.twilio.com/docs/messaging/api/message-resource"""

from base64 import b64encode
from urllib.parse import urlencode

from .base import ChannelError, Message, Receipt
from .conversation import TOTAL_SECONDS, Answer, post
from .http import storable_id
from .statuses import failure_of
from .twilio_errors import RETRYING_HELPS, code_of

PROVIDER = "twilio"
MESSAGING_SERVICE = "MG"  # how the id of one begins; anything else that sends is a number or a name


class TwilioTransport:
    provider = PROVIDER
    recognises_id = False

    def __init__(
        self,
        *,
        url: str,
        account_sid: str,
        auth_token: str,
        sender: str,
        callback_url: str,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self.url = f"{url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Messages.json"
        self.authorization = "Basic " + b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self.sender = sender
        self.callback_url = callback_url
        self.total_seconds = total_seconds

    def send(self, message: Message) -> Receipt:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": self.authorization}
        answer = post(self.url, headers=headers, content=self._form(message), total_seconds=self.total_seconds)
        if failure := _failure_in(answer):
            raise failure
        return Receipt(provider_message_id=storable_id(answer.read().get("sid")))

    def _form(self, message: Message) -> bytes:
        by = "MessagingServiceSid" if self.sender.startswith(MESSAGING_SERVICE) else "From"
        # The report names our message too: it tells of one whose answer was lost.
        callback = f"{self.callback_url}?{urlencode({'nudge': message.id})}"
        return urlencode({"To": message.to, by: self.sender, "Body": message.text, "StatusCallback": callback}).encode()


def _failure_in(answer: Answer) -> ChannelError | None:
    by_status = failure_of(answer.status, retry_after=answer.retry_after)
    if by_status is None or by_status.may_have_arrived:
        return by_status
    number = answer.read().get("code")
    code = code_of(number) if isinstance(number, int) else ""
    if not code:
        return by_status
    return ChannelError(code, retrying_helps=code in RETRYING_HELPS, retry_after=answer.retry_after)
