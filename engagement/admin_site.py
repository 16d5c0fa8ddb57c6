"""Django's own admin, with this product's name, roles and login."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from .permissions import may_open


class EngageAdminSite(AdminSite):
    site_title = site_header = _("Engage")
    index_title = _("Administration")

    def has_permission(self, request: HttpRequest) -> bool:
        return may_open(request.user, "admin/")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Our login page, which limits guessing; never the admin's own form, which does not."""
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect_to_login(request.get_full_path())
