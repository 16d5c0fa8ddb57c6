import logging
import uuid

import pytest

from jobs.correlation import CorrelationFilter, correlated, correlation_id

GIVEN = uuid.UUID("5a0f3c1e-0c3f-4a53-9c58-3b7a4f9d2e11")


def test_a_request_keeps_the_id_that_it_brings(client):
    assert client.get("/health", headers={"X-Request-ID": str(GIVEN)})["X-Request-ID"] == str(GIVEN)


@pytest.mark.parametrize("given", ["", "42", "x" * 5000, "a\u2028b", f"{GIVEN}; forged=1"])
def test_what_is_no_uuid_is_replaced(client, given):
    answer = client.get("/health", headers={"X-Request-ID": given})["X-Request-ID"]
    assert uuid.UUID(answer) != GIVEN


def test_every_request_has_one_of_its_own(client):
    assert client.get("/health")["X-Request-ID"] != client.get("/health")["X-Request-ID"]
    assert correlation_id() is None


def test_a_line_of_the_log_says_what_it_belongs_to():
    record = logging.makeLogRecord({})
    with correlated(GIVEN):
        assert CorrelationFilter().filter(record)
    assert record.correlation == GIVEN
    assert CorrelationFilter().filter(record)
    assert record.correlation == "-"


def test_ids_nest():
    with correlated(GIVEN):
        with correlated(uuid.UUID(int=1)):
            assert correlation_id() == uuid.UUID(int=1)
        assert correlation_id() == GIVEN
