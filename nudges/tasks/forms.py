"""What coordinators fill in about tasks."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ..models import Task, TaskEvent

LONGEST_NOTE = TaskEvent._meta.get_field("note").max_length
ROLES = ("coordinator", "staff")  # the groups whose members tasks can be given to


def who_can_own() -> QuerySet[User]:
    people = User.objects.filter(is_active=True, groups__name__in=ROLES)
    return people.distinct().order_by("first_name", "last_name", "username")


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person: Any) -> str:
        return person.get_full_name() or person.username


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class OneOfSeveral(forms.Form):
    """Stands on a page with others that have fields of the same name: their ids begin with `ids`."""

    ids = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.ids}_%s", **kwargs})


class OutcomeForm(OneOfSeveral):
    """How a try went. Whether a promise has its day is for the rules to say."""

    ids = "outcome"

    outcome = forms.ChoiceField(choices=Task.Outcome.choices, error_messages={"required": _("Choose how it went.")})
    promised_on = forms.DateField(label=_("Promised day"), required=False, widget=DayInput())
    note = forms.CharField(
        label=_("Note"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    tries = forms.IntegerField(required=False, widget=forms.HiddenInput)  # that the page showed


class NoteForm(OneOfSeveral):
    ids = "note"
    note = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write something first.")},
    )


class HandOverForm(OneOfSeveral):
    ids = "hand_over"
    to = PersonField(label=_("To whom"), queryset=User.objects.none())
    note = forms.CharField(
        label=_("What they should know"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = who_can_own()  # type: ignore[attr-defined]


class RaiseForm(HandOverForm):
    """A task for a learner, raised by a person."""

    due_on = forms.DateField(label=_("By when"), widget=DayInput())
    field_order = ["to", "due_on", "note"]
