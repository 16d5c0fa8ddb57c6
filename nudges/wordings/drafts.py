"""Texts from the language model: one for each situation, asked for at the same time, each with a template behind it."""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from ..models import Prompt, Source
from ..writers import Author, WriterFailed, check_text, openai_writer
from ..writers.answers import Answer
from ..writers.draft import Draft
from ..writers.failures import log_fallback
from ..writers.many_writer import ask_for_many, facts_in, read_for_many
from ..writers.prompts import prompt_in_use
from .keeping import keep_draft, kept_drafts, key_of
from .templates import ARMS
from .text import Text

CALLS_AT_ONCE = 8
ALL_WITHIN_SECONDS = 24.0  # somebody waits; what is not written by then is a template's
EVERYONE = 0  # the situation of a text that names no number


@dataclass(frozen=True)
class Place:
    """One text to be had."""

    channel: str
    language: str
    situation: int
    arm: str


def places_of(*, channels: Iterable[str], situations: dict[str, list[int]], two_messages: bool = False) -> list[Place]:
    """Every text that an audience needs: for each channel and language its situations, and one that fits everyone,
    because who is in which can change until they are written to."""
    arms = ARMS if two_messages else ARMS[:1]
    return [
        Place(channel, language, situation, arm)
        for channel, language in product(channels, situations)
        for situation in sorted({EVERYONE, *situations[language]})
        for arm in arms
    ]


def from_the_model(places: Sequence[Place], *, type: str, fallbacks: Sequence[Text], anew: bool = False) -> list[Text]:  # noqa: A002
    """The model's texts, in the places where they passed, and the templates (`fallbacks`) where they did not.

    Where none of a language's texts passed, its templates are for everyone, and not once for each situation. `anew`
    asks even for what was written lately. Calls out to the network: never call it inside a transaction.
    """
    try:
        openai_writer.require_key()
        prompt = prompt_in_use(Prompt.Purpose.BULK)
    except WriterFailed as failure:
        log_fallback("nudge to many", failure)
        return [replace(text, fallback_reason=failure.code) for text in fallbacks]
    keys = {place: _key(place, prompt, type=type) for place in places}
    kept = {} if anew else kept_drafts(list(keys.values()))
    texts, to_ask = [], []
    for place in places:
        words = kept.get(keys[place])
        if words and not _problem(place, subject=words["subject"], body=words["body"]):
            draft = Draft(
                subject=words["subject"],
                body=words["body"],
                source=Source.AI,
                prompt=prompt,
                prompt_version=prompt.label,
                model=words["model"],
            )
            texts.append(_text(place, draft))
        else:
            to_ask.append(place)
    for place, answer in _ask_at_once(to_ask, prompt=prompt, type=type):
        try:
            draft = _accepted(place, answer, prompt=prompt)
        except WriterFailed as failure:
            log_fallback("nudge to many", failure)
            texts += _stand_in(place, fallbacks, failure, prompt=prompt)
        else:
            keep_draft(keys[place], subject=draft.subject, body=draft.body, model=draft.model)
            texts.append(_text(place, draft))
    return sorted(_tidied(texts, fallbacks), key=lambda text: text.place)


def _key(place: Place, prompt: Prompt, *, type: str) -> str:  # noqa: A002
    return key_of(
        prompt,
        channel=place.channel,
        language=place.language,
        type=type,
        situation=place.situation,
        arm=place.arm,
    )


