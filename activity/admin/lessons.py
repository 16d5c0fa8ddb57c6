from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ..facts.decisions import delete_lesson, save_lesson
from ..models import Lesson
from .one_at_a_time import OneAtATimeMixin


@admin.register(Lesson)
class LessonAdmin(OneAtATimeMixin, admin.ModelAdmin):
    """None is deleted with which anybody got anywhere: that one is set not to count."""

    list_display = ["title", "program", "order", "due_on", "minutes", "counts", "discovered", "activity_id"]
    list_select_related = ["program"]
    list_filter = ["program", "counts", "discovered"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["title", "=activity_id"]
    autocomplete_fields = ["program"]
    fields = ["program", "activity_id", "title", "order", "due_on", "minutes", "counts", "discovered"]

    def get_readonly_fields(self, request: HttpRequest, obj: Lesson | None = None) -> list[str]:
        """What events were linked by stays: with another activity, the lesson would be found anew."""
        return ["discovered", *(["program", "activity_id"] if obj and obj.progress.exists() else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Lesson | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.progress.exists())

    def save_model(self, request: Any, obj: Lesson, form: Any, change: bool) -> None:
        save_lesson(obj)

    def delete_model(self, request: HttpRequest, obj: Lesson) -> None:
        delete_lesson(obj)
