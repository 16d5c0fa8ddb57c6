from django.contrib import admin
from django.db import models

from ..history_admin import HistoryAdmin
from ..models import Cohort, Program


class CohortInline(admin.TabularInline):
    model = Cohort
    extra = 0
    show_change_link = True


@admin.register(Program)
class ProgramAdmin(HistoryAdmin):
    list_display = ["name", "course_url", "open_for_signup"]
    search_fields = ["name"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    inlines = [CohortInline]


@admin.register(Cohort)
class CohortAdmin(admin.ModelAdmin):
    list_display = ["name", "program"]
    list_select_related = ["program"]
    list_filter = ["program"]
    search_fields = ["name", "program__name"]
    autocomplete_fields = ["program"]
