"""The email services that django-anymail speaks with: which of its settings each of them needs."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

REQUEST_SECONDS = (3, 9)  # to connect, and for each wait after it; the whole is bounded where letters are sent


@dataclass(frozen=True)
class Service:
    """Names of anymail's settings, without the service's own. `signs_with`: of the key that proves its reports."""

    key: str = "API_KEY"
    secret: str = ""
    domain: str = ""
    needs_url: bool = False
    signs_with: str = ""  # none: its reports are proved by a name and a password in their address
    reports: str = ""  # of anymail's view; none: it sends no reports
    hands_back: bool = True  # the id that we give a letter


SERVICES = {
    "brevo": Service(reports="brevo.BrevoTrackingWebhookView"),
    "mailersend": Service(
        key="API_TOKEN",
        signs_with="SIGNING_SECRET",
        reports="mailersend.MailerSendTrackingWebhookView",
        hands_back=False,
    ),
    "mailgun": Service(
        domain="SENDER_DOMAIN", signs_with="WEBHOOK_SIGNING_KEY", reports="mailgun.MailgunTrackingWebhookView"
    ),
    "mailjet": Service(secret="SECRET_KEY", reports="mailjet.MailjetTrackingWebhookView"),  # noqa: S106 (a name)
    "mailtrap": Service(key="API_TOKEN", signs_with="TRACKING_SECRET", reports="mailtrap.MailtrapTrackingWebhookView"),
    "mandrill": Service(signs_with="WEBHOOK_KEY", reports="mandrill.MandrillCombinedWebhookView"),
    "postal": Service(
        needs_url=True, signs_with="WEBHOOK_KEY", reports="postal.PostalTrackingWebhookView", hands_back=False
    ),
    "postmark": Service(key="SERVER_TOKEN", reports="postmark.PostmarkTrackingWebhookView"),
    "resend": Service(reports="resend.ResendTrackingWebhookView"),
    "scaleway": Service(key="SECRET_KEY", secret="PROJECT_ID"),  # noqa: S106 (a name)
    "sendgrid": Service(reports="sendgrid.SendGridTrackingWebhookView"),
    "sparkpost": Service(reports="sparkpost.SparkPostTrackingWebhookView"),
    "unisender_go": Service(needs_url=True, reports="unisender_go.UnisenderGoTrackingWebhookView"),
}


@dataclass(frozen=True)
class Chosen:
    """`anymail` is the setting of that name. `reports` is the view that reads the service's reports; "" as long as
    nothing could prove them."""

    anymail: dict[str, Any]
    reports: str
    hands_back: bool


def choose(name: str, *, key: str, secret: str, domain: str, url: str, webhook_key: str, webhook_login: str) -> Chosen:
    """The settings of one service; with no name, of none. Raises ImproperlyConfigured."""
    if not name:
        return Chosen({}, "", hands_back=False)
    service = SERVICES.get(name)
    if service is None:
        raise ImproperlyConfigured(f"EMAIL_ESP is {name!r}. Set it to one of: {', '.join(SERVICES)}.")
    needed = {"EMAIL_ESP_KEY": key}
    needed |= {"EMAIL_ESP_SECRET": secret} if service.secret else {}
    needed |= {"EMAIL_ESP_URL": url} if service.needs_url else {}
    if missing := [variable for variable, value in needed.items() if not value]:
        raise ImproperlyConfigured(f"EMAIL_ESP is {name}, which needs {' and '.join(missing)}.")
    if webhook_key and not service.signs_with:
        raise ImproperlyConfigured(f"{name} signs no reports: set EMAIL_WEBHOOK_LOGIN, and unset EMAIL_WEBHOOK_KEY.")
    if webhook_login and not all(webhook_login.partition(":")):
        raise ImproperlyConfigured("EMAIL_WEBHOOK_LOGIN is not like name:password.")
    own = {service.key: key, service.secret: secret, service.domain: domain, "API_URL": url}
    own[service.signs_with] = webhook_key
    anymail: dict[str, Any] = {
        f"{name.upper()}_{setting}": value for setting, value in own.items() if setting and value
    }
    anymail["REQUESTS_TIMEOUT"] = REQUEST_SECONDS
    if webhook_login:
        anymail["WEBHOOK_SECRET"] = webhook_login
    # A service that can sign must: a password alone stands in every log of addresses.
    is_proved = bool(webhook_key if service.signs_with else webhook_login) or name == "unisender_go"
    reports = f"anymail.webhooks.{service.reports}" if service.reports and is_proved else ""
    return Chosen(anymail, reports, service.hands_back)
