"""Under /ui/jobs/."""

from django.urls import path

from . import views

app_name = "jobs"
urlpatterns = [
    path("", views.show, name="overview"),
    path("now/", views.show_now, name="overview_now"),
    path("<str:name>/run/", views.run_now, name="run_now"),
]
