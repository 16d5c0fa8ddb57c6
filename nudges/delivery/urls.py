"""Under /ui/delivery/: for those who run the site."""

from django.urls import path

from . import views

app_name = "delivery"
urlpatterns = [
    path("", views.show, name="show"),
    path("now/", views.show_now, name="now"),
    path("channels/<str:channel>/pause/", views.pause, name="pause"),
    path("channels/<str:channel>/resume/", views.resume, name="resume"),
    path("channels/<str:channel>/try-now/", views.try_now, name="try_now"),
    path("channels/<str:channel>/rate/", views.set_rate, name="set_rate"),
    path("nudges/<uuid:uuid>/arrived/", views.it_arrived, name="it_arrived"),
    path("nudges/<uuid:uuid>/send-again/", views.send_again, name="send_again"),
]
