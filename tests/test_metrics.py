import pytest
from prometheus_client.parser import text_string_to_metric_families

from activity.models import PoisonedMessage, Refusal, Unfolded

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-more-than-twenty-characters"


def numbers(response) -> dict[str, float]:
    families = text_string_to_metric_families(response.content.decode())
    return {
        sample.name + "".join(sample.labels.values()): sample.value for family in families for sample in family.samples
    }


def test_prometheus_reads_with_its_token(client, settings):
    settings.METRICS_TOKEN = TOKEN
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    assert numbers(response)["engage_activity_unfolded_statements"] == 0


@pytest.mark.parametrize("given", ["Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer é", "Bearer "])
def test_a_wrong_token_is_refused_in_a_way_that_prometheus_understands(client, settings, given):
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 401
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 401


def test_who_comes_without_a_token_has_to_log_in(client):
    assert client.get("/metrics").status_code == 302


def test_the_token_opens_nothing_else(client, settings):
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/ui/activity/", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 302


def test_operations_read_the_numbers(client, ops, settings):
    settings.REDIS_URL = ""
    client.force_login(ops)
    Unfolded.objects.create(position=1)
    PoisonedMessage.objects.create(stream_id="1-0", content="", reason="", tries=1)
    for status in (400, 400, 409):
        Refusal.objects.create(method="POST", path="/xapi/statements", status=status, reason="odd")
    found = numbers(client.get("/metrics"))
    assert found["engage_activity_unfolded_statements"] == found["engage_activity_messages_set_aside"] == 1
    assert found["engage_activity_unfolded_oldest_seconds"] > 0
    assert found["engage_activity_refused_calls400"] == 2
    assert found["engage_activity_stream_up"] == 0
    assert "engage_activity_stream_waiting" not in found


def test_nothing_is_changed_by_reading(client, ops):
    client.force_login(ops)
    assert client.post("/metrics").status_code == 405
