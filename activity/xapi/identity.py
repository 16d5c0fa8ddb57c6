"""Who an agent or group is, whatever else is said of it."""

from typing import Any


def identifier_of(actor: dict[str, Any]) -> str | None:
    """Its inverse functional identifier in one canonical text, equal for equal identities; None for an anonymous group.

    "mbox:ada@example.org", "sha1:…", "openid:…" or "account:<name>|<home page>". Addresses and hashes are lower-cased.
    """
    if "mbox" in actor:
        return "mbox:" + actor["mbox"].removeprefix("mailto:").lower()
    if "account" in actor:
        account = actor["account"]
        return f"account:{account['name']}|{account['homePage']}"
    if "mbox_sha1sum" in actor:
        return "sha1:" + actor["mbox_sha1sum"].lower()
    if "openid" in actor:
        return "openid:" + actor["openid"]
    return None
