"""Pages of lessons and cohorts."""

from django.urls import path

from .completion import views

app_name = "activity"
urlpatterns = [
    path("cohorts/", views.cohorts, name="cohorts"),
    path("cohorts/<int:pk>/", views.cohort, name="cohort"),
    path("lessons/", views.lessons, name="lessons"),
    path("lessons/<int:pk>/", views.lesson, name="lesson"),
]
