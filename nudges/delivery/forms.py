"""What operations may ask of a channel."""

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _


class RateForm(forms.Form):
    """`per_second` is None for no limit."""

    per_second = forms.FloatField(
        label=_("Messages a second, at most"), required=False, validators=[MinValueValidator(0.01)]
    )
