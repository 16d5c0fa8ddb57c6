"""Documents under writers who know nothing of one another."""

import hashlib
import threading
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from activity.models import Document
from activity.store.documents import (
    Address,
    Shelf,
    delete_document,
    delete_documents,
    document_ids,
    find_document,
    write_document,
)
from learners.tests.threads import at_once

SHELF = Shelf(Document.Kind.STATE, activity_id="https://example.org/1", agent="mbox:riya@example.org")


def anything(found: Document | None) -> None:
    """Whatever is there may be written over."""


def write(address: Address, content: bytes) -> None:
    write_document(address, compose=lambda found: content, content_type="text/plain", check=anything)


@pytest.mark.django_db
class TestOneAfterAnother:
    def test_document_is_written_replaced_and_deleted(self):
        address = Address(SHELF, "bookmark")
        write(address, b"page 1")
        write(address, b"page 2")
        document = find_document(address)
        assert bytes(document.content) == b"page 2"
        assert document.etag == hashlib.sha1(b"page 2", usedforsecurity=False).hexdigest()
        assert Document.objects.count() == 1
        delete_document(address, check=anything)
        delete_document(address, check=anything)
        assert find_document(address) is None

    def test_documents_differ_in_every_part_of_their_address(self):
        other = Shelf(Document.Kind.STATE, activity_id="https://example.org/1", agent="mbox:ada@example.org")
        addresses = [
            Address(SHELF, "a"),
            Address(SHELF, "b"),
            Address(SHELF, "a", registration="r"),
            Address(other, "a"),
            Address(Shelf(Document.Kind.ACTIVITY_PROFILE, activity_id="https://example.org/1"), "a"),
            Address(Shelf(Document.Kind.AGENT_PROFILE, agent="https://example.org/1"), "a"),
        ]
        for number, address in enumerate(addresses):
            write(address, str(number).encode())
        assert [bytes(find_document(address).content) for address in addresses] == [b"0", b"1", b"2", b"3", b"4", b"5"]

    def test_names_and_addresses_may_be_long(self):
        shelf = Shelf(Document.Kind.STATE, activity_id="https://example.org/" + "অ" * 5000, agent="a" * 5000)
        write(Address(shelf, "k" * 5000), b"x")
        assert document_ids(shelf) == ["k" * 5000]

    def test_ids_are_of_one_registration_or_of_all_and_of_later_than_a_time(self):
        write(Address(SHELF, "a"), b"")
        write(Address(SHELF, "b", registration="r"), b"")
        write(Address(SHELF, "a", registration="r"), b"")
        assert document_ids(SHELF) == ["a", "b"]
        assert document_ids(SHELF, registration="r") == ["b", "a"]
        last = find_document(Address(SHELF, "a", registration="r")).updated_at
        assert document_ids(SHELF, since=last) == []
        assert document_ids(SHELF, since=last - timedelta(microseconds=1)) == ["a"]
        assert document_ids(SHELF, since=timezone.now()) == []
        delete_documents(SHELF, registration="r")
        assert document_ids(SHELF) == ["a"]
        delete_documents(SHELF)
        assert document_ids(SHELF) == []


@pytest.mark.database("postgresql")  # in memory, SQLite's threads share one transaction
@pytest.mark.django_db(transaction=True)
def test_writers_at_once_lose_no_member_of_each_other_s():
    address = Address(SHELF, "counted")
    start = threading.Barrier(4)

    def add(number: int) -> None:
        start.wait()
        for _ in range(5):
            write_document(
                address,
                compose=lambda found: (bytes(found.content) if found else b"") + str(number).encode(),
                content_type="text/plain",
                check=anything,
            )

    at_once(*(partial(add, number) for number in range(4)))
    assert sorted(bytes(find_document(address).content)) == sorted(b"0123" * 5)
