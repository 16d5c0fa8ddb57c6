"""The record: statements as they came, and what finds them again. Append-only, and it knows no learner."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .senders import AccessKey


class Statement(models.Model):
    """A statement exactly as it was received. Rows are added, never changed.

    `position` orders statements by the time at which they were stored, and tells it: see store/positions.py.
    """

    position = models.BigIntegerField(primary_key=True)
    statement_id = models.UUIDField(_("id"), unique=True)
    raw = models.TextField(_("as received"))
    version = models.CharField(_("version"), max_length=5)
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
        indexes = [models.Index(fields=["key", "position"], name="statement_of_key")]  # what one tool has sent

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
