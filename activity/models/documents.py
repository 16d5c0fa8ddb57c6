"""What tools keep with us besides statements."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
