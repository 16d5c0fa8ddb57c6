"""Calls as providers make them, signed as they sign."""

import hmac
import json
from base64 import b64encode
from hashlib import sha1, sha256

SECRET = "an-app-secret"
TOKEN = "an-auth-token"
SITE = "https://engage.example.org"


def use_whatsapp(settings):
    settings.WHATSAPP_CLOUD_TOKEN, settings.WHATSAPP_CLOUD_PHONE_NUMBER_ID = "token", "555"
    settings.WHATSAPP_CLOUD_APP_SECRET, settings.WHATSAPP_CLOUD_VERIFY_TOKEN = SECRET, "our-word"


def use_twilio(settings):
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_FROM = "AC1", TOKEN, "+1500"
    settings.SITE_URL = SITE


def call_whatsapp(client, told, *, secret=SECRET, body=None):
    body = json.dumps(told).encode() if body is None else body
    signature = "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()
    headers = {"X-Hub-Signature-256": signature}
    return client.post("/hooks/whatsapp/", body, content_type="application/json", headers=headers)


def whatsapp(*, statuses=(), messages=(), number="555"):
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001", "phone_number_id": number},
        "statuses": list(statuses),
        "messages": list(messages),
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


def status(said, *, their_id="wamid.1", **more):
    return {"id": their_id, "status": said, "timestamp": "1760000000", "recipient_id": "8801712345678", **more}


def call_twilio(client, path, form, *, token=TOKEN, url=None):
    signed = (url or f"{SITE}{path}") + "".join(name + form[name] for name in sorted(form))
    signature = b64encode(hmac.new(token.encode(), signed.encode(), sha1).digest()).decode()
    return client.post(path, form, headers={"X-Twilio-Signature": signature})
