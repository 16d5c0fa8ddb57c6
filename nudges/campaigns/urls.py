from django.urls import path

from . import segment_views, views

app_name = "campaigns"

urlpatterns = [
    path("campaigns/", views.campaign_list, name="list"),
    path("campaigns/new/", views.new_campaign, name="new"),
    path("campaigns/audience/", views.audience, name="audience"),
    path("campaigns/<uuid:uuid>/", views.campaign, name="campaign"),
    path("campaigns/<uuid:uuid>/edit/", views.edit, name="edit"),
    path("campaigns/<uuid:uuid>/texts/", views.texts, name="texts"),
    path("campaigns/<uuid:uuid>/sides/", views.sides, name="sides"),
    path("campaigns/<uuid:uuid>/reading/", views.reading, name="reading"),
    path("campaigns/<uuid:uuid>/runs/", views.runs, name="runs"),
    path("campaigns/<uuid:uuid>/write/", views.write, name="write"),
    path("campaigns/<uuid:uuid>/approve/", views.approve, name="approve"),
    path("campaigns/<uuid:uuid>/switch/", views.switch, name="switch"),
    path("campaigns/<uuid:uuid>/run/", views.run, name="run"),
    path("campaigns/<uuid:uuid>/delete/", views.delete, name="delete"),
    path("campaigns/<uuid:uuid>/runs/<uuid:batch_uuid>/<str:action>/", views.run_action, name="run_action"),
    path("segments/", segment_views.segment_list, name="segments"),
    path("segments/new/", segment_views.new_segment, name="new_segment"),
    path("segments/count/", segment_views.segment_count, name="segment_count"),
    path("segments/<int:pk>/", segment_views.segment, name="segment"),
    path("segments/<int:pk>/delete/", segment_views.segment_delete, name="segment_delete"),
]
