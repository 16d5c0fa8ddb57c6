from django.urls import path

from . import views

app_name = "learners"

urlpatterns = [
    path("import/", views.upload_file, name="import"),
    path("import/<uuid:token>/", views.import_file, name="import_preview"),
]
