"""Under /ui/: pages for those who run the site."""

from django.urls import URLPattern

app_name = "ui"
urlpatterns: list[URLPattern] = []
