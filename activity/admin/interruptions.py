from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..facts.decisions import decide_interruption, delete_interruption, save_interruption
from ..models import Interruption
from .one_at_a_time import OneAtATimeMixin

Decision = Interruption.Decision


class InterruptionForm(forms.ModelForm):
    class Meta:
        model = Interruption
        fields = ["cohort", "first_day", "last_day", "reason", "decision"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("first_day"), values.get("last_day")
        cohort = values.get("cohort") or (self.instance.cohort if self.instance.pk else None)
        if first and last and cohort and values.get("decision") != Decision.DISMISSED:
            others = Interruption.objects.filter(cohort=cohort, first_day__lte=last, last_day__gte=first)
            if others.exclude(pk=self.instance.pk).exclude(decision=Decision.DISMISSED).exists():
                self.add_error("first_day", _("Another interruption of this cohort has some of these days."))
        return values


@admin.register(Interruption)
class InterruptionAdmin(OneAtATimeMixin, admin.ModelAdmin):
    form = InterruptionForm
    list_display = ["cohort", "first_day", "last_day", "reason", "recognised", "decision", "decided_by"]
    list_select_related = ["cohort__program", "decided_by"]
    list_filter = ["decision", "recognised", "cohort__program"]
    list_per_page = 50
    show_full_result_count = False
    date_hierarchy = "first_day"
    search_fields = ["cohort__name", "reason"]
    autocomplete_fields = ["cohort"]
    actions = ["confirm", "dismiss"]

    def get_readonly_fields(self, request: HttpRequest, obj: Interruption | None = None) -> list[str]:
        return ["cohort"] if obj else []

    def save_model(self, request: Any, obj: Interruption, form: Any, change: bool) -> None:
        """Days that staff enter or change are days that they stand for."""
        obj.decision = obj.decision or Decision.CONFIRMED
        obj.decided_by = request.user
        save_interruption(obj)

    def delete_model(self, request: HttpRequest, obj: Interruption) -> None:
        delete_interruption(obj)

    @admin.action(description=gettext_lazy("Confirm: nothing was expected on these days"), permissions=["change"])
    def confirm(self, request: Any, queryset: QuerySet[Interruption]) -> None:
        for interruption in queryset:
            decide_interruption(interruption=interruption, decision=Decision.CONFIRMED, by=request.user)
        self.message_user(request, _("Confirmed. These days do not count as missed."))

    @admin.action(description=gettext_lazy("Dismiss: these days count like all others"), permissions=["change"])
    def dismiss(self, request: Any, queryset: QuerySet[Interruption]) -> None:
        for interruption in queryset:
            decide_interruption(interruption=interruption, decision=Decision.DISMISSED, by=request.user)
        self.message_user(request, _("Dismissed. These days count like all others."))
