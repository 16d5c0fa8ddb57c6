"""Jobs at the same moment, each with a connection of its own: for tests that PostgreSQL alone can take."""

import threading
from collections.abc import Callable

from django.db import connection

PATIENCE_SECONDS = 120


def at_once(*jobs: Callable[[], object]) -> None:
    """Run these in threads of their own; an error in any of them fails the test."""
    errors = []

    def guarded(job):
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread, below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not errors
    assert not any(thread.is_alive() for thread in threads)
