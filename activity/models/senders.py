"""Tools that send statements, and what was refused to them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..xapi.versions import Version


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
