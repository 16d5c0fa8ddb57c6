"""Writes from the rows that staff keep: always at hand, and the fallback when the language model is not."""

from django.conf import settings

from ..facts import FactSheet, render
from ..models import FallbackTemplate, Source
from ..placeholders import FactMissing
from .draft import Draft
from .failures import WriterFailed


def write_from_template(*, facts: FactSheet, channel: str, type: str, language: str, reason: str = "") -> Draft:  # noqa: A002
    """The template in use that this learner has not had for longest, in `language`, or else in English.

    Templates that name a fact which is not known are passed over. Raises WriterFailed("no_template").
    """
    in_use = FallbackTemplate.objects.filter(is_active=True, channel=channel, type=type)
    for spoken in dict.fromkeys([language, settings.LANGUAGE_CODE]):
        fitting = [template for template in in_use.filter(language=spoken) if _can_render(template, facts)]
        if fitting:
            template = min(fitting, key=lambda template: _turn(template, facts))
            return Draft(
                subject=template.subject,
                body=template.body,
                source=Source.TEMPLATE,
                fallback_reason=reason,
                template=template,
                template_version=template.version,
            )
    raise WriterFailed("no_template")


def _can_render(template: FallbackTemplate, facts: FactSheet) -> bool:
    try:
        render(template.subject, facts)
        render(template.body, facts)
    except FactMissing:
        return False
    return True


def _turn(template: FallbackTemplate, facts: FactSheet) -> tuple[int, str]:
    """Those not had lately come first, then those had longest ago."""
    recent = facts.recent_templates
    return (len(recent) - recent.index(template.pk) if template.pk in recent else 0, template.slug)
