from django.urls import path

from . import views

urlpatterns = [
    path("<str:token>/", views.answer, name="message_answer"),
    path("<str:token>/go", views.go, name="message_go"),
    path("<str:token>/seen.gif", views.seen, name="message_seen"),
    path("<str:token>/stop", views.stop, name="message_stop"),
]
