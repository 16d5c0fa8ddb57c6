from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..facts.decisions import cancel_session, delete_session, record_attendance, save_session, withdraw_attendance
from ..models import Attendance, Session
from .one_at_a_time import OneAtATimeMixin
from .paging import LongTableMixin


class AttendanceForm(forms.ModelForm):
    class Meta:
        model = Attendance
        fields = ["session", "learner", "answer"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        session, learner = values.get("session"), values.get("learner")
        if session and learner and learner.cohort_id != session.cohort_id:
            self.add_error("learner", _("This learner is not in the session’s cohort."))
        return values


@admin.register(Session)
class SessionAdmin(OneAtATimeMixin, admin.ModelAdmin):
    list_display = ["title", "cohort", "starts_at", "ends_at", "lesson", "cancelled_at"]
    list_select_related = ["cohort__program", "lesson"]
    list_filter = ["cohort__program"]
    list_per_page = 50
    show_full_result_count = False
    date_hierarchy = "starts_at"
    search_fields = ["title", "cohort__name"]
    autocomplete_fields = ["cohort", "lesson"]
    actions = ["cancel"]

    def get_readonly_fields(self, request: HttpRequest, obj: Session | None = None) -> list[str]:
        return ["cohort"] if obj else []

    def save_model(self, request: Any, obj: Session, form: Any, change: bool) -> None:
        save_session(obj)

    def delete_model(self, request: HttpRequest, obj: Session) -> None:
        delete_session(obj)

    @admin.action(description=gettext_lazy("Cancel the selected sessions"), permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        for session in queryset:
            cancel_session(session)
        self.message_user(request, _("Cancelled. Nobody counts as having missed them."))


@admin.register(Attendance)
class AttendanceAdmin(OneAtATimeMixin, LongTableMixin, admin.ModelAdmin):
    """A list of its own, for a cohort may be large. What is saved here is recorded by staff, and wins."""

    form = AttendanceForm
    list_display = ["learner", "session", "answer", "booked_at", "by_hand", "recorded_by"]
    list_select_related = ["learner", "session", "recorded_by"]
    list_filter = ["answer", "by_hand"]
    ordering = ["-pk"]
    search_fields = ["learner__search", "session__title"]
    autocomplete_fields = ["session", "learner"]

    def get_readonly_fields(self, request: HttpRequest, obj: Attendance | None = None) -> list[str]:
        return ["session", "learner"] if obj else []

    def save_model(self, request: Any, obj: Attendance, form: Any, change: bool) -> None:
        stored = record_attendance(session=obj.session, learner=obj.learner, answer=obj.answer, by=request.user)
        vars(obj).update(vars(stored))

    def delete_model(self, request: HttpRequest, obj: Attendance) -> None:
        """What statements say of it stays, or comes back."""
        withdraw_attendance(obj)
