"""Files that wait, between their preview and their import, in the database: any worker can serve either step."""

from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from .importing import ImportReport, import_learners, preview_import
from .models import ImportUpload

KEPT_FOR = timedelta(days=1)


class UploadGone(Exception):  # noqa: N818  (named for what happened)
    """The file was imported already, or has waited too long."""


def keep_upload(*, file: UploadedFile, by: User) -> ImportUpload:
    """Store a file until it is imported; files that have waited too long go."""
    ImportUpload.objects.filter(uploaded_at__lt=timezone.now() - KEPT_FOR).delete()
    file.seek(0)
    return ImportUpload.objects.create(filename=(file.name or "")[:200], content=file.read(), uploaded_by=by)


def waiting_upload(*, token: UUID, by: User) -> ImportUpload:
    """One's own file. Raises UploadGone."""
    upload = ImportUpload.objects.filter(token=token, uploaded_by=by).first()
    if upload is None:
        raise UploadGone
    return upload


def preview_upload(upload: ImportUpload, *, as_of: date | None) -> ImportReport:
    """Raises ImportRefused."""
    return preview_import(BytesIO(upload.content), as_of=as_of)


def import_upload(upload: ImportUpload, *, as_of: date | None, by: User) -> ImportReport:
    """Import the file once, however often the button is pressed. Raises UploadGone or ImportRefused."""
    with transaction.atomic():
        claimed, _details = ImportUpload.objects.filter(pk=upload.pk).delete()
        if not claimed:
            raise UploadGone
        return import_learners(BytesIO(upload.content), by=by, as_of=as_of)
