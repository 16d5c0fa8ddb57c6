"""What learners did: statements as they came, the events read from them, and the facts that follow.

Three layers. The record (`Statement` and what finds it again) is append-only and knows no learner. An `Event` is the
flat reading of one statement about a learner that we know. Facts (`LessonProgress`, `Attendance`, `LearnerFacts`)
follow from events and can be made again from them.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from learners.models import Cohort, Learner, Program

from .xapi.versions import Version


class AccessKey(models.Model):
    """A sender's Basic credentials. Of the secret only its SHA-256 is kept: 256 random bits need no slow hash."""

    name = models.CharField(_("name"), max_length=100, help_text=_("Which tool uses it"))
    username = models.CharField(_("key"), max_length=2000, unique=True, editable=False)  # PUBLIC_PEM may be a real one
    digest = models.CharField(max_length=64, editable=False)
    can_read = models.BooleanField(_("may read"), default=True)
    can_write = models.BooleanField(_("may write"), default=True)
    version = models.CharField(
        _("xAPI version"),
        max_length=5,
        choices=[(version.value, version.value) for version in Version],
        default=Version.V2.value,
        help_text=_("Spoken to a tool that does not say which version it speaks."),
    )
    calls_per_minute = models.PositiveIntegerField(
        _("calls a minute"), null=True, blank=True, help_text=_("Blank: no limit")
    )
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
        verbose_name = _("access key")
        verbose_name_plural = _("access keys")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """A statement exactly as it was received. Rows are added, never changed.

    `position` orders statements by the time at which they were stored, and tells it: see store/positions.py.
    """

    position = models.BigIntegerField(primary_key=True)
    statement_id = models.UUIDField(_("id"), unique=True)
    raw = models.TextField(_("as received"))
    version = models.CharField(max_length=5)
    # No constraint in the database: for each statement it would look at, and lock, the one row that all share.
    key = models.ForeignKey(
        AccessKey,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("access key"),
    )

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["-position"]

    def __str__(self) -> str:
        return str(self.statement_id)


class StatementKey(models.Model):
    """One thing by which a statement is found: its verb, activity, agent, …, hashed to 64 bits (store/keys.py)."""

    pk = models.CompositePrimaryKey("key", "position")
    key = models.BigIntegerField()
    position = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key}@{self.position}"


class StatementReference(models.Model):
    """The statement at `position` points at the statement with the id `target`, to void it or to say something of it.

    Either may arrive first, so a voided statement is not marked: it is one that a row here voids.
    """

    pk = models.CompositePrimaryKey("target", "position")
    target = models.UUIDField()
    position = models.BigIntegerField()
    voids = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["position"], name="reference_of_statement")]

    def __str__(self) -> str:
        return f"{self.position} → {self.target}"


class Unfolded(models.Model):
    """A statement whose event is still to be made: written with the statement, deleted with the event's writing."""

    position = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.position)


class Attachment(models.Model):
    """The bytes that statements attach, once for each content."""

    sha2 = models.CharField(max_length=128, primary_key=True)
    content_type = models.CharField(max_length=200)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.sha2


class Document(models.Model):
    """What a tool keeps with us: the state of an activity, or a profile of an agent or activity."""

    class Kind(models.TextChoices):
        STATE = "state", _("state")
        AGENT_PROFILE = "agent_profile", _("agent profile")
        ACTIVITY_PROFILE = "activity_profile", _("activity profile")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    document_id = models.TextField(_("id"))  # stateId or profileId
    activity_id = models.TextField(_("activity"), blank=True)
    agent = models.TextField(_("agent"), blank=True)  # see xapi/identity.py
    registration = models.CharField(_("registration"), max_length=36, blank=True)
    # What lies together, and which one it is, as SHA-256: an index takes no texts as long as IRIs may be.
    shelf = models.CharField(max_length=64, editable=False)
    address = models.CharField(max_length=64, editable=False, unique=True)
    content = models.BinaryField()
    content_type = models.CharField(_("content type"), max_length=200)
    etag = models.CharField(max_length=40)  # SHA-1 of the content, as the specification has it
    updated_at = models.DateTimeField(_("updated"))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["shelf", "updated_at"], name="document_shelf")]

    def __str__(self) -> str:
        return self.document_id


