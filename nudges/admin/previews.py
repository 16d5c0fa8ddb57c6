"""A preview beside the form, drawn again as one types; without JavaScript it shows the text as it was last sent."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST


class PreviewMixin(admin.ModelAdmin):
    """For a ModelAdmin with `preview_template` and `preview_context(values)`, where values are the form's raw texts."""

    change_form_template = "admin/nudges/text_change_form.html"
    preview_template: str

    def preview_context(self, values: dict[str, str]) -> dict[str, Any]:
        raise NotImplementedError

    @property
    def preview_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_preview"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.preview))
        return [path("preview/", view, name=self.preview_name), *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return render(request, self.preview_template, self.preview_context(request.POST.dict()))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        form = context["adminform"].form
        values = {name: str(form[name].value() or "") for name in form.fields}
        context.update(
            preview_url=f"admin:{self.preview_name}",
            preview_template=self.preview_template,
            **self.preview_context(values),
        )
        return super().render_change_form(request, context, *args, **kwargs)
