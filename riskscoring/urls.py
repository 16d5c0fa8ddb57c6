from django.urls import path

from . import views

app_name = "riskscoring"

urlpatterns = [
    path("", views.board, name="board"),
    path("board/version", views.version, name="version"),
    path("board/rows", views.rows, name="rows"),
    path("learners.csv", views.export, name="export"),
    path("runs/", views.runs, name="runs"),
]
