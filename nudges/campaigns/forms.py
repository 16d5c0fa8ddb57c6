"""What is filled in of segments and campaigns."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from activity.models import Lesson
from learners.channels import Channel

from ..goals import Kind, goal_of, parse
from ..models import Campaign, NudgeType, Segment

PREFERENCES = ("channel_1", "channel_2", "channel_3", "channel_4")
OR_NOTHING = [("", _("nothing")), *Channel.choices]
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class SegmentNameForm(forms.ModelForm):
    class Meta:
        model = Segment
        fields = ["name"]


class CampaignForm(forms.ModelForm):
    """All that people choose. `values` is what services.create_campaign and update_campaign take."""

    goal = forms.ChoiceField(label=_("What should they do?"), required=False)
    channel_1 = forms.ChoiceField(label=_("First by"), choices=Channel.choices)
    channel_2 = forms.ChoiceField(label=_("else by"), choices=OR_NOTHING, required=False)
    channel_3 = forms.ChoiceField(label=_("else by"), choices=OR_NOTHING, required=False)
    channel_4 = forms.ChoiceField(label=_("else by"), choices=OR_NOTHING, required=False)
    segment = forms.ModelChoiceField(
        label=_("Audience"), queryset=Segment.objects.all(), empty_label=_("Choose a segment")
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("Each learner’s own")), *settings.LANGUAGES], required=False
    )
    starts_at = forms.DateTimeField(
        label=_("First on"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    class Meta:
        model = Campaign
        fields = [
            "name", "segment", "type", "language", "source", "has_two_messages", "holdout_percent", "window_from",
            "window_until", "usual_hour", "learns_hours", "rollout_percent", "rollout_hours", "max_opt_out_percent",
            "max_complaint_percent", "max_failure_percent", "recurrence",
        ]  # fmt: skip
        widgets = {"source": forms.RadioSelect}
        labels = {
            "window_from": _("Not before, o’clock"),
            "window_until": _("Not after, o’clock"),
            "usual_hour": _("Usual hour, o’clock"),
            "holdout_percent": _("Holdout, in %"),
            "rollout_percent": _("First, in %"),
            "rollout_hours": _("Then wait, in hours"),
            "max_opt_out_percent": _("Opt-outs, at most, in %"),
            "max_complaint_percent": _("Complaints, at most, in %"),
            "max_failure_percent": _("Failures, at most, in %"),
        }
        help_texts = {"holdout_percent": _("So many get nothing, by chance, so that its effect can be told.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goal"].choices = _goals(self.instance)  # type: ignore[attr-defined]
        for name in ("max_opt_out_percent", "max_complaint_percent", "max_failure_percent"):
            self.fields[name].validators += PERCENT
        self._begin_with()

    def _begin_with(self) -> None:
        self.initial["type"] = self.instance.type or NudgeType.REMINDER
        chosen = self.instance.channels or [Channel.IN_APP]
        for name, channel in zip(PREFERENCES, chosen, strict=False):
            self.fields[name].initial = channel
        self.fields["goal"].initial = "" if parse_own(self.instance) else self.instance.goal
        self.fields["starts_at"].initial = self.instance.starts_at or tomorrow_at_nine(timezone.now())

    @property
    def preferences(self) -> list[forms.BoundField]:
        return [self[name] for name in PREFERENCES]

    @property
    def zone(self) -> str:
        return timezone.get_current_timezone_name()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        above: set[str] = set()
        for name in PREFERENCES:
            channel = cleaned.get(name)
            if channel and channel in above:
                self.add_error(name, _t("This channel stands above already."))
            above.add(channel or "")
        if {"window_from", "usual_hour", "window_until"} <= cleaned.keys():
            self._check_hours(cleaned["window_from"], cleaned["usual_hour"], cleaned["window_until"])
        return cleaned

    def _check_hours(self, begin: int, usual: int, end: int) -> None:
        if end <= begin:
            self.add_error("window_until", _t("This hour must be later than “not before”."))
        elif not begin <= usual < end:
            self.add_error("usual_hour", _t("Choose an hour between “not before” and “not after”."))

    @property
    def values(self) -> dict[str, Any]:
        """Of a form that is valid."""
        cleaned = self.cleaned_data
        kept = {name: value for name, value in cleaned.items() if name not in PREFERENCES}
        return kept | {"channels": [cleaned[name] for name in PREFERENCES if cleaned[name]]}


def parse_own(campaign: Campaign) -> bool:
    """Whether its goal is its own, and no lesson's."""
    parsed = parse(campaign.goal)
    return parsed is None or parsed[0] == Kind.CAMPAIGN


def tomorrow_at_nine(now: datetime) -> datetime:
    local = timezone.localtime(now)
    return (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)


def _goals(campaign: Campaign) -> list[Any]:
    """Coming back, or one lesson; and what it is now, if that is neither."""
    lessons: dict[str, list[tuple[str, str]]] = {}
    for pk, title, program in Lesson.objects.filter(counts=True).values_list("pk", "title", "program__name"):
        lessons.setdefault(program, []).append((goal_of(Kind.LESSON, pk), title))
    known = {goal for group in lessons.values() for goal, _title in group}
    other = [] if parse_own(campaign) or campaign.goal in known else [(campaign.goal, campaign.goal)]
    return [("", _("Come back to the course")), *other, *lessons.items()]
