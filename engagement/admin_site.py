"""Django's own admin, with this product's name, roles and login."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .permissions import may_open


class EngageAdminSite(AdminSite):
    site_title = site_header = _("Engage")
    index_title = _("Administration")
    login = secure_admin_login(AdminSite.login)  # the login page with limits, not the admin's own without

    def has_permission(self, request: HttpRequest) -> bool:
        return may_open(request.user, "admin/")
