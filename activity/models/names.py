"""The names by which statements call people, and which learners they are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from learners.models import Learner


class LearnerIdentity(models.Model):
    """Another name by which tools know a learner. Their email and id are known without a row here."""

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("account")  # value: "homePage|name"
        OPENID = "openid", "OpenID"
        MBOX = "mbox", _("email address")  # an earlier or second one

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="identities", verbose_name=_("learner"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    value = models.CharField(
        _("value"), max_length=1000, help_text=_("For an account: the home page, a vertical bar, and the name")
    )

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_is_one_learners")]

    def __str__(self) -> str:
        return self.value


class Actor(models.Model):
    """Somebody of whom statements tell, by the one name that these give, and which learner that is: see actors.py.

    Whose name it is was asked `asked` times (when the actor was first met, and when learners changed), and answered up
    to the time `answered`.
    """

    key = models.BigIntegerField(primary_key=True)  # by which the record finds the statements: store/keys.py
    identifier = models.TextField(_("name"))  # see xapi/identity.py
    account_name_key = models.BigIntegerField(null=True, db_index=True)  # of an account's name, in small letters
    learner = models.ForeignKey(Learner, models.SET_NULL, null=True, related_name="+", verbose_name=_("learner"))
    asked = models.PositiveIntegerField(default=1)
    answered = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("actor")
        verbose_name_plural = _("actors")
        indexes = [
            models.Index(fields=["answered", "key"], name="actor_to_identify", condition=Q(asked__gt=F("answered")))
        ]

    def __str__(self) -> str:
        return self.identifier


class NameChange(models.Model):
    """A learner whose names may be others than before; null stands for any number of learners. Waits for actors.py."""

    learner = models.ForeignKey(Learner, models.CASCADE, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.learner_id or "*")
