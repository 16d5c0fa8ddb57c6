from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from ..identities import read_identity, remove_identities, store_identity
from ..models import LearnerIdentity


class IdentityForm(forms.ModelForm):
    class Meta:
        model = LearnerIdentity
        fields = ["learner", "kind", "value"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "kind" in values and "value" in values:
            try:
                values["value"] = read_identity(values["kind"], values["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return values


@admin.register(LearnerIdentity)
class LearnerIdentityAdmin(admin.ModelAdmin):
    form = IdentityForm
    list_display = ["value", "kind", "learner"]
    list_select_related = ["learner"]
    list_filter = ["kind"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["value", "learner__search"]
    autocomplete_fields = ["learner"]

    def save_model(self, request: Any, obj: LearnerIdentity, form: Any, change: bool) -> None:
        store_identity(obj)

    def delete_model(self, request: HttpRequest, obj: LearnerIdentity) -> None:
        remove_identities(LearnerIdentity.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[LearnerIdentity]) -> None:
        remove_identities(queryset)
