"""Pages of lessons, sessions and cohorts."""

from django.urls import URLPattern

app_name = "activity"
urlpatterns: list[URLPattern] = []
