from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from learners.read_only_admin import ReadOnlyMixin

from ..models import Actor, Event
from .paging import ShortPaginator


@admin.register(Event)
class EventAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["occurred_at", "learner", "verb", "object_name", "object_id", "lesson", "mark", "source"]
    list_select_related = ["learner", "lesson"]
    list_filter = ["success", "completion"]
    list_per_page = 50
    ordering = ["-position"]  # as they came: there is an index for it
    paginator = ShortPaginator
    show_full_result_count = False
    search_fields = ["learner__search"]
    search_help_text = _("Name, email or id of the learner")


@admin.register(Actor)
class ActorAdmin(ReadOnlyMixin, admin.ModelAdmin):
    """Of whom statements tell: to see whom we do not know, and under which name."""

    list_display = ["identifier", "learner"]
    list_select_related = ["learner"]
    list_filter = [("learner", admin.EmptyFieldListFilter)]
    list_per_page = 50
    ordering = ["key"]
    paginator = ShortPaginator
    show_full_result_count = False
    search_fields = ["identifier"]
    fields = ["identifier", "learner"]
