"""Draft a nudge, change its text, queue it: what every door calls. Delivery takes it from there."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from jobs.correlation import correlation_id
from learners.channels import Channel
from learners.models import Learner

from . import gate
from .delivery import deliver
from .facts import FactSheet, facts_for, render
from .models import PRIORITY, Nudge, NudgeEvent, Origin
from .states import State
from .transitions import move
from .writers import Author, Draft, Problem, check_text, write_nudge
from .writers.template_writer import write_from_template


class TextRefused(Exception):  # noqa: N818 (reads as what happened)
    """A person's text can't go out as it is. `problems` says why, in sentences for that person."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(" ".join(str(problem.sentence) for problem in problems))


@dataclass(frozen=True)
class ReadyText:
    """A text that passed its checks: `body` with its placeholders, subject and content as the learner reads them."""

    subject: str
    body: str
    content: str


def draft_nudge(
    *,
    learner: Learner,
    channel: str,
    type: str,  # noqa: A002
    language: str,
    by: User | None,
    origin: str = Origin.PERSON,
    goal: str = "",
) -> Nudge:
    """A new draft, written by the model or else from a template. Raises WriterFailed when there is no template either.

    Without a `goal` it counts with the learner's others of its type. Where WhatsApp would take only a template that it
    approved, the model is not asked. Calls out to the network: never call it inside a transaction.
    """
    decision = gate.decide_for([learner.pk], channel=channel, now=timezone.now())[learner.pk]
    write = write_from_template if decision.code == gate.Code.OUTSIDE_WINDOW else write_nudge
    return _draft(
        write, learner=learner, channel=channel, type=type, language=language, by=by, origin=origin, goal=goal
    )


def rewrite_nudge(*, nudge: Nudge, by: User | None) -> Nudge:
    """Another draft in place of this one, which is put away. What is no draft any more is left as it is.

    Raises WriterFailed, and then the draft stays. Calls out to the network: never call it inside a transaction.
    """
    if nudge.state != State.DRAFT:
        return nudge
    other = draft_nudge(
        learner=nudge.learner,
        channel=nudge.channel,
        type=nudge.type,
        language=nudge.language,
        by=by,
        origin=nudge.origin,
        goal=nudge.goal,
    )
    cancel_draft(nudge=nudge, by=by)
    return other


def queue_nudge(*, nudge: Nudge, subject: str, body: str, by: User | None) -> Nudge:
    """Send a draft on its way with this text: afterwards it is queued, or suppressed with the gate's reason.

    Raises TextRefused, and then nothing has changed. A nudge that is no draft any more is left as it is: asking twice
    sends once.
    """
    if nudge.state != State.DRAFT:
        return nudge
    now = timezone.now()
    learner = Learner.objects.select_related("program", "owner").get(pk=nudge.learner_id)
    facts = facts_for(learner, now, language=nudge.language, recent_templates=(), goal=nudge.goal)
    text = ready_text(facts, channel=nudge.channel, subject=subject, body=body)
    written = tidy(subject=nudge.subject, body=nudge.body, channel=nudge.channel)
    edited = nudge.edited or written != tidy(subject=subject, body=body, channel=nudge.channel)
    purpose = purpose_of(nudge, edited=edited)
    with transaction.atomic():
        gate.lock([learner.pk])
        decision = gate.decide_for([learner.pk], channel=nudge.channel, now=now, purpose=purpose)[learner.pk]
        if decision.passes:
            move(
                nudge.pk,
                State.DRAFT,
                State.QUEUED,
                by=by,
                subject=text.subject,
                body=text.body,
                content=text.content,
                edited=edited,
                queued_at=now,
                due_at=decision.until or now,
            )
        else:
            move(nudge.pk, State.DRAFT, State.SUPPRESSED, reason=decision.code, by=by, body=text.body, edited=edited)
    nudge.refresh_from_db()
    return nudge


