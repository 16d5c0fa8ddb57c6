"""Statements that are not in the record yet: how far the stream and files of history were followed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PoisonedMessage(models.Model):
    """A message that could not be stored, or a stored one that could not become an event: see streaming/poison.py."""

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
