"""The documents that tools keep with us: found by where they lie, written only as their writer expects them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..models import Document

Check = Callable[[Document | None], None]  # raises when what is there is not what the writer expects
Compose = Callable[[Document | None], bytes]  # the new content, made from what is there


@dataclass(frozen=True)
class Shelf:
    """Documents that lie together: of one kind, about one activity or agent or both."""

    kind: Document.Kind
    activity_id: str = ""
    agent: str = ""  # see xapi/identity.py

    @property
    def digest(self) -> str:
        return _digest(self.kind, self.activity_id, self.agent)


@dataclass(frozen=True)
class Address:
    shelf: Shelf
    document_id: str
    registration: str = ""

    @property
    def digest(self) -> str:
        return _digest(self.shelf.digest, self.registration, self.document_id)


def find_document(address: Address) -> Document | None:
    return Document.objects.filter(address=address.digest).first()


def document_ids(shelf: Shelf, *, registration: str = "", since: datetime | None = None) -> list[str]:
    """In the order in which they were written. Without a registration those of every registration."""
    documents = Document.objects.filter(shelf=shelf.digest)
    if registration:
        documents = documents.filter(registration=registration)
    if since is not None:
        documents = documents.filter(updated_at__gt=since)
    ids = documents.order_by("updated_at", "pk").values_list("document_id", flat=True)
    return list(dict.fromkeys(ids))


def write_document(address: Address, *, compose: Compose, content_type: str, check: Check) -> None:
    """Write what `compose` makes, in the one transaction in which `check` saw what was there."""
    try:
        _write(address, compose, content_type, check)
    except IntegrityError:  # somebody else made it between our look and our insert: look again
        _write(address, compose, content_type, check)


@transaction.atomic
def _write(address: Address, compose: Compose, content_type: str, check: Check) -> None:
    found = Document.objects.select_for_update().filter(address=address.digest).first()
    check(found)
    content = compose(found)
    document = found or Document(
        kind=address.shelf.kind,
        document_id=address.document_id,
        activity_id=address.shelf.activity_id,
        agent=address.shelf.agent,
        registration=address.registration,
        shelf=address.shelf.digest,
        address=address.digest,
    )
    document.content = content
    document.content_type = content_type
    document.etag = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    document.updated_at = timezone.now()
    document.save()


@transaction.atomic
def delete_document(address: Address, *, check: Check) -> None:
    """That it is not there is no fault, unless `check` finds it one."""
    found = Document.objects.select_for_update().filter(address=address.digest).first()
    check(found)
    if found is not None:
        found.delete()


def delete_documents(shelf: Shelf, *, registration: str = "") -> None:
    documents = Document.objects.filter(shelf=shelf.digest)
    if registration:
        documents = documents.filter(registration=registration)
    documents.delete()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()  # no part holds a NUL: no address does
