"""Which prompt is used."""

from ..models import Prompt
from .failures import WriterFailed


def prompt_in_use(purpose: Prompt.Purpose) -> Prompt:
    """The one in use for a purpose (the database allows no second). Raises WriterFailed("no_prompt")."""
    prompt = Prompt.objects.filter(purpose=purpose, is_active=True).first()
    if prompt is None:
        raise WriterFailed("no_prompt")
    return prompt
