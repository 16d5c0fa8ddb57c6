from datetime import date

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .importing import ImportRefused
from .importing.reading import read_header
from .rules import read_day


class DayForm(forms.Form):
    """The day that a file describes, which may be left to its rows."""

    as_of = forms.DateField(
        label=gettext_lazy("The day that the file describes"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Risk is worked out as of this day. Leave it empty to take the column as_of, else today."
        ),
    )

    def clean_as_of(self) -> date | None:
        reading = read_day(self.cleaned_data["as_of"])
        if reading.error:
            raise forms.ValidationError(reading.error)
        return reading.value


class UploadForm(DayForm):
    file = forms.FileField(
        label=gettext_lazy("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"})
    )
    field_order = ["file", "as_of"]

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                _(
                    "This file has %(size)s; up to %(limit)s can be uploaded here. "
                    "Import it on the server with: %(command)s"
                )
                % {
                    "size": filesizeformat(file.size),
                    "limit": filesizeformat(settings.IMPORT_UPLOAD_MAX_BYTES),
                    "command": "manage.py import_learners FILE.csv",
                }
            )
        try:
            read_header(file)
        except ImportRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return file
