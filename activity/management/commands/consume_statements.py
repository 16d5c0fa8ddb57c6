"""manage.py consume_statements [--loop]: store what waits in the stream, once or for as long as it runs."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections, connection
from redis.exceptions import RedisError

from activity.streaming.connection import is_set_up
from activity.streaming.consuming import Consumer, DatabaseAway

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Stores the statements that wait in the stream (ETL_MODE=streaming). Run as many of these as you need."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep going; SIGTERM ends it after the current batch")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_set_up():
            raise CommandError("There is no stream without Redis. Set REDIS_URL.")
        consumer = Consumer()
        if options["loop"]:
            self._loop(consumer)
        else:
            done = 0
            while count := consumer.work(block_seconds=0):
                done += count
            self.stdout.write(f"{done} statements taken from the stream")
        try:
            consumer.leave()
        except RedisError as error:
            log.warning("Redis did not hear that this consumer leaves: %s", error)

    def _loop(self, consumer: Consumer) -> None:
        stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stop.set())
        answered = True
        while not stop.is_set():
            close_old_connections()
            try:
                consumer.work()
                consumer.forget_idle_consumers()
                answered = True
            except (DatabaseAway, DatabaseError, RedisError) as error:
                if answered:  # said once, however long it takes
                    log.warning("The statements in the stream have to wait: %r", error)
                answered = False
                connection.close()
                stop.wait(PAUSE_SECONDS)
