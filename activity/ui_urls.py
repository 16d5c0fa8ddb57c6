"""Under /ui/: pages for those who run the site."""

from django.urls import path

from . import key_views
from .intake import views as intake

app_name = "ui"
urlpatterns = [
    path("admin/keys", key_views.access_keys, name="access_keys"),
    path("admin/keys/<int:key_id>/revoke", key_views.revoke, name="revoke_access_key"),
    path("activity/", intake.show, name="intake"),
    path("activity/now/", intake.show_now, name="intake_now"),
    path("activity/messages/<int:pk>/try-again/", intake.try_message_again, name="try_message_again"),
    path("activity/messages/<int:pk>/settle/", intake.settle_message, name="settle_message"),
]
