"""The record, to be looked at: nobody changes what tools sent."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learners.read_only_admin import ReadOnlyMixin

from ..models import Document, Refusal, Statement
from ..store.positions import stored_at
from .paging import LongTableMixin

TEXT_SHOWN = 20_000  # characters of a document


@admin.register(Statement)
class StatementAdmin(ReadOnlyMixin, LongTableMixin, admin.ModelAdmin):
    """Found by its id, or newest first: nothing else has an index here. The terminal and the door find by more."""

    list_display = ["statement_id", "stored", "key", "version"]
    list_select_related = ["key"]
    ordering = ["-position"]
    search_fields = ["statement_id"]
    search_help_text = _("The whole id of a statement")
    fields = ["statement_id", "stored", "key", "version", "as_received"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Statement], search_term: str
    ) -> tuple[QuerySet[Statement], bool]:
        if not search_term:
            return queryset, False
        try:
            return queryset.filter(statement_id=uuid.UUID(search_term.strip())), False
        except ValueError:
            return queryset.none(), False

    @admin.display(description=_("stored"))
    def stored(self, statement: Statement) -> datetime:
        return stored_at(statement.position)

    @admin.display(description=_("as received"))
    def as_received(self, statement: Statement) -> str:
        return json.dumps(json.loads(statement.raw), ensure_ascii=False, indent=2)


@admin.register(Document)
class DocumentAdmin(ReadOnlyMixin, LongTableMixin, admin.ModelAdmin):
    list_display = ["document_id", "kind", "activity_id", "agent", "content_type", "updated_at"]
    list_filter = ["kind"]
    ordering = ["-pk"]
    fields = [
        "kind",
        "document_id",
        "activity_id",
        "agent",
        "registration",
        "content_type",
        "etag",
        "updated_at",
        "text",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        documents: QuerySet[Document] = super().get_queryset(request)
        shows_one = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return documents if shows_one else documents.defer("content")

    @admin.display(description=_("content"))
    def text(self, document: Document) -> Any:
        """What is no text is only measured."""
        content = bytes(document.content)
        try:
            return content.decode()[:TEXT_SHOWN]
        except UnicodeDecodeError:
            return _("%(count)d bytes that are no text") % {"count": len(content)}


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["at", "key", "method", "path", "status", "reason"]
    list_select_related = ["key"]
    list_filter = ["status", "key"]
    search_fields = ["reason", "path"]
    list_per_page = 50
