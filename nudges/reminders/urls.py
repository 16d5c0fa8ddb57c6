from django.urls import path

from . import views

app_name = "reminders"
urlpatterns = [
    path("test-reminders", views.show, name="test"),
    path("test-reminders/switch", views.switch, name="switch"),
]
