"""What was written and sent, to look up; nothing here can be changed."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from learners.read_only_admin import ReadOnlyMixin

from ..models import Attempt, Nudge, NudgeEvent, Quiz
from ..reasons import sentence_of
from ..writers import fallback_sentence


class EventInline(ReadOnlyMixin, admin.TabularInline):
    model = NudgeEvent
    readonly_fields = ["at", "state", "reason", "by"]
    extra = 0
    verbose_name_plural = _("what became of it")


class AttemptInline(ReadOnlyMixin, admin.TabularInline):
    model = Attempt
    readonly_fields = [
        "started_at",
        "finished_at",
        "provider",
        "outcome",
        "provider_message_id",
        "error",
        "retrying_helps",
    ]
    extra = 0
    verbose_name_plural = _("attempts to deliver")


@admin.register(Nudge)
class NudgeAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["created_at", "learner", "channel", "type", "state", "source", "reason", "created_by"]
    list_filter = ["state", "channel", "source", "type", "language"]
    list_select_related = ["learner", "created_by"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["learner__search", "=learner__uid"]
    search_help_text = _("Name, email or id of the learner")
    inlines = [EventInline, AttemptInline]
    fieldsets = [
        (None, {"fields": ["learner", "channel", "type", "language", "state", "why", "batch"]}),
        (_("Text"), {"fields": ["subject", "content", "body", "edited"]}),
        (
            _("Written by"),
            {
                "fields": [
                    "source", "why_template", "template", "template_version", "prompt", "prompt_version", "model",
                    "tokens_in", "tokens_out", "cost_usd",
                ]
            },
        ),
        (_("When"), {"fields": ["created_by", "created_at", "queued_at", "sent_at"]}),
    ]  # fmt: skip

    @admin.display(description=_("reason"))
    def why(self, nudge: Nudge) -> str:
        return str(sentence_of(nudge.reason)) or "-"

    @admin.display(description=_("why the template"))
    def why_template(self, nudge: Nudge) -> str:
        return f"{fallback_sentence(nudge.fallback_reason)} ({nudge.fallback_reason})" if nudge.fallback_reason else "-"


@admin.register(Quiz)
class QuizAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["created_at", "learner", "topic", "difficulty", "source"]
    list_filter = ["difficulty", "source"]
    list_select_related = ["learner"]
    show_full_result_count = False
    search_fields = ["topic", "learner__search"]
    fields = [
        "learner", "topic", "difficulty", "questions_and_answers", "source", "why_template", "prompt_version", "model",
        "tokens_in", "tokens_out", "cost_usd", "created_at",
    ]  # fmt: skip

    @admin.display(description=_("questions"))
    def questions_and_answers(self, quiz: Quiz) -> SafeString:
        rows = (
            (
                question["question"],
                format_html_join("", "<li>{}{}</li>", _marked(question["options"], question["answer"])),
                question["explanation"],
            )
            for question in quiz.questions
        )
        return format_html("<ol>{}</ol>", format_html_join("", '<li>{}<ol type="a">{}</ol>{}</li>', rows))

    @admin.display(description=_("why the template"))
    def why_template(self, quiz: Quiz) -> str:
        return fallback_sentence(quiz.fallback_reason) or "-"


def _marked(options: list[str], answer: int) -> list[tuple[str, str]]:
    return [(option, " ✓" if position == answer else "") for position, option in enumerate(options)]
