import pytest

from jobs.tests import factories
from jobs.workers import at_work


@pytest.fixture(autouse=True)
def calls():
    """What jobs of factories.py did."""
    factories.CALLS.clear()
    return factories.CALLS


@pytest.fixture
def schedule(settings):
    settings.SCHEDULE = {"count": factories.A_JOB}
    return settings.SCHEDULE


@pytest.fixture
def worker(db):
    """This thread is a worker."""
    with at_work("tests") as me:
        yield me
