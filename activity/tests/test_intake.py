import json
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activity.intake import views
from activity.intake.overview import LATE_AFTER, overview
from activity.intake.rates import statements_stored
from activity.models import PoisonedMessage, Refusal, Statement, Unfolded
from activity.store.incoming import Incoming
from activity.store.positions import first_position_at
from activity.store.writing import store_statements
from activity.streaming.poison import set_aside
from activity.tests.factories import a_statement
from activity.xapi.versions import Version

pytestmark = pytest.mark.django_db
NOWHERE = "redis://127.0.0.1:1/0"


def stored_at(moment, count=1):
    for number in range(count):
        position = first_position_at(moment) + number
        body = a_statement()
        Statement.objects.create(position=position, statement_id=body["id"], raw=json.dumps(body), version="2.0.0")


def message(**fields):
    body = a_statement()
    known = {"id": body["id"], "version": "2.0.0", "key": "", "raw": json.dumps(body), **fields}
    set_aside(stream_id=f"{PoisonedMessage.objects.count()}-0", fields=known, reason="ValueError('odd')", tries=3)
    return PoisonedMessage.objects.latest("pk")


def test_statements_are_counted_by_the_minute_in_which_they_were_stored():
    now = timezone.now()
    stored_at(now - timedelta(seconds=1), count=3)
    stored_at(now - timedelta(minutes=10), count=2)
    stored_at(now - timedelta(minutes=59, seconds=59))
    stored_at(now - timedelta(minutes=60, seconds=1))
    stored_at(now + timedelta(seconds=1))
    rate = statements_stored(now)
    assert (rate.last_minute, rate.last_quarter, rate.last_hour) == (3, 5, 6)
    assert len(rate.per_minute) == 60


def test_rates_read_a_range_of_the_primary_key():
    with CaptureQueriesContext(connection) as queries:
        statements_stored(timezone.now())
    [query] = queries
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # of no row at all it would read everything
        cursor.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {query['sql']}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "(position>? AND position<?)" in plan or "activity_statement_pkey" in plan


def test_when_nothing_waits_all_is_well(ops, client):
    client.force_login(ops)
    page = client.get("/ui/activity/").content.decode()
    assert "All is well" in page
    assert "Every statement is in the database before its sender is answered" in page


def test_the_page_takes_as_many_queries_for_much_as_for_little(ops, client):
    client.force_login(ops)
    client.get("/ui/activity/")
    with CaptureQueriesContext(connection) as few:
        client.get("/ui/activity/")
    for number in range(5):
        message()
        Refusal.objects.create(method="POST", path="/xapi/statements", status=400, reason=f"odd {number}")
    stored_at(timezone.now(), count=5)
    with CaptureQueriesContext(connection) as many:
        client.get("/ui/activity/")
    assert len(few) == len(many)


def test_the_fragment_asks_for_itself_again(ops, client):
    client.force_login(ops)
    fragment = client.get("/ui/activity/now/").content.decode()
    assert fragment.lstrip().startswith('<div id="intake" hx-get="/ui/activity/now/" hx-trigger="every 5s"')
    assert "<html" not in fragment


@pytest.mark.parametrize(("late", "says"), [(timedelta(seconds=1), False), (LATE_AFTER * 2, True)])
def test_statements_that_wait_too_long_to_become_events_are_a_problem(late, says):
    Unfolded.objects.create(position=first_position_at(timezone.now() - late))
    problems = overview(now=timezone.now()).problems
    assert any("fold_statements" in problem for problem in problems) is says


def test_a_redis_that_is_away_is_a_problem_only_for_the_stream(settings):
    settings.REDIS_URL = NOWHERE
    assert overview(now=timezone.now()).problems == ()
    settings.ETL_MODE = "streaming"
    assert "Redis does not answer" in overview(now=timezone.now()).problems[0]


def test_refused_calls_are_grouped_by_reason(staff_client):
    for reason in ("no such key", "no such key", "not JSON"):
        Refusal.objects.create(method="POST", path="/xapi/statements", status=401, reason=reason)
    old = Refusal.objects.create(method="POST", path="/xapi/statements", status=401, reason="long ago")
    Refusal.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=2))
    refused = overview(now=timezone.now()).refused
    assert [(call.reason, call.count) for call in refused] == [("no such key", 2), ("not JSON", 1)]
    assert "no such key" in staff_client.get("/ui/activity/").content.decode()


def test_a_message_that_is_set_aside_is_shown_with_its_reason(staff_client):
    message(raw="<script>alert(1)</script>")
    page = staff_client.get("/ui/activity/").content.decode()
    assert "ValueError(&#x27;odd&#x27;)" in page
    assert "&lt;script&gt;" in page


def test_trying_again_stores_what_can_be_stored(staff_client):
    aside = message()
    page = staff_client.post(f"/ui/activity/messages/{aside.pk}/try-again/", follow=True).content.decode()
    assert "The message was taken in" in page
    aside.refresh_from_db()
    assert aside.resolved_at is not None
    assert Statement.objects.count() == 1


def test_trying_again_twice_stores_once(staff_client):
    aside = message()
    for _ in range(2):
        staff_client.post(f"/ui/activity/messages/{aside.pk}/try-again/")
    assert Statement.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "reason"), [({"raw": "{"}, "It can&#x27;t be read"), ({"version": "7"}, "not a valid Version")]
)
def test_trying_again_says_why_it_failed(staff_client, fields, reason):
    aside = message(**fields)
    page = staff_client.post(f"/ui/activity/messages/{aside.pk}/try-again/", follow=True).content.decode()
    assert reason in page
    aside.refresh_from_db()
    assert (aside.resolved_at, aside.tries) == (None, 4)


def test_a_message_that_contradicts_the_record_can_only_be_settled(staff_client):
    body = a_statement()
    other = {**body, "verb": {"id": "https://example.org/other"}}
    aside = message(id=body["id"], raw=json.dumps(other))
    store_statements([Incoming(aside_id(aside), body, json.dumps(body), Version.V2)])
    page = staff_client.post(f"/ui/activity/messages/{aside.pk}/try-again/", follow=True).content.decode()
    assert "Another statement is stored under its id" in page
    staff_client.post(f"/ui/activity/messages/{aside.pk}/settle/")
    aside.refresh_from_db()
    assert aside.resolved_at is not None
    assert Statement.objects.get().raw == json.dumps(body)


def test_a_statement_that_could_not_become_an_event_is_folded_again(staff_client):
    stored_at(timezone.now())
    position = Statement.objects.get().position
    aside = PoisonedMessage.objects.create(stream_id=f"fold-{position}", content="{}", reason="odd", tries=1)
    staff_client.post(f"/ui/activity/messages/{aside.pk}/try-again/")
    assert Unfolded.objects.filter(position=position).exists()


def test_a_database_that_is_away_leaves_the_message_as_it_was(staff_client, monkeypatch):
    def away(message):
        raise OperationalError("gone")

    monkeypatch.setattr(views, "try_again", away)
    aside = message()
    page = staff_client.post(f"/ui/activity/messages/{aside.pk}/try-again/", follow=True).content.decode()
    assert "try again later" in page
    assert PoisonedMessage.objects.get().tries == 3


def aside_id(aside):
    return uuid.UUID(json.loads(aside.content)["id"])
