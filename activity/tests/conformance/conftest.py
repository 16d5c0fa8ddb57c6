"""Every test here runs once for each version of the specification, unless it is decorated as about one alone."""

import pytest

from activity.access_keys import create_access_key

from .lrs import Lrs, basic


@pytest.fixture(params=["1.0.3", "2.0.0"])
def version(request) -> str:
    return request.param


@pytest.fixture
def lrs(db, version) -> Lrs:
    key, secret = create_access_key(
        name="Conformance", can_read=True, can_write=True, version="2.0.0", calls_per_minute=None, by=None
    )
    return Lrs(version, basic(key.username, secret))
