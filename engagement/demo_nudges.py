"""What was sent to the demo's learners during its ten weeks: written by the templates, never handed to a provider."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random

from django.db.models import F

from learners.channels import Channel
from learners.models import ContactPreference, Learner
from nudges.facts import facts_for, render
from nudges.models import Attempt, Nudge, NudgeEvent, NudgeType
from nudges.states import State
from nudges.writers.template_writer import write_from_template

from .demo_history import DAYS, Inputs

OUTCOMES = {  # state, reason → how often, in percent
    (State.DELIVERED, ""): 74,
    (State.SENT, ""): 15,
    (State.FAILED, "provider_unreachable"): 4,
    (State.SUPPRESSED, "no_consent"): 4,
    (State.CANCELLED, ""): 3,
}
TYPES = {
    "steady": (NudgeType.KUDOS, NudgeType.ENCOURAGEMENT),
    "recovering": (NudgeType.ENCOURAGEMENT, NudgeType.KUDOS),
}
TYPES_FOR_OTHERS = (NudgeType.REMINDER, NudgeType.MOTIVATION, NudgeType.COMPLETION_BOOST, NudgeType.COACHING)
LIKELIHOOD_A_WEEK = {"steady": 0.03, "average": 0.08, "new": 0.0}
LIKELIHOOD_FOR_OTHERS = 0.32


def make_nudges(
    lives: dict[Learner, tuple[str, list[Inputs]]],
    preferences: list[ContactPreference],
    *,
    now: datetime,
    random: Random,
) -> int:
    """Store the past nudges of these lives (habit and inputs day by day), and return how many. At most one a week."""
    reachable: dict[int, list[str]] = {learner.pk: [Channel.IN_APP] for learner in lives}
    for preference in preferences:
        if preference.allowed and preference.verified_at:
            reachable[preference.learner_id].append(preference.channel)
    moments: dict[int, datetime] = {}
    nudges: list[Nudge] = []
    for learner, (habit, days) in lives.items():
        for number in _days_of_nudges(habit, random):
            day = (now - timedelta(days=DAYS - 1 - number)).date()
            at = datetime.combine(day, time(random.randrange(4, 13), random.randrange(60)), tzinfo=UTC)
            nudge = _nudge(learner, days[number], habit, reachable[learner.pk], at, random)
            if nudge.sent_at:
                learner.last_contacted_at, learner.last_contact_channel = at, nudge.channel
            moments[id(nudge)] = at
            nudges.append(nudge)
    nudges.sort(key=lambda nudge: moments[id(nudge)])  # the list shows the newest by id
    Nudge.objects.bulk_create(nudges)
    for nudge in nudges:  # the columns that fill themselves with now when a row is made
        nudge.created_at = moments[id(nudge)]
    Nudge.objects.bulk_update(nudges, ["created_at"], batch_size=200)
    _store_events_and_attempts(nudges)
    contacted = [learner for learner in lives if learner.last_contacted_at]
    Learner.objects.bulk_update(contacted, ["last_contacted_at", "last_contact_channel"], batch_size=200)
    return len(nudges)


def _days_of_nudges(habit: str, random: Random) -> Iterator[int]:
    for week in range(2, DAYS // 7):
        if random.random() < LIKELIHOOD_A_WEEK.get(habit, LIKELIHOOD_FOR_OTHERS):
            yield week * 7 + random.randrange(0, 5)


def _nudge(learner: Learner, inputs: Inputs, habit: str, channels: list[str], at: datetime, random: Random) -> Nudge:
    kept = vars(learner).copy()
    vars(learner).update(vars(inputs))  # the facts as they were on that day
    facts = facts_for(learner, at, recent_templates=())
    vars(learner).update({name: kept[name] for name in vars(inputs)})
    others = [channel for channel in channels if channel != Channel.IN_APP]
    channel = random.choice(others) if others and random.random() < 0.7 else Channel.IN_APP
    kind = random.choice(TYPES.get(habit, TYPES_FOR_OTHERS))
    draft = write_from_template(facts=facts, channel=channel, type=kind, language=learner.language, reason="no_key")
    ((state, reason),) = random.choices(list(OUTCOMES), weights=list(OUTCOMES.values()))
    if channel == Channel.IN_APP:
        state, reason = State.DELIVERED, ""
    is_out = state in {State.SENT, State.DELIVERED}
    return Nudge(
        learner=learner,
        channel=channel,
        type=kind,
        language=learner.language,
        subject=render(draft.subject, facts),
        body=draft.body,
        content=render(draft.body, facts),
        state=state,
        reason=reason,
        source=draft.source,
        fallback_reason=draft.fallback_reason,
        template=draft.template,
        template_version=draft.template_version,
        created_by=learner.owner,
        goal=kind,
        queued_at=at if state != State.CANCELLED else None,
        due_at=at if state != State.CANCELLED else None,
        sent_at=at + timedelta(seconds=40) if is_out else None,
    )


def _store_events_and_attempts(nudges: list[Nudge]) -> None:
    events, times, attempts = [], [], []
    for nudge in nudges:
        steps = [State.DRAFT, State.QUEUED] if nudge.queued_at and nudge.state != State.SUPPRESSED else [State.DRAFT]
        for seconds, state in enumerate([*steps, nudge.state]):
            reason = nudge.reason if state == nudge.state else ""
            events.append(NudgeEvent(nudge=nudge, state=state, reason=reason, by=nudge.created_by))
            times.append(nudge.created_at + timedelta(seconds=20 * seconds))
        if nudge.sent_at:
            accepted = Attempt.Outcome.ACCEPTED
            attempts.append(Attempt(nudge=nudge, provider="demo", outcome=accepted, finished_at=nudge.sent_at))
    NudgeEvent.objects.bulk_create(events)
    for event, at in zip(events, times, strict=True):
        event.at = at
    NudgeEvent.objects.bulk_update(events, ["at"], batch_size=200)
    Attempt.objects.bulk_create(attempts)
    Attempt.objects.filter(nudge__in=nudges).update(started_at=F("finished_at"))
