import pytest

from nudges.campaigns.approval import texts_of_campaign
from nudges.campaigns.services import approve, create_campaign, switch_off, switch_on, write_campaign
from nudges.models import NudgeBatch, Segment
from nudges.tests.factories import FallbackTemplateFactory
from nudges.tests.test_campaigns_services import NOW
from nudges.wordings import digest_of
from riskscoring.tests.factories import RiskScoreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(staff):
    FallbackTemplateFactory(body="Hi {first_name}!")
    RiskScoreFactory()
    segment = Segment.objects.create(name="Quiet", query="level=medium")
    values = {"name": "Back", "segment": segment, "type": "reminder", "channels": ["in-app"], "starts_at": NOW}
    made = write_campaign(campaign=create_campaign(values=values, by=None))
    made = approve(campaign=made, digest=digest_of(texts_of_campaign(made)), by=staff, now=NOW)
    return switch_on(campaign=made, now=NOW)


def test_campaigns_are_listed_with_their_audience(coordinator_client, campaign):
    (one,) = coordinator_client.get("/api/campaigns").json()["campaigns"]
    assert (one["name"], one["segment"], one["filter"]) == ("Back", "Quiet", "level=medium")
    assert (one["is_on"], one["channels"], one["holdout_percent"]) == (True, ["in-app"], 10)


def test_one_campaign_says_what_keeps_it_and_how_its_latest_run_went(staff_client, campaign):
    address = f"/api/campaigns/{campaign.uuid}"
    before = staff_client.get(address).json()
    assert (before["why_not_ready"], before["latest_run"]) == ("", None)
    run = staff_client.post(f"{address}/run")
    assert run.status_code == 201
    assert staff_client.get(address).json()["latest_run"]["batch_id"] == run.json()["batch_id"]


def test_it_runs_once_a_day(staff_client, campaign):
    staff_client.post(f"/api/campaigns/{campaign.uuid}/run")
    again = staff_client.post(f"/api/campaigns/{campaign.uuid}/run")
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "not_ready"
    assert "today already" in again.json()["error"]["message"]
    assert NudgeBatch.objects.count() == 1


def test_one_that_is_off_does_not_run(staff_client, campaign):
    switch_off(campaign=campaign)
    assert staff_client.post(f"/api/campaigns/{campaign.uuid}/run").status_code == 409


def test_running_is_for_staff(coordinator_client, campaign):
    assert coordinator_client.post(f"/api/campaigns/{campaign.uuid}/run").status_code == 403


def test_what_is_not_there_is_not_found(staff_client):
    nobody = "/api/campaigns/00000000-0000-0000-0000-000000000001"
    assert staff_client.get(nobody).status_code == 404
    assert staff_client.post(f"{nobody}/run").status_code == 404


def test_a_bulk_nudge_by_a_filter_that_is_not_there_is_for_nobody(coordinator_client, campaign):
    payload = {"filter": "compleeted_below=50", "channel": "in-app", "type": "reminder"}
    refused = coordinator_client.post("/api/nudges/bulk", payload, content_type="application/json")
    assert refused.status_code == 400
    assert not NudgeBatch.objects.exists()
