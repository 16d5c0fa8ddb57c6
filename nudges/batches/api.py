"""The API's door to bulk nudges: the same drafts, the same gate, the same time to take them back."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Self

from django.http import Http404
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field

from learners.channels import Channel

from ..api_schemas import Language
from ..audience import Audience, AudienceInvalid
from ..models import NudgeBatch, NudgeType, Source
from ..wordings import write_texts
from . import services
from .progress import planned_going, progress_of

router = Router(tags=["Bulk nudges"])

MOST_LEARNERS = 10_000  # named one by one; a filter may mean any number
MAY_BE_STOPPED = {"responses": {409: {"$ref": "#/components/responses/Error409"}}}


class BulkRefused(Exception):  # noqa: N818 (reads as what happened)
    """What was asked for names nobody. `errors` is {field: [sentences]}."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


class BulkIn(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    learner_ids: list[Annotated[str, Field(max_length=64)]] = Field(
        [], max_length=MOST_LEARNERS, description="Those who are meant; or give a filter"
    )
    filter: str | None = Field(
        None,
        max_length=2000,
        description="The query string of the board or a segment: all whom it matches. Empty: everybody",
        examples=["level=high&cohort=3"],
    )
    channel: Annotated[Channel, Field(strict=False)]
    type: Annotated[NudgeType, Field(strict=False)]
    language: Annotated[Language | None, Field(description="Else each learner's own")] = None
    source: Annotated[Source, Field(strict=False, description="The model, where there is one, or templates")] = (
        Source.AI
    )
    send_at: Annotated[
        AwareDatetime | None, Field(strict=False, description="Else as soon as it can be taken back no more")
    ] = None

    @property
    def audience(self) -> Audience:
        """Raises BulkRefused."""
        if bool(self.learner_ids) == (self.filter is not None):
            raise BulkRefused({"learner_ids": ["Give learner_ids, or a filter, and not both."]})
        if self.filter is None:
            return Audience(uids=tuple(dict.fromkeys(uid for uid in self.learner_ids if "\0" not in uid)))
        return Audience(query=self.filter)  # as it came: a filter that is not there must select nobody


class BulkOut(Schema):
    batch_id: uuid.UUID
    status: NudgeBatch.Status
    channel: str
    type: str
    texts: int = Field(description="How many texts were written: one for each situation")
    cost_usd: float = Field(description="What the language model took for them")
    created_at: datetime
    starts_at: datetime | None = Field(description="Until then it can be cancelled and nobody has got anything")
    started_at: datetime | None
    finished_at: datetime | None
    learners: int = Field(description="Who was meant, counted when it started")
    going: int = Field(description="Of them, who was to get it then")
    states: dict[str, int] = Field(description="Where the nudges are now; their sum is `learners`")
    not_sent: dict[str, int] = Field(description="Why some did not go: codes, counted")

    @classmethod
    def of(cls, batch: NudgeBatch, **more: Any) -> Self:
        progress = progress_of(batch)
        wordings = batch.wordings.values_list("cost_usd", flat=True)
        return cls(
            batch_id=batch.uuid,
            status=NudgeBatch.Status(batch.status),
            channel=batch.channel,
            type=batch.type,
            texts=len(wordings),
            cost_usd=float(sum(wordings)),
            created_at=batch.created_at,
            starts_at=batch.starts_at,
            started_at=batch.started_at,
            finished_at=batch.finished_at,
            learners=sum(batch.counts.values()),
            going=planned_going(batch),
            states=dict(progress.states),
            not_sent={code: count for _, code, count in progress.by_reason},
            **more,
        )


@router.post("/nudges/bulk", response={201: BulkOut}, summary="Nudge many learners", openapi_extra=MAY_BE_STOPPED)
def bulk_nudge(request: Any, payload: BulkIn) -> Any:
    """Writes the texts, one for each situation that the learners are in, and schedules them.

    Nobody has got anything until `starts_at`; then every learner passes the gate, and `not_sent` says why some get
    nothing. A 409 means that there is no text to send.
    """
    audience, by = payload.audience, request.auth.user
    try:
        learners = audience.learners(by)
    except AudienceInvalid:
        raise BulkRefused({"filter": ["This filter can't be read. Compare it with the board's address."]}) from None
    language = payload.language or ""
    texts = write_texts(
        learners, channels=[payload.channel], type=payload.type, language=language, source=payload.source
    )
    batch = services.create(
        audience=audience,
        channels=[payload.channel],
        type=payload.type,
        own_language=not language,
        texts=texts,
        by=by,
    )
    return Status(201, BulkOut.of(services.schedule(batch, by=by, at=payload.send_at)))


@router.get("/nudges/bulk/{batch_id}", response=BulkOut, summary="How far a bulk nudge has got")
def bulk_progress(request: Any, batch_id: uuid.UUID) -> BulkOut:
    return BulkOut.of(_batch_with(batch_id))


@router.post(
    "/nudges/bulk/{batch_id}/cancel",
    response=BulkOut,
    summary="Cancel what has not left",
    openapi_extra=MAY_BE_STOPPED,
)
def cancel_bulk(request: Any, batch_id: uuid.UUID) -> BulkOut:
    """What left stays. A 409 means that it is over already."""
    return BulkOut.of(services.cancel(_batch_with(batch_id), by=request.auth.user))


def _batch_with(batch_id: uuid.UUID) -> NudgeBatch:
    found = NudgeBatch.objects.filter(uuid=batch_id).first()
    if found is None:
        raise Http404("There is no bulk nudge with this id.")
    return found
