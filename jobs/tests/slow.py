"""A task that takes as long as a test wants."""

import time
from pathlib import Path

from django_tasks import task


@task()
def begin_and_wait(directory: str) -> None:
    """Says in a file that it begins, waits for the file `go`, and says that it ends."""
    place = Path(directory)
    with (place / "begun").open("a") as file:
        file.write("begun\n")
    while not (place / "go").exists():
        time.sleep(0.01)
    with (place / "done").open("a") as file:
        file.write("done\n")
