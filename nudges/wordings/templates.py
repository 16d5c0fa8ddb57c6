"""Texts from the templates that staff keep: all that fit, in rotation, so that nobody reads the same one twice soon."""

from collections.abc import Collection, Iterable, Sequence

from django.conf import settings

from ..models import FallbackTemplate, Source
from ..situations import DEADLINE, MINUTES, TASK, needs
from ..writers import WriterFailed
from .text import Text

ARMS = ("a", "b")
OF_A_TASK = TASK | DEADLINE | MINUTES


def from_templates(
    *,
    channels: Iterable[str],
    languages: Sequence[str],
    type: str,  # noqa: A002
    two_messages: bool = False,
    has_task: bool = False,
    after: Collection[int] = (),
) -> list[Text]:
    """For each channel and language all active templates of the type, for everyone (situation 0), by turns.

    With `two_messages` every other template is the b of an A/B comparison. Templates that name a task are for audiences
    that have one. `after` names templates (primary keys) that came first so far: a rotation begins with the one that
    follows. A language without templates is left out: its
    learners read the site's language, which is added where it is needed. Raises WriterFailed("no_template") when a
    channel has none at all, and WriterFailed("one_template") when there are no two to compare.
    """
    channels = list(channels)
    active = FallbackTemplate.objects.filter(is_active=True, type=type, channel__in=channels).order_by("slug")
    rotations: dict[tuple[str, str], list[FallbackTemplate]] = {}
    for template in active:
        if has_task or not needs(template.subject, template.body) & OF_A_TASK:
            rotations.setdefault((template.channel, template.language), []).append(template)
    texts = []
    for channel in channels:
        wanted = [language for language in languages if (channel, language) in rotations]
        if len(wanted) < len(languages) and settings.LANGUAGE_CODE not in wanted:
            wanted.append(settings.LANGUAGE_CODE)
        written = [
            text
            for language in wanted
            for text in _rotation(rotations.get((channel, language), []), two_messages=two_messages, after=after)
        ]
        if not written:
            raise WriterFailed("no_template")
        texts += written
    return texts


def _rotation(templates: list[FallbackTemplate], *, two_messages: bool, after: Collection[int]) -> list[Text]:
    """Those that name the task come first, where there is one, and those that need the fewest facts: a learner gets the
    first that they did not get lately, or nothing where its facts are not known."""

    def turn_of(template: FallbackTemplate) -> tuple[bool, int, str]:
        bits = needs(template.subject, template.body)
        return not bits & TASK, bits.bit_count(), template.slug

    ordered = sorted(templates, key=turn_of)
    begin = next((turn for turn, template in enumerate(ordered, start=1) if template.pk in after), 0)
    ordered = ordered[begin:] + ordered[:begin]
    if not two_messages:
        return [_text(template, arm="a", turn=turn) for turn, template in enumerate(ordered)]
    if len(ordered) == 1:
        raise WriterFailed("one_template")
    return [
        _text(template, arm=arm, turn=turn)
        for start, arm in enumerate(ARMS)
        for turn, template in enumerate(ordered[start::2])
    ]


def _text(template: FallbackTemplate, *, arm: str, turn: int) -> Text:
    return Text(
        channel=template.channel,
        language=template.language,
        arm=arm,
        turn=turn,
        subject=template.subject,
        body=template.body,
        source=Source.TEMPLATE,
        template_id=template.pk,
        template_version=template.version,
    )
