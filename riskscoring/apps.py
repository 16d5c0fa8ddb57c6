from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiskscoringConfig(AppConfig):
    name = "riskscoring"
    verbose_name = _("Risk scoring")
