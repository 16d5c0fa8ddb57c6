"""What learners did in plain words: "Completed", not "http://adlnet.gov/expapi/verbs/completed". Pure."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from .xapi.iris import last_word

# By the word at the end of a verb's IRI, which the vocabularies agree on. {what} is a lesson or another activity.
SENTENCES: dict[str, Callable[[], str]] = {
    "initialized": lambda: _("Opened {what}"),
    "launched": lambda: _("Opened {what}"),
    "started": lambda: _("Began {what}"),
    "attempted": lambda: _("Tried {what}"),
    "resumed": lambda: _("Went on with {what}"),
    "suspended": lambda: _("Paused {what}"),
    "paused": lambda: _("Paused {what}"),
    "terminated": lambda: _("Closed {what}"),
    "exited": lambda: _("Closed {what}"),
    "abandoned": lambda: _("Gave up {what}"),
    "progressed": lambda: _("Got on with {what}"),
    "completed": lambda: _("Completed {what}"),
    "finished": lambda: _("Completed {what}"),
    "mastered": lambda: _("Mastered {what}"),
    "passed": lambda: _("Passed {what}"),
    "failed": lambda: _("Did not pass {what}"),
    "scored": lambda: _("Got a mark in {what}"),
    "answered": lambda: _("Answered {what}"),
    "responded": lambda: _("Answered {what}"),
    "asked": lambda: _("Asked {what}"),
    "commented": lambda: _("Commented on {what}"),
    "shared": lambda: _("Shared {what}"),
    "viewed": lambda: _("Looked at {what}"),
    "experienced": lambda: _("Looked at {what}"),
    "read": lambda: _("Read {what}"),
    "played": lambda: _("Played {what}"),
    "watched": lambda: _("Watched {what}"),
    "seeked": lambda: _("Skipped through {what}"),
    "interacted": lambda: _("Worked with {what}"),
    "submitted": lambda: _("Handed in {what}"),
    "registered": lambda: _("Signed up for {what}"),
    "booked": lambda: _("Booked {what}"),
    "attended": lambda: _("Came to {what}"),
    "joined": lambda: _("Came to {what}"),
    "left": lambda: _("Left {what}"),
    "missed": lambda: _("Missed {what}"),
    "excused": lambda: _("Was excused from {what}"),
    "logged-in": lambda: _("Logged in to {what}"),
    "loggedin": lambda: _("Logged in to {what}"),
    "logged-out": lambda: _("Logged out of {what}"),
    "loggedout": lambda: _("Logged out of {what}"),
}
SAME_WORD = {"initialised": "initialized", "began": "started", "turned-in": "submitted", "login": "logged-in"}


def deed(*, verb: str, what: str, mark: Decimal | None) -> str:
    """One event as a sentence: "Completed Loops, 88%". A verb without words of ours is shown by its own."""
    word = last_word(verb)
    word = SAME_WORD.get(word, word)
    known = SENTENCES.get(word)
    sentence = (known() if known else f"{word.replace('-', ' ').replace('_', ' ').capitalize()}: {{what}}").replace(
        "{what}", what
    )
    if mark is None:
        return sentence
    return _("%(sentence)s, %(mark)s%%") % {"sentence": sentence, "mark": mark.quantize(Decimal(1), ROUND_HALF_UP)}
