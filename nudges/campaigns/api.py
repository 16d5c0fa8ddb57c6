"""The API's door to campaigns: what there is, how the latest run went, and today's run."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from ..batches.api import MAY_BE_STOPPED, BulkOut
from ..models import Campaign, NudgeBatch
from .campaign_pages import listed
from .services import run_now, why_not_ready

router = Router(tags=["Campaigns"])


class CampaignOut(Schema):
    campaign_id: uuid.UUID
    name: str
    segment: str = Field(description="The name of its audience")
    filter: str = Field(description="The query string of its audience, read anew at each run")
    goal: str
    type: str
    channels: list[str] = Field(description="The preferred one first")
    recurrence: Campaign.Recurrence
    holdout_percent: int = Field(description="Of those who would get it, who by chance do not")
    is_on: bool
    next_run_at: datetime | None

    @classmethod
    def of(cls, campaign: Campaign, **more: Any) -> Self:
        segment = campaign.segment
        return cls(
            campaign_id=campaign.uuid,
            segment=segment.name if segment else "",
            filter=segment.query if segment else "",
            recurrence=Campaign.Recurrence(campaign.recurrence),
            next_run_at=campaign.next_run_at if campaign.is_on else None,
            **{name: getattr(campaign, name) for name in ("name", "goal", "type", "channels", "holdout_percent")},
            is_on=campaign.is_on,
            **more,
        )


class CampaignDetailOut(CampaignOut):
    why_not_ready: str = Field(description="What keeps it from running, in words; else empty")
    latest_run: BulkOut | None


class CampaignListOut(Schema):
    campaigns: list[CampaignOut]


@router.get("/campaigns", response=CampaignListOut, summary="Campaigns")
def campaigns(request: Any) -> CampaignListOut:
    return CampaignListOut(campaigns=[CampaignOut.of(one) for one in listed()])


@router.get("/campaigns/{campaign_id}", response=CampaignDetailOut, summary="A campaign and its latest run")
def one_campaign(request: Any, campaign_id: uuid.UUID) -> CampaignDetailOut:
    found = _campaign_with(listed(), campaign_id)
    latest = NudgeBatch.objects.filter(pk=found.latest_pk).first()  # type: ignore[attr-defined]
    return CampaignDetailOut.of(
        found, why_not_ready=why_not_ready(found), latest_run=BulkOut.of(latest) if latest else None
    )


@router.post(
    "/campaigns/{campaign_id}/run",
    response={201: BulkOut},
    summary="Run a campaign today",
    openapi_extra=MAY_BE_STOPPED,
)
def run_campaign(request: Any, campaign_id: uuid.UUID) -> Any:
    """Schedules today's run of a campaign that is on. Nobody has got anything until `starts_at`.

    A 409 means that it ran today already, is off, or waits for something: the message says for what.
    """
    found = _campaign_with(Campaign.objects.filter(is_reminder=False), campaign_id)
    return Status(201, BulkOut.of(run_now(campaign=found, by=request.auth.user, now=timezone.now())))


def _campaign_with(campaigns: QuerySet[Campaign], campaign_id: uuid.UUID) -> Campaign:
    found = campaigns.filter(uuid=campaign_id).first()
    if found is None:
        raise Http404("There is no campaign with this id.")
    return found
