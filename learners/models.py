"""Who the learners are, who looks after them, and what they allow; which systems may ask; and files on their way in."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Concat, Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .channels import Channel
from .querysets import CohortQuerySet, LearnerQuerySet, PreferenceQuerySet, ProgramQuerySet


def new_uid() -> str:
    return str(uuid.uuid4())


class Program(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)
    course_url = models.URLField(
        _("course address"),
        blank=True,
        help_text=_("Where a learner goes to continue. Nudges link here."),
    )
    open_for_signup = models.BooleanField(
        _("open for signing up"), default=True, help_text=_("Learners may join by themselves")
    )

    objects = ProgramQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)


class Cohort(models.Model):
    """A group of one program that starts together."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="cohorts", verbose_name=_("program"))
    name = models.CharField(_("name"), max_length=200)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["program__name", "name"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="cohort_name_unique_in_program")]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, str]:
        return (self.program.name, self.name)

    natural_key.dependencies = ["learners.program"]  # type: ignore[attr-defined]  # Django's way to order a fixture


class Status(models.TextChoices):
    ACTIVE = "active", _("Active")
    FINISHED = "finished", _("Finished the course")
    LEFT = "left", _("Left the course")


class Learner(models.Model):
    """A person in a program, with the four inputs of the risk score, in which null means "no data", never zero."""

    uid = models.CharField(_("id"), max_length=64, unique=True, default=new_uid)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("email"), null=True, blank=True)
    phone = models.CharField(
        _("phone"), max_length=20, blank=True, help_text=_("With its country code: +8801712345678")
    )
    program = models.ForeignKey(
        Program, models.PROTECT, null=True, blank=True, related_name="learners", verbose_name=_("program")
    )
    cohort = models.ForeignKey(
        Cohort, models.SET_NULL, null=True, blank=True, related_name="learners", verbose_name=_("cohort")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("coordinator"),
        help_text=_("Signs the nudges, and gets the replies."),
    )
    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.ACTIVE, db_default=Status.ACTIVE
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")

    last_login = models.DateTimeField(_("last seen"), null=True, blank=True)
    completed_percent = models.DecimalField(
        _("completed"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Of the work due so far, the percentage handed in."),
    )
    avg_quiz_score = models.DecimalField(
        _("quiz average"), max_digits=7, decimal_places=2, null=True, blank=True, help_text=_("0 to 100")
    )
    consecutive_missed_sessions = models.IntegerField(_("sessions missed in a row"), null=True, blank=True)

    last_contacted_at = models.DateTimeField(_("last nudge"), null=True, blank=True, editable=False)
    last_contact_channel = models.CharField(
        _("channel of the last nudge"), max_length=10, choices=Channel.choices, blank=True, editable=False
    )
    search = models.GeneratedField(
        expression=Lower(
            Concat(
                F("name"),
                Value(" "),
                Coalesce("email", Value("")),
                Value(" "),
                F("uid"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = LearnerQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search", "last_contacted_at", "last_contact_channel", "updated_at"])

    class Meta:
        verbose_name = _("learner")
        verbose_name_plural = _("learners")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="learner_email_unique",
                violation_error_message=_("Another learner has this email address."),
            ),
            models.CheckConstraint(condition=~Q(uid=""), name="learner_uid_not_blank"),
        ]
        indexes = [  # one for each column that the board sorts by, with the id that breaks ties
            models.Index(fields=["name", "id"], name="learner_name"),
            models.Index(fields=["last_login", "id"], name="learner_last_login"),
            models.Index(fields=["completed_percent", "id"], name="learner_completed"),
            models.Index(fields=["avg_quiz_score", "id"], name="learner_quiz"),
            models.Index(fields=["consecutive_missed_sessions", "id"], name="learner_missed"),
            models.Index(fields=["last_contacted_at", "id"], name="learner_last_contacted"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="learner_phone"),  # who writes to us
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.uid,)


class ContactPreference(models.Model):
    """What a learner said about one channel, when, and how we know; and whether the address behind it is theirs."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="preferences", verbose_name=_("learner"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    allowed = models.BooleanField(_("consent"))
    decided_at = models.DateTimeField(_("decided"))
    source = models.CharField(_("source"), max_length=200, help_text=_("For example: enrolment form, phone call"))
    verified_at = models.DateTimeField(_("address verified"), null=True, blank=True)
    # The provider says that nothing arrives there. A new address, or a new verification, takes it back.
    bounced_at = models.DateTimeField(_("address bounced"), null=True, blank=True)

    objects = PreferenceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contact preference")
        verbose_name_plural = _("contact preferences")
        ordering = ["channel"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "channel"], name="one_preference_per_learner_and_channel")
        ]

    def __str__(self) -> str:
        answer = _("yes") if self.allowed else _("no")
        return f"{self.get_channel_display()}: {answer}"

    def natural_key(self) -> tuple[str, str]:
        return (self.learner.uid, self.channel)

    natural_key.dependencies = ["learners.learner"]  # type: ignore[attr-defined]


class Note(models.Model):
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="notes", verbose_name=_("learner"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("note"), max_length=2000)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.text[:60]


class ApiKey(models.Model):
    """An integration's key. Only its SHA-256 is kept; the prefix lets people tell keys apart."""

    name = models.CharField(_("name"), max_length=100, help_text=_("Which system uses it"))
    prefix = models.CharField(_("prefix"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    can_write = models.BooleanField(_("may write"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class ImportUpload(models.Model):
    """An uploaded file between its preview and its import."""

    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename


class StagedLearner(models.Model):
    """A readable row of a file on its way in: a temporary table of one connection, made by importing.staging.

    `uid` is always there: the row's own, else that of the learner with its email, else a new one. Null is "no data".
    """

    line = models.BigIntegerField(primary_key=True)
    uid = models.CharField(max_length=64)
    has_own_uid = models.BooleanField()
    name = models.CharField(max_length=200, null=True)
    email = models.EmailField(null=True)
    phone = models.CharField(max_length=20, null=True)
    program = models.CharField(max_length=200, null=True)
    cohort = models.CharField(max_length=200, null=True)
    status = models.CharField(max_length=8, null=True)
    language = models.CharField(max_length=5, null=True)
    timezone = models.CharField(max_length=64, null=True)
    last_login = models.DateTimeField(null=True)
    completed_percent = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    avg_quiz_score = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    consecutive_missed_sessions = models.IntegerField(null=True)
    as_of = models.DateField()

    class Meta:
        managed = False
        db_table = "staged_learner"

    def __str__(self) -> str:
        return f"{self.line}: {self.uid}"
