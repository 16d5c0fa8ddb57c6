"""The words of reminders: the templates that staff keep, all that there are, by turns."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings

from ..models import NudgeType
from ..wordings import Text
from ..wordings.templates import from_templates
from ..writers import WriterFailed


def texts_of_reminders(channels: Iterable[str]) -> list[Text]:
    """For each of these channels that has templates, in every language that has them; those that name the task, its
    deadline and its minutes come first. Raises WriterFailed("no_template") when no channel has any."""
    texts: list[Text] = []
    for channel in channels:
        try:
            texts += _those_that_say_most_first(
                from_templates(
                    channels=[channel], languages=list(dict(settings.LANGUAGES)), type=NudgeType.REMINDER, has_task=True
                )
            )
        except WriterFailed as failure:
            missing = failure
    if not texts:
        raise missing
    return texts


def _those_that_say_most_first(texts: list[Text]) -> list[Text]:
    """Each learner gets the first that they have the facts for: with the minutes, where they are known."""
    ordered = sorted(texts, key=lambda text: (-text.needs.bit_count(), text.turn))
    turns: Counter[str] = Counter()
    found = []
    for text in ordered:
        found.append(replace(text, turn=turns[text.language]))
        turns[text.language] += 1
    return found
