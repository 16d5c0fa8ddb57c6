"""What a learner sends from the page of a message."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Reply
from .replies import LONGEST_TEXT


class AnswerForm(forms.Form):
    """One button was pressed: "fine", "help", or "text" with something written. `answer_id` is that of the showing."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in (Reply.Kind.FINE, Reply.Kind.HELP, Reply.Kind.TEXT)])
    text = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    answer_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        if values.get("kind") == Reply.Kind.TEXT and not values.get("text"):
            self.add_error("text", _("Write something first."))
        return values
