"""The history of edits in the admin, for every app that keeps one."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin


class HistoryAdmin(SimpleHistoryAdmin):
    """simple_history's own asks the database for any text as an id, and breaks on one that is no number."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self._refuse_unless_id(object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._refuse_unless_id(object_id)
        self._refuse_unless_id(version_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _refuse_unless_id(self, text: str) -> None:
        try:
            self.model._meta.pk.to_python(unquote(text))
        except ValidationError as error:
            raise Http404 from error
