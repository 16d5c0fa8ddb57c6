"""python -m benchmarks [--size N] [--only NAME] [--database-url URL]: see the package."""

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from . import NAMES

SERVER_VARIABLES = ("BENCH_POSTGRES_URL", "DATABASE_URL")
SCHEMES = ("postgres", "postgresql")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Benchmarks as ratios from one run.")
    parser.add_argument(
        "--size", type=int, default=1_000_000, help="how many learners, or statements (default: %(default)s)"
    )
    parser.add_argument("--only", choices=NAMES, action="append", help="this benchmark only; may be repeated")
    parser.add_argument(
        "--database-url",
        help="only on this server: sqlite:// or postgres://user@host/ (a new database is made there, and dropped)",
    )
    parser.add_argument("--in-this-database", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.only or NAMES
    if options.in_this_database:
        return _run(names[0], options.size)
    missed = 0
    for server in [options.database_url] if options.database_url else _servers():
        for name in names:
            with _throw_away_database(server) as url:
                missed += _in_a_process(name, options.size, url)
    return 1 if missed else 0


def _servers() -> list[str]:
    urls = [
        url for variable in SERVER_VARIABLES if (url := os.environ.get(variable)) and urlsplit(url).scheme in SCHEMES
    ]
    if not urls:
        print(f"PostgreSQL is skipped: name a server in {SERVER_VARIABLES[0]}, for example postgres://me@127.0.0.1/")
    return ["sqlite://", *urls[:1]]


@contextmanager
def _throw_away_database(server: str) -> Iterator[str]:
    if urlsplit(server).scheme not in SCHEMES:
        with tempfile.TemporaryDirectory(prefix="engage-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        return
    import psycopg

    name = f"engage_bench_{os.getpid()}"
    maintenance = urlunsplit(urlsplit(server)._replace(path="/postgres"))
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _in_a_process(name: str, size: int, url: str) -> int:
    """A process of its own, so that settings, caches and peak memory are those of this benchmark alone."""
    command = [sys.executable, "-m", "benchmarks", "--in-this-database", "--only", name, "--size", str(size)]
    return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode


def _run(name: str, size: int) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "engagement.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    benchmark = importlib.import_module(f"benchmarks.{name}")
    begun = time.monotonic()
    call_command("migrate", verbosity=0)
    title, of_what = (benchmark.__doc__ or name).splitlines()[0], getattr(benchmark, "OF_WHAT", "learners")
    print(f"{title} · {connection.display_name} · {size:,} {of_what}", flush=True)
    missed = 0
    for finding in benchmark.run(size):
        print(finding, flush=True)
        missed += not finding.is_reached
    print(f"  ({time.monotonic() - begun:.0f} s in all)\n", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
