from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from learners.read_only_admin import ReadOnlyMixin

from ..models import Actor, Event
from .paging import LongTableMixin


@admin.register(Event)
class EventAdmin(ReadOnlyMixin, LongTableMixin, admin.ModelAdmin):
    list_display = ["occurred_at", "learner", "verb", "object_name", "object_id", "lesson", "mark", "source"]
    list_select_related = ["learner", "lesson"]
    list_filter = ["success", "completion"]
    ordering = ["-position"]  # as they came: there is an index for it
    search_fields = ["learner__search"]
    search_help_text = _("Name, email or id of the learner")


@admin.register(Actor)
class ActorAdmin(ReadOnlyMixin, LongTableMixin, admin.ModelAdmin):
    """Of whom statements tell: to see whom we do not know, and under which name."""

    list_display = ["identifier", "learner"]
    list_select_related = ["learner"]
    list_filter = [("learner", admin.EmptyFieldListFilter)]
    ordering = ["key"]
    search_fields = ["identifier"]
    fields = ["identifier", "learner"]
