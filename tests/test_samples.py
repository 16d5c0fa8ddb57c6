"""The pages /ui/test-etl-…: a sample goes the real way, and can be taken back."""

import pytest

from activity.folding import fold
from activity.models import Event, LearnerFacts, Statement
from activity.streaming.consuming import Consumer
from activity.tests.streaming.servers import BINARY, RedisServer
from engagement import sample_views
from engagement.samples import find_sample, watch
from learners.tests.factories import LearnerFactory
from riskscoring.models import RiskScore

pytestmark = pytest.mark.django_db
INCREMENTAL, STREAMING = "/ui/test-etl-incremental", "/ui/test-etl-streaming"


@pytest.fixture
def ops_client(client, ops):
    client.force_login(ops)
    return client


@pytest.fixture
def send(ops_client, monkeypatch):
    monkeypatch.setattr(sample_views, "WATCH_SECONDS", 0)

    def post(learner=""):
        """The address of the sample's steps."""
        response = ops_client.post(INCREMENTAL, {"learner": learner})
        assert response.status_code == 302
        page, _, sample_id = response["Location"].partition("?sample=")
        return f"{page}/{sample_id}/"

    return post


def steps(client, address) -> str:
    return " ".join(client.get(address, headers={"HX-Request": "true"}).content.decode().split())


def test_a_sample_about_a_learner_becomes_event_facts_and_score(ops_client, send):
    learner = LearnerFactory(email="riya@example.org", completed_percent=50, avg_quiz_score=50)
    address = send("Riya@example.org")
    waiting = steps(ops_client, address)
    assert "Committed before the sender is answered" in waiting
    assert waiting.count("has-arrived") == 1
    assert 'hx-trigger="load"' in waiting
    fold()
    done = steps(ops_client, address)
    assert done.count("has-arrived") == 4
    assert "before: none" in done
    assert "hx-trigger" not in done
    assert Event.objects.get().learner == learner
    assert LearnerFacts.objects.get().last_activity_at is not None
    assert f"Score: {RiskScore.objects.get().score}" in done


def test_a_sample_about_a_learner_without_email_names_their_id(ops_client, send):
    learner = LearnerFactory(uid="learner_x", email=None)
    address = send("learner_x")
    fold()
    steps(ops_client, address)
    assert Event.objects.get().learner == learner


def test_a_sample_about_a_stranger_is_kept_for_later(ops_client, send):
    address = send()
    fold()
    assert "No learner has this address" in steps(ops_client, address)
    assert Statement.objects.count() == 1
    assert not Event.objects.exists()


def test_a_sample_is_taken_back_by_voiding_it(ops_client, send):
    learner = LearnerFactory(email="riya@example.org")
    address = send(learner.uid)
    fold()
    page = ops_client.post(f"{address}take-back/", follow=True).content.decode()
    assert "voids the sample" in page
    while fold():
        pass
    assert Statement.objects.count() == 2
    assert not Event.objects.exists()


def test_a_learner_who_is_not_there_is_said_at_the_field(ops_client):
    response = ops_client.post(INCREMENTAL, {"learner": "nobody"})
    assert response.status_code == 422
    assert "No learner has this id or email address." in response.content.decode()
    assert not Statement.objects.exists()


def test_the_page_shows_the_sample_that_was_sent(ops_client, send):
    address = send()
    sample_id = address.rstrip("/").rpartition("/")[2]
    assert "What became of it" in ops_client.get(f"{INCREMENTAL}?sample={sample_id}").content.decode()
    for other in ("00000000-0000-4000-8000-000000000000", "nonsense"):
        assert "What became of it" not in ops_client.get(f"{INCREMENTAL}?sample={other}").content.decode()


def test_a_sample_belongs_to_its_mode(ops_client, send):
    assert ops_client.get(send().replace("incremental", "streaming")).status_code == 404


@pytest.mark.parametrize("mode", ["learner_x", "Streaming", ""])
def test_there_are_two_modes(ops_client, mode):
    assert ops_client.get(f"/ui/test-etl-{mode}").status_code == 404


def test_without_redis_the_stream_can_not_be_tried_and_the_page_says_what_to_do(ops_client, settings):
    settings.REDIS_URL = ""
    page = ops_client.get(STREAMING).content.decode()
    assert "set REDIS_URL to its address" in page
    assert "disabled>Send the sample" in page
    ops_client.post(STREAMING, {"learner": ""})
    assert not Statement.objects.exists()


@pytest.mark.redis
@pytest.mark.skipif(not BINARY, reason="there is no redis-server")
def test_a_sample_goes_through_the_stream_in_the_other_mode_too(ops_client, settings, monkeypatch):
    LearnerFactory(email="riya@example.org")
    monkeypatch.setattr(sample_views, "WATCH_SECONDS", 0)
    with RedisServer() as server:
        settings.REDIS_URL = server.url
        sent = ops_client.post(STREAMING, {"learner": "riya@example.org"})
        page, _, sample_id = sent["Location"].partition("?sample=")
        address = f"{page}/{sample_id}/"
        waiting = steps(ops_client, address)
        assert "Received, in the stream" in waiting
        assert waiting.count("has-arrived") == 1
        monkeypatch.setattr("engagement.samples.LATE_SECONDS", -1)
        assert "Is manage.py consume_statements --loop running?" in steps(ops_client, address)
        Consumer().work(block_seconds=0)
        assert steps(ops_client, address).count("has-arrived") == 2
        fold()
        assert steps(ops_client, address).count("has-arrived") == 5


def test_what_does_not_arrive_names_the_worker_that_should_run(ops_client, send, monkeypatch):
    LearnerFactory(email="riya@example.org")
    address = send("riya@example.org")
    monkeypatch.setattr("engagement.samples.LATE_SECONDS", -1)
    assert "Is manage.py fold_statements --loop running?" in steps(ops_client, address)


def test_watching_ends_with_the_next_step(ops_client, send):
    sample = find_sample(send().rstrip("/").rpartition("/")[2])
    watch(sample, seconds=60, sleep=lambda seconds: pytest.fail("the statement is there"))
    assert "stored" in sample.seen
    watch(sample, seconds=60, sleep=lambda seconds: fold())
    assert sample.is_done
