from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from learners.read_only_admin import ReadOnlyMixin

from ..models import LearnerFacts
from .paging import LongTableMixin


@admin.register(LearnerFacts)
class LearnerFactsAdmin(ReadOnlyMixin, LongTableMixin, admin.ModelAdmin):
    """What events say of a learner: to see why a value that was imported does not count."""

    list_display = [
        "learner",
        "last_activity_at",
        "lessons_completed",
        "lessons_due",
        "completed_percent",
        "marks",
        "avg_quiz_score",
        "consecutive_missed_sessions",
        "as_of",
    ]
    list_select_related = ["learner"]
    ordering = ["-pk"]
    sortable_by = ()
    search_fields = ["learner__search"]
    search_help_text = _("Name, email or id of the learner")
