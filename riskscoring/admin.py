from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from learners.read_only_admin import ReadOnlyMixin

from .models import RiskScore, ScoringRun


@admin.register(ScoringRun)
class ScoringRunAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["started_at", "trigger", "started_by", "as_of", "program", "weekly", "learners", "changed", "took"]
    list_filter = ["trigger", "weekly"]
    list_select_related = ["started_by", "program"]
    show_full_result_count = False
    date_hierarchy = "as_of"

    @admin.display(description=_("seconds"))
    def took(self, run: ScoringRun) -> str:
        return "" if run.seconds is None else f"{run.seconds:.1f}"


@admin.register(RiskScore)
class RiskScoreAdmin(ReadOnlyMixin, admin.ModelAdmin):
    show_full_result_count = False  # an exact count of a million rows, for each page
    list_display = ["learner", "score", "label", "inputs_known", "change", "as_of", "computed_at"]
    list_select_related = ["learner"]
    ordering = ["-priority", "-learner"]  # the one index
    sortable_by = ()
    search_fields = ["=learner__uid", "=learner__email"]
    search_help_text = _("A learner’s id or email, in full")
