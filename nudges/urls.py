from django.urls import include, path

from . import batch_views, views

app_name = "nudges"

urlpatterns_of_nudges = [
    path("", views.nudge_list, name="list"),
    path("compose/", views.compose, name="compose"),
    path("<uuid:uuid>/", views.detail, name="detail"),
    path("<uuid:uuid>/preview/", views.preview, name="preview"),
    path("<uuid:uuid>/send/", views.send, name="send"),
    path("<uuid:uuid>/rewrite/", views.rewrite, name="rewrite"),
    path("<uuid:uuid>/discard/", views.discard, name="discard"),
    path("batches/<uuid:uuid>/", batch_views.batch, name="batch"),
    path("batches/<uuid:uuid>/preview/", batch_views.batch_preview, name="batch_preview"),
    path("batches/<uuid:uuid>/send/", batch_views.batch_send, name="batch_send"),
    path("batches/<uuid:uuid>/rewrite/", batch_views.batch_rewrite, name="batch_rewrite"),
    path("batches/<uuid:uuid>/discard/", batch_views.batch_discard, name="batch_discard"),
]

urlpatterns = [
    path("nudges/", include(urlpatterns_of_nudges)),
    path("n/", include("nudges.answering.urls")),  # short: it stands in text messages
]