def purpose_of(nudge: Nudge, *, edited: bool) -> gate.Purpose:
    """What the gate must know of a person's or the API's nudge, with its template's text or (`edited`) with another."""
    template = None if edited else nudge.template
    return gate.Purpose(
        goal=nudge.goal,
        template_id=template.pk if template else None,
        is_approved=bool(template and template.provider_template),
    )


def cancel_draft(*, nudge: Nudge, by: User | None) -> Nudge:
    """Put a draft away. One that is no draft any more is left as it is."""
    move(nudge.pk, State.DRAFT, State.CANCELLED, by=by)
    nudge.refresh_from_db()
    return nudge


def send_nudge(
    *,
    learner: Learner,
    channel: str,
    type: str,  # noqa: A002
    language: str,
    by: User | None,
    origin: str = Origin.API,
    goal: str = "",
) -> Nudge:
    """Draft, queue and deliver in one go: the nudge as it then is. Raises WriterFailed, and TextRefused.

    Where the gate says no already, the language model is not asked: nobody pays for a text that nobody gets.
    """
    purpose = gate.Purpose(goal=goal or type)
    decision = gate.decide_for([learner.pk], channel=channel, now=timezone.now(), purpose=purpose)[learner.pk]
    nudge = _draft(
        write_nudge if decision.passes else write_from_template,
        learner=learner,
        channel=channel,
        type=type,
        language=language,
        by=by,
        origin=origin,
        goal=goal,
    )
    queue_nudge(nudge=nudge, subject=nudge.subject, body=nudge.body, by=by)
    return deliver(nudge)


def ready_text(facts: FactSheet, *, channel: str, subject: str, body: str) -> ReadyText:
    """A person's text as it goes out to the learner of these facts. Raises TextRefused with every problem found."""
    subject, body = tidy(subject=subject, body=body, channel=channel)
    problems = text_problems(facts, channel=channel, subject=subject, body=body)
    if problems:
        raise TextRefused(problems)
    return ReadyText(subject=render(subject, facts), body=body, content=render(body, facts))


def text_problems(facts: FactSheet, *, channel: str, subject: str, body: str) -> list[Problem]:
    """What keeps a person's text from going out. What the model or a template wrote passed stricter checks before."""
    return check_text(
        subject=subject, body=body, channel=channel, language=facts.language, facts=facts, author=Author.PERSON
    )


def tidy(*, subject: str, body: str, channel: str) -> tuple[str, str]:
    """Subject and body as they are kept: browsers send other line ends than people typed, only email has a subject."""
    one_line = " ".join(subject.split()) if channel == Channel.EMAIL else ""
    return one_line, body.replace("\r\n", "\n").strip()


def _draft(
    write: Callable[..., Draft],
    *,
    learner: Learner,
    channel: str,
    type: str,  # noqa: A002
    language: str,
    by: User | None,
    origin: str,
    goal: str,
) -> Nudge:
    """What `write` writes for the learner, stored. It may call out to the network: never inside a transaction."""
    facts = facts_for(learner, timezone.now(), language=language)
    draft = write(facts=facts, channel=channel, type=type, language=language)
    with transaction.atomic():
        nudge = Nudge.objects.create(
            learner=learner,
            origin=origin,
            correlation_id=correlation_id() or uuid4(),
            priority=PRIORITY[Origin(origin)],
            goal=goal or type,
            channel=channel,
            type=type,
            language=draft.template.language if draft.template else language,  # there may be none in theirs
            subject=draft.subject,
            body=draft.body,
            source=draft.source,
            fallback_reason=draft.fallback_reason,
            template=draft.template,
            template_version=draft.template_version,
            prompt=draft.prompt,
            prompt_version=draft.prompt_version,
            model=draft.model,
            tokens_in=draft.tokens_in,
            tokens_out=draft.tokens_out,
            cost_usd=draft.cost_usd,
            created_by=by,
        )
        NudgeEvent.objects.create(nudge=nudge, state=State.DRAFT, by=by)
    return nudge
