"""What is wrong with a text, whoever reads it. Who lacks a fact that it names is left out when it is planned."""

from dataclasses import replace

from django.conf import settings

from ..facts import sample_facts
from ..services import text_problems
from ..writers import Problem
from .text import Text


def problems_of(text: Text) -> list[Problem]:
    """It may not link to one course: its readers may have another."""
    everyone = replace(sample_facts(text.language), link=settings.SITE_URL)
    return text_problems(everyone, channel=text.channel, subject=text.subject, body=text.body)
