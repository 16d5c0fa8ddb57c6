"""The ways in which writing fails that are not bugs, each with a sentence for the person who reads it."""

import logging

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .draft import Usage

logger = logging.getLogger(__name__)

# A code is stored with the nudge, so it never changes its meaning.
SENTENCES: dict[str, str | Promise] = {
    "no_key": _("No language model is set up."),
    "no_prompt": _("No prompt is in use for this. Put one in use in the admin."),
    "private_topic": _("The topic names the learner, or holds an address or a phone number, so it was not sent out."),
    "breaker_open": _("The language model failed several times in a row, so it is left alone for a moment."),
    "timeout": _("The language model took too long."),
    "rate_limited": _("The language model asked us to wait longer than we can."),
    "server_error": _("The language model’s server reported an error."),
    "unreachable": _("The language model could not be reached."),
    "auth": _("The language model refused our key."),
    "bad_request": _("The language model refused the request. Check the model’s name and address in the settings."),
    "refused": _("The language model declined to write this."),
    "bad_answer": _("The language model’s answer could not be read."),
    "rejected": _("The language model’s text did not pass our checks."),
    "rejected_banned_word": _("The language model’s text warned, blamed or compared."),
    "rejected_email_address": _("The language model’s text gave an email address."),
    "rejected_empty": _("The language model wrote nothing."),
    "rejected_fact_missing": _("The language model’s text named a fact that we do not know of this learner."),
    "rejected_link_not_allowed": _("The language model’s text linked to a strange address."),
    "rejected_phone_number": _("The language model’s text gave a phone number."),
    "rejected_several_links": _("The language model’s text had several links, and asked for more than one thing."),
    "rejected_too_long": _("The language model’s text was too long for the channel."),
    "rejected_unknown_date": _("The language model’s text named a day that is not among the facts."),
    "rejected_unknown_name": _("The language model’s text named somebody."),
    "rejected_unknown_number": _("The language model’s text stated a number that is not among the facts."),
    "rejected_unknown_placeholder": _("The language model’s text had a placeholder that does not exist."),
    "rejected_wrong_language": _("The language model wrote in another language."),
    "no_template": _(
        "No template in use fits this channel and type. Put one in use in the admin, or load those that come with "
        "the product: manage.py loaddata fallback_templates"
    ),
    "one_template": _(
        "Two messages can only be compared where there are two templates for the channel, type and language. Put "
        "another one in use in the admin."
    ),
}


class WriterFailed(Exception):  # noqa: N818 (reads as what happened)
    """A text could not be had. `code` is a key of SENTENCES, or "rejected_<rule>"; `usage` is what was paid for."""

    def __init__(self, code: str, *, retrying_helps: bool = False, usage: Usage | None = None) -> None:
        self.code = code
        self.sentence = fallback_sentence(code)
        self.retrying_helps = retrying_helps
        self.usage = usage or Usage()
        super().__init__(f"{code}: {self.sentence}")


def fallback_sentence(code: str) -> str:
    """Why the template was used, for the screen; empty for no reason. A code of the future still says something."""
    if not code:
        return ""
    return str(SENTENCES.get(code) or SENTENCES["rejected"])


def log_fallback(what: str, failure: WriterFailed) -> None:
    """One line for each text that the model did not write; a site without a model has nothing to warn of."""
    level = logging.INFO if failure.code == "no_key" else logging.WARNING
    logger.log(level, "The template is used for a %s: %s", what, failure.code)
