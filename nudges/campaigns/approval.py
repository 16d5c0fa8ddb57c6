"""Who has seen what a campaign says. A text that was never approved goes to nobody by itself.

Approved is what stands in the texts, word for word: what a template or the model would say differently next time, or
what somebody edits, is another text.
"""

from collections.abc import Iterable, Set

from ..models import Campaign, NudgeBatch, Wording
from ..wordings import Text, digest_of

Said = tuple[str, str, str, str]  # channel, language, subject, body


def texts_of_campaign(campaign: Campaign) -> list[Text]:
    return [Text.from_json(stored) for stored in campaign.texts]


def said_by(text: Text) -> Said:
    return text.channel, text.language, text.subject, text.body


def is_approved(campaign: Campaign, *, known: Set[Said] | None = None) -> bool:
    """It has texts, and each was approved: with this campaign, or before."""
    texts = texts_of_campaign(campaign)
    return bool(texts) and not unapproved_among(texts, of=campaign, known=known)


def unapproved_among(
    texts: Iterable[Text], *, of: Campaign | None = None, known: Set[Said] | None = None
) -> list[Text]:
    """Those that nobody approved. In two queries, or none when the campaign's own approval covers them all.

    Who asks about many campaigns gives `known`, of known_among(all their texts).
    """
    texts = list(texts)
    if not texts or (of is not None and of.approved_digest == digest_of(texts)):
        return []
    known = known_among(texts) if known is None else known
    return [text for text in texts if said_by(text) not in known]


def known_among(texts: Iterable[Text]) -> set[Said]:
    """All that was approved of what these say, and more."""
    return _approved_before() | _sent_by_campaigns(texts)


def _approved_before() -> set[Said]:
    """What campaigns say whose texts are as they were approved."""
    return {
        said_by(text)
        for campaign in Campaign.objects.exclude(approved_digest="").only("texts", "approved_digest")
        if digest_of(texts := texts_of_campaign(campaign)) == campaign.approved_digest
        for text in texts
    }


def _sent_by_campaigns(texts: Iterable[Text]) -> set[Said]:
    """What campaigns once sent was approved then, whatever they say by now."""
    planned = [NudgeBatch.Status.RUNNING, NudgeBatch.Status.PAUSED, NudgeBatch.Status.DONE]
    rows = Wording.objects.filter(
        batch__campaign__isnull=False, batch__status__in=planned, body__in={text.body for text in texts}
    )
    return set(rows.order_by().values_list("channel", "language", "subject", "body").distinct())
