"""Delivery: how fast one worker is against its provider, and how long a person waits beside a campaign"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import quantiles

from django.conf import settings
from django.utils import timezone

from learners.models import ContactPreference, Learner
from nudges.delivery import deliver_due
from nudges.models import ContactPolicy, Nudge, NudgeBatch, Wording

from .harness import Finding, Limit, Ratio, seconds_of, tidy
from .provider import ids_taken, running_provider

OF_WHAT = "messages in the campaign"
PROVIDER_SECONDS = 0.050
MEASURED = 3_000
CAMPAIGN = 50_000
PERSONS, PAUSE_SECONDS = 30, 0.25
PATIENCE_SECONDS = 60
THROUGHPUT_REACH = 1.25  # the time that the provider and the threads allow, and a quarter more
DELIVERED_SECONDS = 2.0
BODY = "Hi {first_name}, ten minutes bring you on: {link}"


def run(size: int) -> Iterator[Finding]:
    size = min(size, CAMPAIGN)
    ContactPolicy.objects.create(quiet_from=0, quiet_until=0)  # benchmarks run at any hour
    with running_provider(PROVIDER_SECONDS) as url:
        settings.SMS_PROVIDER_URL = url
        yield from throughput(url)
        yield from person_beside_a_campaign(url, size)


def throughput(url: str) -> Iterator[Finding]:
    queue(learners("first", MEASURED))
    tidy()
    seconds = seconds_of(lambda: deliver_due(limit=MEASURED))
    least = MEASURED * PROVIDER_SECONDS / settings.DELIVERY_CONCURRENCY
    rate = MEASURED / seconds
    note = f"{rate:,.0f} a second with {settings.DELIVERY_CONCURRENCY} threads; {1 / (least / MEASURED):,.0f} at most"
    yield Ratio("one worker", seconds, "what latency and threads allow", least, reach=THROUGHPUT_REACH, note=note)
    yield Limit("sent twice", len(ids_taken(url)) - len(set(ids_taken(url))), "messages", at_most=0)


def person_beside_a_campaign(url: str, size: int) -> Iterator[Finding]:
    """From the moment at which a person's nudge is queued to the one at which it is stored as sent."""
    batch = NudgeBatch.objects.create(
        channel="sms", type="reminder", origin="campaign", status=NudgeBatch.Status.RUNNING, started_at=timezone.now()
    )
    wording = Wording.objects.create(batch=batch, channel="sms", language="en", body=BODY, source="template")
    queue(learners("campaign", size), batch=batch, wording=wording, body="", priority=6)
    persons = learners("person", PERSONS)
    tidy()
    waits = []
    with running_worker(url):
        wait_until(lambda: Nudge.objects.filter(batch=batch, state="sent").exists())
        for learner in persons:
            begun = time.perf_counter()
            [nudge] = queue([learner])
            wait_until(lambda: Nudge.objects.filter(pk=nudge.pk, sent_at__isnull=False).exists())  # noqa: B023
            waits.append(time.perf_counter() - begun)
            time.sleep(PAUSE_SECONDS)
        left = Nudge.objects.filter(batch=batch, state="queued").count()
    yield Limit("of the campaign still waiting then", left, "messages")
    yield Limit(
        "a person's nudge, queued to sent, p95", quantiles(waits, n=20)[-1], "s", at_most=DELIVERED_SECONDS,
        note=f"median {quantiles(waits, n=2)[0]:.2f} s",
    )  # fmt: skip


@contextmanager
def running_worker(url: str) -> Iterator[None]:
    """`manage.py deliver_nudges --loop`, as it is run."""
    command = [sys.executable, "manage.py", "deliver_nudges", "--loop"]
    environment = os.environ | {"SMS_PROVIDER_URL": url}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Raises TimeoutError when it is not so for a minute: the worker is gone, or sends nothing."""
    moment, begun = threading.Event(), time.monotonic()
    while not is_so():
        if time.monotonic() - begun > PATIENCE_SECONDS:
            raise TimeoutError
        moment.wait(0.01)


def learners(name: str, count: int) -> list[Learner]:
    now = timezone.now()
    made = Learner.objects.bulk_create(
        (Learner(uid=f"{name}-{n}", name=f"Learner {n}", phone=f"+88017{n:08}") for n in range(count)), batch_size=5000
    )
    ContactPreference.objects.bulk_create(
        (
            ContactPreference(
                learner=learner, channel="sms", allowed=True, decided_at=now, verified_at=now, source="benchmark"
            )
            for learner in made
        ),
        batch_size=5000,
    )
    return made


def queue(to: list[Learner], **fields: object) -> list[Nudge]:
    now = timezone.now()
    usual = {"channel": "sms", "type": "reminder", "language": "en", "source": "template", "body": BODY}
    rows = (Nudge(learner=one, state="queued", queued_at=now, due_at=now, **usual | fields) for one in to)
    return Nudge.objects.bulk_create(rows, batch_size=5000)
