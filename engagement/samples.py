"""A sample statement on the real way in, and how far it has come: for the pages /ui/test-etl-…"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from activity import receiving
from activity.models import Event, LearnerFacts, Statement, Unfolded
from activity.modes import Mode
from activity.receiving import Kept
from activity.xapi.parsing import read_statements
from activity.xapi.verbs import VOIDED
from activity.xapi.versions import Version
from learners.models import Learner
from riskscoring.models import RiskScore

EXPERIENCED = "http://adlnet.gov/expapi/verbs/experienced"  # says that somebody was there, and nothing of lessons
REMEMBERED_SECONDS = 3600
LATE_SECONDS = 10.0  # then something is not running
LOOK_EVERY_SECONDS = 0.01


@dataclass(frozen=True)
class Step:
    """`seconds` after sending, None while it has not arrived."""

    title: str
    seconds: float | None
    note: str


@dataclass
class Sample:
    """`seen` is after how many seconds each step was seen. `last_seen_before` and `score_before` are texts."""

    id: str
    mode: str
    learner_id: int | None
    sent_at: float
    answered_seconds: float
    kept: str
    last_seen_before: str = ""
    score_before: str = ""
    seen: dict[str, float] = field(default_factory=dict)
    now: dict[str, str] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return "folded" in self.seen

    @property
    def is_late(self) -> bool:
        return not self.is_done and time.time() - self.sent_at > LATE_SECONDS

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(_steps(self))


def send_sample(*, mode: Mode, learner: Learner | None) -> Sample:
    """Send a statement about this learner, or about somebody unknown, the way that all statements of the mode go."""
    statement = {
        "id": str(uuid.uuid4()),
        "actor": _actor(learner),
        "verb": {"id": EXPERIENCED, "display": {"en": "experienced"}},
        "object": {"id": f"{settings.SITE_URL}/ui/test-etl", "definition": {"name": {"en": "A sample sent by staff"}}},
        "timestamp": timezone.now().isoformat(),
    }
    sample = Sample(
        id=str(statement["id"]),
        mode=mode,
        learner_id=learner.pk if learner else None,
        sent_at=time.time(),
        answered_seconds=0,
        kept="",
        last_seen_before=_last_seen(learner.pk) if learner else "",
        score_before=_score(learner.pk) if learner else "",
    )
    begun = time.monotonic()
    sample.kept = _receive(statement, mode)
    sample.answered_seconds = time.monotonic() - begun
    _remember(sample)
    return sample


def take_back(sample: Sample) -> None:
    """Void the sample, by the same way."""
    statement = {
        "actor": {"account": {"homePage": settings.SITE_URL, "name": "staff"}},
        "verb": {"id": VOIDED, "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": sample.id},
        "timestamp": timezone.now().isoformat(),
    }
    _receive(statement, Mode(sample.mode))


def find_sample(sample_id: uuid.UUID) -> Sample | None:
    kept = cache.get(f"sample:{sample_id}")
    return Sample(**kept) if kept else None


def watch(sample: Sample, *, seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
    """Look for the next step that arrives, for so long."""
    until = time.monotonic() + seconds
    while not _look(sample) and not sample.is_done and time.monotonic() < until:
        sleep(LOOK_EVERY_SECONDS)


def _receive(statement: dict[str, Any], mode: Mode) -> Kept:
    parsed = read_statements(json.dumps(statement), version=Version.V2)
    return receiving.receive(receiving.prepare(parsed, version=Version.V2, key=None), mode=mode)


def _actor(learner: Learner | None) -> dict[str, Any]:
    if learner is None:
        return {"mbox": f"mailto:somebody-{uuid.uuid4().hex[:12]}@example.org"}
    if learner.email:
        return {"mbox": f"mailto:{learner.email}"}
    return {"account": {"homePage": settings.SITE_URL, "name": learner.uid}}


def _look(sample: Sample) -> bool:
    """Note the steps that have arrived since; whether there was one."""
    before = len(sample.seen)
    for step in _arrived(sample):
        sample.seen.setdefault(step, time.time() - sample.sent_at)
    if len(sample.seen) == before:
        return False
    if sample.is_done and sample.learner_id is not None:
        sample.now = {"last_seen": _last_seen(sample.learner_id), "score": _score(sample.learner_id)}
    _remember(sample)
    return True


def _arrived(sample: Sample) -> Iterator[str]:
    position = Statement.objects.filter(statement_id=sample.id).values_list("position", flat=True).first()
    if position is None:
        return
    yield "stored"
    if not Unfolded.objects.filter(position=position).exists():
        yield "folded"
        if Event.objects.filter(position=position).exists():
            yield "event"


def _steps(sample: Sample) -> Iterator[Step]:
    if sample.mode == Mode.INCREMENTAL:
        yield Step(_("Received and stored"), sample.answered_seconds, _("Committed before the sender is answered."))
    elif sample.kept == Kept.QUEUED:
        yield Step(_("Received, in the stream"), sample.answered_seconds, _("The sender is answered now."))
        yield Step(_("Stored by a consumer"), sample.seen.get("stored"), _stored_note(sample))
    else:
        note = _("Redis did not take it, so the database did.")
        yield Step(_("Received and stored"), sample.answered_seconds, note)
    yield from _steps_of_folding(sample)


def _stored_note(sample: Sample) -> str:
    if sample.is_late and "stored" not in sample.seen:
        return _("It still waits. Is manage.py consume_statements --loop running?")
    return _("Raw text and what finds it, in one transaction.")


def _steps_of_folding(sample: Sample) -> Iterator[Step]:
    folded = sample.seen.get("folded")
    late = _("It still waits. Is manage.py fold_statements --loop running?") if sample.is_late else ""
    if sample.learner_id is None:
        note = _("No learner has this address. The statement is kept, and becomes an event when they appear.")
        yield Step(_("Read, and kept for later"), folded, late or note)
        return
    if folded is not None and "event" not in sample.seen:
        yield Step(_("Event"), folded, _("No event was made: the statement was set aside, or matched nobody."))
        return
    yield Step(_("Event"), folded, late or _("One flat row about the learner."))
    yield Step(_("Facts"), folded, _change(_("Last activity"), sample.last_seen_before, sample.now.get("last_seen")))
    yield Step(_("Score"), folded, _change(_("Score"), sample.score_before, sample.now.get("score")))


def _change(name: str, before: str, now: str | None) -> str:
    if now is None:
        return ""
    if now == before:
        return _("%(name)s: %(now)s, as before") % {"name": name, "now": now}
    return _("%(name)s: %(now)s, before: %(before)s") % {"name": name, "now": now, "before": before}


def _last_seen(learner_id: int) -> str:
    moment = LearnerFacts.objects.filter(pk=learner_id).values_list("last_activity_at", flat=True).first()
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else _("none")


def _score(learner_id: int) -> str:
    score = RiskScore.objects.filter(pk=learner_id).values_list("score", flat=True).first()
    return _("none") if score is None else f"{score:.4f}"


def _remember(sample: Sample) -> None:
    cache.set(f"sample:{sample.id}", asdict(sample), timeout=REMEMBERED_SECONDS)
