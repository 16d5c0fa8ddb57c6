"""Fallback templates and prompts: rows that staff write, with their rules, a live preview, and their history."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from import_export import resources
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm

from learners.channels import Channel
from learners.history_admin import HistoryAdmin

from .. import placeholders
from ..models import FallbackTemplate, Prompt
from ..texts import (
    prompt_problems,
    prompt_reading,
    save_text,
    template_problems,
    template_readings,
)
from ..writers import Problem
from .previews import PreviewMixin

LANGUAGES = dict(settings.LANGUAGES)
TEMPLATE_FIELDS = ["slug", "channel", "type", "language", "subject", "body", "provider_template", "is_active"]
ABOUT_THE_SUBJECT = {"subject_missing", "subject_too_long"}


def template_errors(values: dict[str, Any]) -> dict[str, list[str]]:
    """What is wrong with a template, by field; nothing is said of one whose channel or language is not known."""
    if values.get("channel") not in Channel.values or values.get("language") not in LANGUAGES:
        return {}
    errors: dict[str, list[str]] = {}
    for problem in _template_problems(values):
        field = "subject" if problem.code in ABOUT_THE_SUBJECT else "body"
        errors.setdefault(field, []).append(problem.sentence)
    return errors


def _template_problems(values: dict[str, Any]) -> list[Problem]:
    return template_problems(
        channel=values["channel"],
        language=values["language"],
        subject=values.get("subject") or "",
        body=values.get("body") or "",
    )


class FallbackTemplateForm(forms.ModelForm):
    class Meta:
        model = FallbackTemplate
        fields = TEMPLATE_FIELDS
        widgets = {
            "subject": forms.TextInput(attrs={"size": 80}),
            "body": forms.Textarea(attrs={"rows": 12, "cols": 80}),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for field, sentences in template_errors(values).items():
            self.add_error(field, sentences)
        return values


class FallbackTemplateResource(resources.ModelResource):
    """Templates in a file, one row each, known by their short names; they obey the same rules as in the form."""

    class Meta:
        model = FallbackTemplate
        import_id_fields = ["slug"]
        fields = TEMPLATE_FIELDS
        clean_model_instances = True
        skip_unchanged = True

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        super().validate_instance(instance, import_validation_errors, validate_unique)
        errors = template_errors({name: getattr(instance, name) for name in self.Meta.fields})
        if errors:
            raise ValidationError(errors)

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        save_text(instance)


@admin.register(FallbackTemplate)
class FallbackTemplateAdmin(PreviewMixin, ImportExportMixin, HistoryAdmin):
    export_form_class = ExportForm  # the one with a box for each field has a script in line, which our policy stops
    form = FallbackTemplateForm
    resource_classes = [FallbackTemplateResource]
    list_display = ["slug", "channel", "type", "language", "version", "is_active", "updated_at"]
    list_filter = ["channel", "type", "language", "is_active"]
    search_fields = ["slug", "subject", "body"]
    readonly_fields = ["version", "updated_at"]
    history_list_display = ["version"]
    preview_template = "admin/nudges/_template_preview.html"

    def preview_context(self, values: dict[str, str]) -> dict[str, Any]:
        known = {"placeholders": placeholders.PLACEHOLDERS.values()}
        if values.get("channel") not in Channel.values or values.get("language") not in LANGUAGES:
            return {**known, "readings": [], "problems": [], "is_incomplete": True}
        texts = {
            name: values.get(name, "").replace("\r\n", "\n") for name in ("channel", "language", "subject", "body")
        }
        return {
            **known,
            "readings": template_readings(**texts),
            "problems": template_problems(**texts),
            "is_email": texts["channel"] == Channel.EMAIL,
            "language_code": texts["language"],
        }

    def save_model(self, request: HttpRequest, obj: FallbackTemplate, form: Any, change: bool) -> None:
        save_text(obj)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("nudges.import_fallbacktemplate")

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("nudges.export_fallbacktemplate")


class PromptForm(forms.ModelForm):
    class Meta:
        model = Prompt
        fields = ["slug", "purpose", "system", "user", "is_active"]
        widgets = {
            "system": forms.Textarea(attrs={"rows": 18, "cols": 100}),
            "user": forms.Textarea(attrs={"rows": 8, "cols": 100}),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("purpose") and {"system", "user"} <= values.keys():
            texts = {name: values[name] for name in ("purpose", "system", "user")}
            for problem in prompt_problems(**texts):
                self.add_error(None, problem.sentence)
        return values


@admin.register(Prompt)
class PromptAdmin(PreviewMixin, HistoryAdmin):
    form = PromptForm
    list_display = ["slug", "purpose", "version", "is_active", "updated_at"]
    list_filter = ["purpose", "is_active"]
    search_fields = ["slug", "system", "user"]
    readonly_fields = ["version", "updated_at"]
    history_list_display = ["version"]
    preview_template = "admin/nudges/_prompt_preview.html"

    def preview_context(self, values: dict[str, str]) -> dict[str, Any]:
        purpose = values.get("purpose", "")
        if purpose not in Prompt.Purpose.values:
            return {"problems": [], "is_incomplete": True}
        system, user = values.get("system", ""), values.get("user", "")
        return {
            "placeholders": placeholders.PROMPT_PLACEHOLDERS[purpose],
            "problems": prompt_problems(purpose=purpose, system=system, user=user),
            "request_text": prompt_reading(purpose=purpose, user=user),
        }

    def save_model(self, request: HttpRequest, obj: Prompt, form: Any, change: bool) -> None:
        save_text(obj)