class Refusal(models.Model):
    """A call that the record store turned down, so that staff can tell a tool's makers what to mend."""

    at = models.DateTimeField(_("time"), auto_now_add=True)
    key = models.ForeignKey(AccessKey, models.SET_NULL, null=True, related_name="+", verbose_name=_("access key"))
    method = models.CharField(_("method"), max_length=10)
    path = models.CharField(_("address"), max_length=300)
    status = models.PositiveSmallIntegerField(_("status"))
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("refused call")
        verbose_name_plural = _("refused calls")
        ordering = ["-at"]
        indexes = [models.Index(fields=["at"], name="refusal_at")]

    def __str__(self) -> str:
        return f"{self.status} {self.path}"


class PoisonedMessage(models.Model):
    """A message of the stream that could not be stored, set aside with the reason so that the others go on."""

    stream_id = models.CharField(_("message"), max_length=40, unique=True)
    content = models.TextField(_("content"))
    reason = models.TextField(_("reason"))
    tries = models.PositiveIntegerField(_("tries"))
    set_aside_at = models.DateTimeField(_("set aside"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("poison message")
        verbose_name_plural = _("poison messages")
        ordering = ["-set_aside_at"]

    def __str__(self) -> str:
        return self.stream_id


class StreamProgress(models.Model):
    """One row: what came into the stream before this moment is in the record. See streaming/pending.py."""

    stored_before = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.stored_before)


class StatementImport(models.Model):
    """How far a file of history has been read, so that a broken import goes on where it stopped."""

    fingerprint = models.CharField(max_length=64, unique=True)  # SHA-256 of the file
    filename = models.CharField(_("file"), max_length=255)
    offset = models.BigIntegerField(_("bytes read"), default=0)
    lines = models.BigIntegerField(_("lines read"), default=0)
    stored = models.BigIntegerField(_("stored"), default=0)
    duplicates = models.BigIntegerField(_("already there"), default=0)
    refused = models.BigIntegerField(_("refused"), default=0)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("import of statements")
        verbose_name_plural = _("imports of statements")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return self.filename


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


class Lesson(models.Model):
    """A piece of a program that learners work through, known to tools by its activity's IRI."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="lessons", verbose_name=_("program"))
    activity_id = models.CharField(
        _("activity"), max_length=1000, help_text=_("The IRI by which tools name it in their statements")
    )
    title = models.CharField(_("title"), max_length=300)
    order = models.PositiveIntegerField(_("order"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True, help_text=_("From this day on, in UTC"))
    counts = models.BooleanField(_("counts"), default=True, help_text=_("Towards the share of work handed in"))
    discovered = models.BooleanField(_("found in statements"), default=False, editable=False)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["program__name", "order", "due_on", "title"]
        constraints = [models.UniqueConstraint(fields=["program", "activity_id"], name="lesson_once_in_program")]
        indexes = [models.Index(fields=["program", "due_on"], name="lesson_due")]

    def __str__(self) -> str:
        return self.title


class Event(models.Model):
    """One statement about one learner that we know, flat. Can be made again from the statement."""

    position = models.BigIntegerField(primary_key=True)  # the statement's
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", db_index=False)
    verb = models.CharField(_("verb"), max_length=1000)
    object_id = models.CharField(_("object"), max_length=2000)
    object_type = models.CharField(_("type"), max_length=1000, blank=True)
    object_name = models.CharField(_("name"), max_length=300, blank=True)
    parent_id = models.CharField(max_length=2000, blank=True)  # the first parent activity's
    meaning = models.CharField(max_length=9, blank=True)  # for lessons and sessions: see facts/meaning.py
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, related_name="+", verbose_name=_("lesson"))
    mark = models.DecimalField(_("mark"), max_digits=5, decimal_places=2, null=True)  # 0 to 100
    mark_counts = models.BooleanField(default=False)  # by itself: see facts/meaning.py; a mark is there
    success = models.BooleanField(_("success"), null=True)
    completion = models.BooleanField(_("completion"), null=True)
    duration_seconds = models.DecimalField(_("duration"), max_digits=12, decimal_places=2, null=True)
    occurred_at = models.DateTimeField(_("time"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-occurred_at", "-position"]
        indexes = [
            models.Index(fields=["learner", "occurred_at"], name="event_of_learner"),
            models.Index(fields=["learner"], name="event_marks", condition=Q(mark_counts=True)),
            models.Index(fields=["learner"], name="event_answers", condition=Q(meaning="answered", lesson=None)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_id}"


class LessonProgress(models.Model):
    """How far one learner got with one lesson: minima and maxima over events, so their order does not matter."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", db_index=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="progress")
    begun_at = models.DateTimeField(_("begun"))
    last_at = models.DateTimeField(_("last worked on"))
    completed_at = models.DateTimeField(_("completed"), null=True)
    best_mark = models.DecimalField(_("best mark"), max_digits=5, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")
        constraints = [models.UniqueConstraint(fields=["learner", "lesson"], name="progress_once")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.lesson_id}"


class Session(models.Model):
    """A scheduled meeting of a cohort."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="sessions", verbose_name=_("cohort"))
    title = models.CharField(_("title"), max_length=300)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    lesson = models.ForeignKey(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("lesson")
    )
    activity_id = models.CharField(
        _("activity"), max_length=1000, blank=True, help_text=_("The IRI by which tools name it in their statements")
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_its_start"),
            models.UniqueConstraint(
                fields=["cohort", "activity_id"], condition=~Q(activity_id=""), name="session_once_in_cohort"
            ),
        ]
        indexes = [models.Index(fields=["cohort", "ends_at"], name="session_of_cohort")]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """Whether one learner booked a session, and came."""

    class Answer(models.TextChoices):
        BOOKED = "booked", _("booked")
        ATTENDED = "attended", _("attended")
        MISSED = "missed", _("missed")
        EXCUSED = "excused", _("excused")

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendance", verbose_name=_("session"))
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", verbose_name=_("learner"))
    answer = models.CharField(_("attendance"), max_length=8, choices=Answer.choices)
    booked_at = models.DateTimeField(_("booked"), null=True, blank=True)
    by_hand = models.BooleanField(_("recorded by staff"), default=False, editable=False)  # wins over statements
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [models.UniqueConstraint(fields=["session", "learner"], name="attendance_once")]

    def __str__(self) -> str:
        return self.get_answer_display()


class ActiveDay(models.Model):
    """A learner did something on this day, in UTC."""

    pk = models.CompositePrimaryKey("learner", "day")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.day}"


class Interruption(models.Model):
    """Days on which a whole cohort fell silent (a holiday, an outage): one event, not an alarm for each learner."""

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        DISMISSED = "dismissed", _("not an interruption")

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="interruptions", verbose_name=_("cohort"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    recognised = models.BooleanField(_("recognised by itself"), default=False, editable=False)
    decision = models.CharField(_("decision"), max_length=9, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("interruption")
        verbose_name_plural = _("interruptions")
        ordering = ["-first_day"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "first_day"], name="interruption_once"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="interruption_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"


class LearnerFacts(models.Model):
    """What events say of the four inputs of the score; null where they say nothing. They win over imported values."""

    learner = models.OneToOneField(Learner, models.CASCADE, primary_key=True, related_name="facts")
    last_activity_at = models.DateTimeField(_("last activity"), null=True)
    lessons_due = models.PositiveIntegerField(_("lessons due"), default=0)
    lessons_completed = models.PositiveIntegerField(_("of these completed"), default=0)
    completed_percent = models.DecimalField(_("completed"), max_digits=5, decimal_places=2, null=True)
    marks = models.PositiveIntegerField(_("marks"), default=0)
    avg_quiz_score = models.DecimalField(_("quiz average"), max_digits=5, decimal_places=2, null=True)
    consecutive_missed_sessions = models.PositiveIntegerField(_("sessions missed in a row"), null=True)
    # Where the learner was then: who moves has other lessons and sessions.
    program = models.ForeignKey(Program, models.SET_NULL, null=True, related_name="+", db_index=False)
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, related_name="+", db_index=False)
    as_of = models.DateField(_("last changed"))

    class Meta:
        verbose_name = _("facts")
        verbose_name_plural = _("facts")

    def __str__(self) -> str:
        return str(self.learner_id)
