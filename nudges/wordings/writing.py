"""Write the texts for an audience: once for each situation that its learners are in, however many they are."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils import timezone

from learners.querysets import LearnerQuerySet

from ..audience import Audience
from ..models import NudgeBatch, Source
from .audiences import Situations, situations_of
from .cost import Estimate, estimate
from .drafts import from_the_model, places_of
from .templates import ARMS, from_templates
from .text import Text, store_texts, texts_of


def write_texts(
    learners: LearnerQuerySet,
    *,
    channels: Sequence[str],
    type: str,  # noqa: A002
    language: str = "",
    source: str = Source.AI,
    two_messages: bool = False,
    has_task: bool = False,
    after: Collection[int] = (),
    anew: bool = False,
    now: datetime | None = None,
) -> list[Text]:
    """In `language`, or with "" in each language that the learners speak; from the model, or where that fails or is not
    wanted from templates.

    `two_messages` writes an a and a b in each place. `has_task` says that each learner has a lesson or a session to be
    reminded of. `after` and `anew` ask for other texts than before: see from_templates and from_the_model.

    Raises WriterFailed when there is nothing to send. Calls out to the network: never call it inside a transaction.
    """
    situations = situations_of(learners, now=now or timezone.now())
    languages = [language] if language else situations.languages
    templates = from_templates(
        channels=channels,
        languages=languages,
        type=type,
        two_messages=two_messages,
        has_task=has_task,
        after=after,
    )
    if source != Source.AI:
        return templates
    places = places_of(channels=channels, situations=situations.of(languages), two_messages=two_messages)
    return from_the_model(places, type=type, fallbacks=templates, anew=anew)


def rewrite_wordings(batch: NudgeBatch) -> list[Text]:
    """Other texts in place of a draft's: the model is asked again, and templates take their next turn.

    Raises WriterFailed, and AudienceInvalid, and then the draft has the texts that it had. Calls out to the network.
    """
    written = texts_of(batch)
    texts = write_texts(
        Audience.from_json(batch.audience).learners(batch.created_by),
        channels=batch.channels or [batch.channel],
        type=batch.type,
        language="" if batch.own_language else next((text.language for text in written), ""),
        two_messages=any(text.arm != ARMS[0] for text in written),
        after=[text.template_id for text in written if text.template_id and text.turn == 0 and text.arm == ARMS[0]],
        anew=True,
    )
    store_texts(batch, texts)
    return texts


def estimate_for(
    learners: LearnerQuerySet,
    *,
    channels: Sequence[str],
    language: str = "",
    two_messages: bool = False,
    now: datetime | None = None,
) -> Estimate:
    """What the model's texts for this audience would cost at most, in one query."""
    situations: Situations = situations_of(learners, now=now or timezone.now())
    languages = [language] if language else situations.languages
    places = places_of(channels=channels, situations=situations.of(languages), two_messages=two_messages)
    return estimate([place.language for place in places])
