from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class EngagementConfig(AppConfig):
    """The composition root: no models, but what joins the other apps."""

    name = "engagement"
    default = True


class EngageAdminConfig(admin_apps.AdminConfig):
    default_site = "engagement.admin_site.EngageAdminSite"
    default = False
