"""Every address of the site. Who may open it stands in permissions.py."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from . import learner_views, sample_views
from .api import api
from .health import health, ready
from .metrics import metrics
from .terminal.views import terminal
from .today import views as today_views

urlpatterns = [
    path("", include("riskscoring.urls")),
    path("today", today_views.today, name="today"),
    path("today/capacity/", today_views.choose_capacity, name="today_capacity"),
    path("today/<str:uid>/put-off/", today_views.put_learner_off, name="today_put_off"),
    path("learners/", include("learners.urls")),  # before the learners: "import" is no learner's id
    path("learners/<str:uid>/", learner_views.show, name="learner"),
    path("learners/<str:uid>/notes/", learner_views.write_note, name="learner_notes"),
    path("learners/<str:uid>/preferences/", learner_views.record_preference, name="learner_preferences"),
    path("learners/<str:uid>/hand-over/", learner_views.hand_over, name="learner_hand_over"),
    path("learners/<str:uid>/automation/", learner_views.stop_or_go_on, name="learner_automation"),
    path("", include("nudges.urls")),
    path("", include("nudges.campaigns.urls")),
    path("", include("activity.urls")),
    path("ui/db-terminal", terminal, name="db_terminal"),
    path("ui/test-etl-<str:mode>", sample_views.sample, name="sample"),
    path("ui/test-etl-<str:mode>/<uuid:sample_id>/", sample_views.sample_steps, name="sample_steps"),
    path("ui/test-etl-<str:mode>/<uuid:sample_id>/take-back/", sample_views.take_sample_back, name="take_sample_back"),
    path("ui/delivery/", include("nudges.delivery.urls")),
    path("ui/jobs/", include("jobs.urls")),
    path("ui/", include("activity.ui_urls")),
    path("ui/", include("nudges.reminders.urls")),
    path("xapi/", include("activity.lrs.urls")),
    path("hooks/", include("nudges.hooks.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("language/", set_language, name="set_language"),
    path("api/", api.urls),
    path("health", health),
    path("ready", ready),
    path("metrics", metrics),
]
