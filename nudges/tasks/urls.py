from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="tasks"),
    path("notices/", views.notices, name="notices"),
    path("notices/seen/", views.see_notices, name="see_notices"),
    path("notices/<int:pk>/", views.open_notice, name="open_notice"),
    path("<uuid:uuid>/", views.detail, name="task"),
    path("<uuid:uuid>/outcome/", views.outcome, name="task_outcome"),
    path("<uuid:uuid>/hand-over/", views.give, name="task_hand_over"),
    path("<uuid:uuid>/note/", views.note, name="task_note"),
    path("<uuid:uuid>/close/", views.close, name="task_close"),
]
