from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import AccessKey

FEWEST_CALLS, MOST_CALLS = 1, 1_000_000  # a minute. A key that may make none is one to revoke


class AccessKeyForm(forms.ModelForm):
    """What staff decide of a new key; the key itself and its secret are drawn."""

    class Meta:
        model = AccessKey
        fields = ["name", "can_write", "can_read", "version", "calls_per_minute"]
        labels = {"version": gettext_lazy("Version of xAPI")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calls = self.fields["calls_per_minute"]
        calls.validators += [MinValueValidator(FEWEST_CALLS), MaxValueValidator(MOST_CALLS)]
        calls.widget.attrs |= {"min": FEWEST_CALLS, "max": MOST_CALLS}

    def clean(self) -> None:
        super().clean()
        if not (self.cleaned_data.get("can_read") or self.cleaned_data.get("can_write")):
            raise forms.ValidationError(_("A key that may neither read nor write opens nothing."))
