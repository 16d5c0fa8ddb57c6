from django.urls import include, path

from . import views
from .batches import editor_views as drafts
from .batches import views as batches

app_name = "nudges"

urlpatterns_of_nudges = [
    path("", views.nudge_list, name="list"),
    path("compose/", views.compose, name="compose"),
    path("<uuid:uuid>/", views.detail, name="detail"),
    path("<uuid:uuid>/preview/", views.preview, name="preview"),
    path("<uuid:uuid>/send/", views.send, name="send"),
    path("<uuid:uuid>/rewrite/", views.rewrite, name="rewrite"),
    path("<uuid:uuid>/discard/", views.discard, name="discard"),
    path("batches/", batches.batch_list, name="batches"),
    path("batches/<uuid:uuid>/", batches.batch, name="batch"),
    path("batches/<uuid:uuid>/preview/", drafts.batch_preview, name="batch_preview"),
    path("batches/<uuid:uuid>/send/", drafts.batch_send, name="batch_send"),
    path("batches/<uuid:uuid>/rewrite/", drafts.batch_rewrite, name="batch_rewrite"),
    path("batches/<uuid:uuid>/discard/", drafts.batch_discard, name="batch_discard"),
    path("batches/<uuid:uuid>/undo/", batches.batch_undo, name="batch_undo"),
    path("batches/<uuid:uuid>/pause/", batches.batch_pause, name="batch_pause"),
    path("batches/<uuid:uuid>/resume/", batches.batch_resume, name="batch_resume"),
    path("batches/<uuid:uuid>/cancel/", batches.batch_cancel, name="batch_cancel"),
]

urlpatterns = [
    path("nudges/", include(urlpatterns_of_nudges)),
    path("tasks/", include("nudges.tasks.urls")),
    path("n/", include("nudges.answering.urls")),  # short: it stands in text messages
]
