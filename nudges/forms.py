"""What a coordinator fills in: what to send, and its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from learners.channels import Channel, address_on
from learners.models import Learner

from .gate import Decision
from .models import Nudge, NudgeType

OWN_LANGUAGE = ""  # each learner's own


@dataclass(frozen=True)
class ChannelOption:
    """A channel to choose: to which address it goes, and what the gate says, where it was asked."""

    value: str
    label: str | Promise
    address: str = ""
    decision: Decision | None = None
    is_chosen: bool = False

    @property
    def is_open(self) -> bool:
        return self.decision is None or self.decision.passes


class ComposeForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices, initial=Channel.IN_APP)
    type = forms.ChoiceField(label=_("Type"), choices=NudgeType.choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    @property
    def channels(self) -> list[ChannelOption]:
        chosen = self["channel"].value()
        return [ChannelOption(value, label, is_chosen=value == chosen) for value, label in Channel.choices]


class ComposeForOneForm(ComposeForm):
    def __init__(self, *args: Any, learner: Learner, decisions: Mapping[str, Decision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner
        self.decisions = decisions
        self.is_open = any(decision.passes for decision in decisions.values())
        self.fields["language"].initial = learner.language
        self.fields["channel"].initial = next((name for name, decision in decisions.items() if decision.passes), None)

    @property
    def channels(self) -> list[ChannelOption]:
        return [
            replace(
                option,
                address=address_on(option.value, email=self.learner.email, phone=self.learner.phone),
                decision=self.decisions[option.value],
            )
            for option in super().channels
        ]


class ComposeForManyForm(ComposeForm):
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[(OWN_LANGUAGE, _("Each learner’s own language")), *settings.LANGUAGES],
    )


class TextForm(forms.Form):
    """A text with its placeholders. What it may say is checked by the service, which every door passes."""

    subject = forms.CharField(label=_("Subject"), required=False, max_length=500)
    body = forms.CharField(
        label=_("Text"), required=False, max_length=10_000, strip=False, widget=forms.Textarea(attrs={"rows": 7})
    )

    def __init__(self, *args: Any, channel: str, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["lang"] = language
        if channel != Channel.EMAIL:
            del self.fields["subject"]

    @classmethod
    def for_draft(cls, nudge: Nudge, data: Any = None) -> TextForm:
        return cls(
            data,
            channel=nudge.channel,
            language=nudge.language,
            initial={"subject": nudge.subject, "body": nudge.body},
        )

    @property
    def words(self) -> tuple[str, str]:
        """Subject and body as given, valid or not: what the page shows again."""
        return (self["subject"].value() or "") if "subject" in self.fields else "", self["body"].value() or ""
