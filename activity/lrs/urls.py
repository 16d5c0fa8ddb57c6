"""The record store's resources, under /xapi/, as the specification names them.

The door answers before an address is resolved: this is what `reverse` and the table of permissions know of it.
"""

from django.urls import URLPattern, path

from .door import RESOURCES, respond

app_name = "xapi"
urlpatterns: list[URLPattern] = [path(name, respond, name=name.replace("/", "_")) for name in RESOURCES]
