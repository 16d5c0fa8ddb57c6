"""manage.py consume_statements [--loop]: store what waits in the stream, once or for as long as it runs."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from redis.exceptions import RedisError

from activity.streaming.connection import is_set_up
from activity.streaming.consuming import Consumer
from jobs.loops import work_until_told_to_stop

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.2  # beside the second for which a consumer waits for an entry


class Command(BaseCommand):
    help = (
        "Stores the statements that wait in the stream (ETL_MODE=streaming). "
        "With --loop it keeps going until it is told to stop; any number of these may run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep going; SIGTERM ends it after the current batch")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_set_up():
            raise CommandError("There is no stream without Redis. Set REDIS_URL.")
        consumer = Consumer()
        if options["loop"]:
            patiently = _Patiently(consumer)
            work_until_told_to_stop(lambda _should_stop: patiently.work(), idle_seconds=IDLE_SECONDS)
        else:
            done = 0
            while count := consumer.work(block_seconds=0):
                done += count
            self.stdout.write(f"{done} statements taken from the stream")
        try:
            consumer.leave()
        except RedisError as error:
            log.warning("Redis did not hear that this consumer leaves: %s", error)


class _Patiently:
    """A consumer that waits for Redis, too, and says so once."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self._answered = True

    def work(self) -> int:
        try:
            done = self._consumer.work()
            self._consumer.forget_idle_consumers()
        except RedisError as error:
            if self._answered:
                log.warning("Redis did not answer; trying again: %s", error)
            self._answered = False
            return 0
        self._answered = True
        return done
