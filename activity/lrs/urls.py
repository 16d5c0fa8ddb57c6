"""The record store's resources, under /xapi/, as the specification names them."""

from django.urls import URLPattern

app_name = "xapi"
urlpatterns: list[URLPattern] = []