def _ask_at_once(
    places: Sequence[Place],
    *,
    prompt: Prompt,
    type: str,  # noqa: A002
) -> list[tuple[Place, Answer | WriterFailed]]:
    """What came of each. The threads touch no database."""
    if not places:
        return []
    end = time.monotonic() + ALL_WITHIN_SECONDS

    def ask(place: Place) -> Answer | WriterFailed:
        remaining = end - time.monotonic()
        if remaining <= 0:
            return WriterFailed("timeout", retrying_helps=True)
        try:
            return ask_for_many(
                prompt=prompt,
                channel=place.channel,
                type=type,
                language=place.language,
                situation=place.situation,
                arm=place.arm,
                deadline_seconds=min(openai_writer.DEADLINE_SECONDS, remaining),
            )
        except WriterFailed as failure:
            return failure

    with ThreadPoolExecutor(min(CALLS_AT_ONCE, len(places)), thread_name_prefix="drafts") as threads:
        return list(zip(places, threads.map(ask, places), strict=True))


def _accepted(place: Place, answer: Answer | WriterFailed, *, prompt: Prompt) -> Draft:
    """The draft, if it passes. Raises WriterFailed."""
    if isinstance(answer, WriterFailed):
        raise answer
    draft = read_for_many(answer, prompt=prompt, channel=place.channel)
    problem = _problem(place, subject=draft.subject, body=draft.body)
    if problem:
        raise WriterFailed(f"rejected_{problem}", usage=answer.usage)
    return draft


def _problem(place: Place, *, subject: str, body: str) -> str:
    """The code of the first problem of the model's text; "" when there is none."""
    problems = check_text(
        subject=subject,
        body=body,
        channel=place.channel,
        language=place.language,
        facts=facts_in(place.situation, place.language),
        author=Author.MODEL_FOR_MANY,
    )
    return problems[0].code if problems else ""


def _text(place: Place, draft: Draft) -> Text:
    return Text(
        channel=place.channel,
        language=place.language,
        situation=place.situation,
        arm=place.arm,
        subject=draft.subject,
        body=draft.body,
        source=draft.source,
        prompt_id=draft.prompt.pk if draft.prompt else None,
        prompt_version=draft.prompt_version,
        model=draft.model,
        tokens_in=draft.tokens_in,
        tokens_out=draft.tokens_out,
        cost_usd=str(draft.cost_usd),
    )


def _stand_in(place: Place, fallbacks: Sequence[Text], failure: WriterFailed, *, prompt: Prompt) -> list[Text]:
    """The templates in this place, with the reason; the first has what the attempt cost."""
    rotation = [
        text
        for text in fallbacks
        if (text.channel, text.language, text.arm) == (place.channel, place.language, place.arm)
    ]
    texts = [
        replace(
            text,
            situation=place.situation,
            fallback_reason=failure.code,
            prompt_id=prompt.pk,
            prompt_version=prompt.label,
        )
        for text in rotation
    ]
    usage = failure.usage
    paid_for = [
        replace(
            text,
            model=usage.model,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            cost_usd=str(usage.cost_usd),
        )
        for text in texts[:1]
    ]
    return paid_for + texts[1:]


def _tidied(texts: list[Text], fallbacks: Sequence[Text]) -> list[Text]:
    """Without situations that only repeat what is for everyone, and with the languages that only templates have.

    What was paid for a text that is left out is added to the first of those that stay.
    """
    written = {(text.channel, text.language) for text in texts}
    by_model = {_beside(text) for text in texts if text.source == Source.AI}
    kept: list[Text] = []
    left_out: list[Text] = []
    for text in texts:
        stays = text.situation == EVERYONE or _beside(text) in by_model
        (kept if stays else left_out).append(text)
    for text in left_out:
        at = next(index for index, other in enumerate(kept) if _beside(other) == _beside(text))
        kept[at] = replace(
            kept[at],
            model=kept[at].model or text.model,
            tokens_in=kept[at].tokens_in + text.tokens_in,
            tokens_out=kept[at].tokens_out + text.tokens_out,
            cost_usd=str(Decimal(kept[at].cost_usd) + Decimal(text.cost_usd)),
        )
    return kept + [text for text in fallbacks if (text.channel, text.language) not in written]


def _beside(text: Text | Place) -> tuple[str, str, str]:
    return text.channel, text.language, text.arm
