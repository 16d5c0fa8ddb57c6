"""What coordinators write on a learner's page. Handing a learner over has its form in nudges.tasks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.channels import Channel
from learners.models import ContactPreference, Note


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=Note._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write something first.")},
    )


class PreferenceForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    allowed = forms.TypedChoiceField(
        label=_("What the learner said"),
        choices=[("yes", _("Yes, you may write to me here")), ("no", _("No, please do not"))],
        coerce=lambda answer: answer == "yes",
    )
    source = forms.CharField(
        label=_("How we know"),
        max_length=ContactPreference._meta.get_field("source").max_length,
        help_text=_("For example: enrolment form, phone call on Monday"),
        error_messages={"required": _("Say how we know: consent without a source does not count.")},
    )
    verified = forms.BooleanField(label=_("I have checked that this address is theirs"), required=False)

    @property
    def values(self) -> dict[str, Any]:
        """For set_preference. A box that is left empty does not take a verification back."""
        return self.cleaned_data | {"verified": True if self.cleaned_data["verified"] else None}
