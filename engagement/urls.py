"""Every address of the site. Who may open it stands in permissions.py."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from .api import api
from .health import health, ready

urlpatterns = [
    path("", include("riskscoring.urls")),
    path("learners/", include("learners.urls")),
    path("nudges/", include("nudges.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("language/", set_language, name="set_language"),
    path("api/", api.urls),
    path("health", health),
    path("ready", ready),
]
