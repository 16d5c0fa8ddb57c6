from django.urls import path

from . import doors

app_name = "hooks"

urlpatterns = [
    path("email/<slug:esp>/", doors.email_reports, name="email"),
    path("whatsapp/", doors.whatsapp_reports, name="whatsapp"),
    path("twilio/status", doors.twilio_status, name="twilio_status"),
    path("twilio/inbound", doors.twilio_inbound, name="twilio_inbound"),
]
