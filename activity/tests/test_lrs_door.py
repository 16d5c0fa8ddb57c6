"""What the door asks and answers beyond the specification: who may do what, how often, how much, and from where."""

import io
import json
import time
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError

from activity.access_keys import create_access_key, revoke_access_key
from activity.lrs import credentials, door, statements
from activity.models import Document, Refusal, Statement
from activity.refusals import _noted
from activity.xapi.versions import Version

from .conformance.lrs import Lrs, basic
from .factories import a_statement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_memory():
    credentials.forget_keys()
    _noted.clear()


@pytest.fixture
def make_caller():
    """A tool with a key of its own."""

    def make(*, can_read=True, can_write=True, calls_per_minute=None) -> Lrs:
        key, secret = create_access_key(
            name="Moodle", can_read=can_read, can_write=can_write, version="2.0.0",
            calls_per_minute=calls_per_minute, by=None,
        )  # fmt: skip
        caller = Lrs("2.0.0", basic(key.username, secret))
        caller.key = key
        return caller

    return make


@pytest.fixture
def caller(make_caller) -> Lrs:
    return make_caller()


def error_of(answer) -> dict[str, str]:
    return json.loads(answer.content)


class TestScopes:
    def test_key_for_writing_alone_reads_nothing(self, make_caller):
        caller = make_caller(can_read=False)
        assert caller.send(a_statement()).status_code == 200
        for answer in (
            caller.get("/statements"),
            caller.head("/statements"),
            caller.get("/activities", "activityId=a:b"),
        ):
            assert answer.status_code == 403
        assert error_of(caller.get("/statements")) == {"error": "This access key may not read."}

    def test_key_for_reading_alone_writes_nothing(self, make_caller):
        caller = make_caller(can_write=False)
        one = a_statement()
        assert caller.get("/statements").status_code == 200
        assert caller.send(one).status_code == 403
        assert caller.put("/statements", {"statementId": one["id"]}, json_body=one).status_code == 403
        assert caller.delete("/activities/profile", "activityId=a:b&profileId=p").status_code == 403
        assert not Statement.objects.exists()

    def test_what_a_form_stands_for_counts_not_that_it_is_posted(self, make_caller):
        caller = make_caller(can_write=False)
        caller.version = "1.0.3"
        form = {"content_type": "application/x-www-form-urlencoded", "body": "limit=1"}
        assert caller.post("/statements", "method=GET", **form).status_code == 200
        assert caller.post("/statements", "method=DELETE", **form).status_code == 405


class TestRevoking:
    def test_takes_effect_when_the_memory_of_the_key_ends(self, caller, monkeypatch):
        assert caller.get("/statements").status_code == 200
        revoke_access_key(caller.key)
        now = time.monotonic()
        monkeypatch.setattr(credentials.time, "monotonic", lambda: now + credentials.REMEMBERED_SECONDS + 0.1)
        answer = caller.get("/statements")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")

    def test_memory_is_two_seconds_at_most(self):
        assert credentials.REMEMBERED_SECONDS <= 2


class TestLimits:
    def test_call_beyond_the_limit_is_told_when_to_come_again(self, make_caller):
        caller = make_caller(calls_per_minute=2)
        now = 1_700_000_000.0
        credentials.count_call(caller.key, now=now)
        credentials.count_call(caller.key, now=now)
        with pytest.raises(door.Refused) as refusal:
            credentials.count_call(caller.key, now=now + 1)
        assert refusal.value.status == 429
        assert 0 < int(refusal.value.headers["Retry-After"]) <= 60
        credentials.count_call(caller.key, now=now + 60)

    def test_refused_calls_say_so_over_http(self, make_caller):
        caller = make_caller(calls_per_minute=1)
        answers = [caller.get("/statements") for _ in range(3)]
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["Retry-After"]) >= 1

    def test_key_without_a_limit_is_not_counted(self, caller):
        with mock.patch.object(credentials, "count_once_more") as cache:
            assert caller.get("/statements").status_code == 200
        assert not cache.mock_calls

    def test_packed_body_is_415_and_stores_nothing(self, caller):
        answer = caller.post("/statements", json_body=a_statement(), headers={"Content-Encoding": "gzip"})
        assert answer.status_code == 415
        assert not Statement.objects.exists()

    def test_body_beyond_the_limit_is_413(self, caller, settings):
        settings.XAPI_MAX_BYTES = 500
        answer = caller.post("/statements", body=b"x" * 501, content_type="application/json")
        assert answer.status_code == 413
        assert "500 bytes" in error_of(answer)["error"]

    def test_body_larger_than_django_s_own_limit_is_read(self, caller):
        text = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        assert caller.send(a_statement(result={"response": text})).status_code == 200

    def test_body_without_a_length_is_read_to_its_end(self, caller):
        body = json.dumps(a_statement()).encode()
        answer = caller.client.generic(
            "POST", "/xapi/statements", body, content_type="application/json", CONTENT_LENGTH="",
            HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": io.BytesIO(body)}, headers={
                "Authorization": caller.authorization, "X-Experience-API-Version": "2.0.0"
            },
        )  # fmt: skip
        assert answer.status_code == 200

    def test_body_in_chunks_that_the_server_cannot_read_is_refused(self, caller):
        class ChunkSizeError(Exception):
            """As gunicorn's: no OSError."""

        answer = caller.client.generic(
            "POST", "/xapi/statements", b"", content_type="application/json", CONTENT_LENGTH="",
            HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": mock.Mock(read=mock.Mock(side_effect=ChunkSizeError))},
            headers={"Authorization": caller.authorization, "X-Experience-API-Version": "2.0.0"},
        )  # fmt: skip
        assert answer.status_code == 400
        assert "chunks" in error_of(answer)["error"]

    @pytest.mark.parametrize("path", ["/statements", "/activities/profile?activityId=a:b&profileId=p"])
    def test_body_that_breaks_off_is_refused_and_not_stored(self, caller, path):
        path, _, query = path.partition("?")
        for sent in (io.BytesIO(b"half"), mock.Mock(read=mock.Mock(side_effect=OSError), readline=None)):
            answer = caller.client.generic(
                "POST", f"/xapi{path}", b"half of it", content_type="text/plain", QUERY_STRING=query,
                **{"wsgi.input": sent},
                headers={"Authorization": caller.authorization, "X-Experience-API-Version": "2.0.0"},
            )  # fmt: skip
            assert answer.status_code == 400
            assert "ended" in error_of(answer)["error"]
        assert not Document.objects.exists()


class TestBrowsers:
    def test_preflight_is_answered_without_credentials(self):
        answer = Lrs(None).call("OPTIONS", "/statements")
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
        allowed = answer.headers["Access-Control-Allow-Headers"].lower()
        for name in ("authorization", "content-type", "x-experience-api-version", "if-match", "if-none-match"):
            assert name in allowed

    def test_every_answer_may_be_read_from_anywhere_and_never_with_cookies(self, caller):
        for answer in (caller.get("/statements"), Lrs(None).get("/statements"), caller.get("/nothing")):
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in answer.headers
            exposed = answer.headers["Access-Control-Expose-Headers"].lower()
            assert "etag" in exposed
            assert "x-experience-api-consistent-through" in exposed

    def test_nothing_is_kept_by_browsers_and_proxies(self, caller):
        assert caller.get("/statements").headers["Cache-Control"] == "no-store"

    def test_document_that_is_a_page_does_not_run_as_ours(self, caller):
        profile = {"activityId": "https://example.org/1", "profileId": "page"}
        page = b"<script>fetch('/api/learners')</script>"
        assert caller.post("/activities/profile", profile, body=page, content_type="text/html").status_code == 204
        answer = caller.get("/activities/profile", profile)
        assert answer.content == page
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_no_session_is_made(self, caller):
        assert not caller.get("/statements").cookies


class TestPages:
    """`more` is ours alone."""

    def test_address_of_more_leads_through_all_statements(self, caller, monkeypatch):
        monkeypatch.setattr(statements, "PAGE", 2)
        sent = [caller.store(a_statement()) for _ in range(5)]
        found, page = [], json.loads(caller.get("/statements").content)
        while True:
            found += [one["id"] for one in page["statements"]]
            if not page["more"]:
                break
            path, _, query = page["more"].partition("?")
            page = json.loads(caller.get(path, query).content)
        assert found == sent[::-1]

    def test_address_that_was_changed_is_refused(self, caller, monkeypatch):
        monkeypatch.setattr(statements, "PAGE", 1)
        caller.send([a_statement(), a_statement()])
        more = json.loads(caller.get("/statements").content)["more"]
        path, _, query = more.partition("?")
        assert caller.get(path, query).status_code == 200
        for wrong in (query[:-1], query.replace("more=", "more=x"), "more=", "more=a.b.c", query + "&limit=1"):
            assert caller.get(path, wrong).status_code == 400

    def test_page_holds_no_more_than_we_give(self, caller, monkeypatch):
        monkeypatch.setattr(statements, "PAGE", 2)
        caller.send([a_statement() for _ in range(3)])
        for query in ("limit=0", "limit=3", ""):
            page = json.loads(caller.get("/statements", query).content)
            assert len(page["statements"]) == 2
            assert page["more"]


class TestRefusals:
    def test_what_was_refused_and_why_is_noted_for_the_key(self, caller):
        wrong = a_statement()
        wrong["verb"]["id"] = "completed"
        assert caller.send([a_statement(), wrong]).status_code == 400
        refusal = Refusal.objects.get()
        assert (refusal.key, refusal.method, refusal.path, refusal.status) == (
            caller.key, "POST", "/xapi/statements", 400,
        )  # fmt: skip
        assert refusal.reason.startswith("statements[1].verb.id: ")

    def test_strangers_fill_no_list(self):
        assert Lrs("2.0.0", basic("nobody", "nothing")).get("/statements").status_code == 401
        assert Lrs(None).get("/statements").status_code == 400
        assert not Refusal.objects.exists()

    def test_looking_for_what_is_not_there_is_no_refusal(self, caller):
        assert caller.get("/activities/profile", "activityId=a:b&profileId=p").status_code == 404
        assert not Refusal.objects.exists()

    def test_tool_that_repeats_itself_is_noted_so_often_and_no_more(self, caller, monkeypatch):
        monkeypatch.setattr("activity.refusals.NOTED_PER_MINUTE", 3)
        for _ in range(5):
            caller.get("/statements", "wrong=1")
        assert Refusal.objects.count() <= 3 * 2  # a minute may have ended in between

    def test_only_the_newest_are_kept(self, caller, monkeypatch):
        from activity.refusals import trim_refusals

        monkeypatch.setattr("activity.refusals.KEPT", 2)
        for number in range(5):
            Refusal.objects.create(key=caller.key, method="GET", path="/", status=400, reason=str(number))
        trim_refusals()
        assert list(Refusal.objects.order_by("pk").values_list("reason", flat=True)) == ["3", "4"]


class TestVersions:
    def test_caller_that_names_none_is_refused_in_the_version_of_its_key(self):
        key, secret = create_access_key(
            name="Old", can_read=True, can_write=True, version="1.0.3", calls_per_minute=None, by=None
        )  # fmt: skip
        answer = Lrs(None, basic(key.username, secret)).get("/statements")
        assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (400, "1.0.3")


class TestFailures:
    def test_unknown_address_is_404_as_json(self, caller):
        for path in ("/xapi/", "/xapi/nothing", "/xapi/statements/x"):
            answer = caller.get(path)
            assert answer.status_code == 404
            assert error_of(answer)["error"]

    def test_bug_of_ours_is_500_as_json_and_tells_nothing(self, caller):
        with mock.patch.object(statements, "find_statements", side_effect=RuntimeError("secret")):
            answer = caller.get("/statements")
        assert answer.status_code == 500
        assert b"secret" not in answer.content
        assert answer.headers["X-Experience-API-Version"] == "2.0.0"

    def test_database_that_is_away_is_503_to_be_tried_again(self, caller):
        with mock.patch.object(statements, "find_statements", side_effect=OperationalError("gone")):
            answer = caller.get("/statements")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]

    @pytest.mark.parametrize(
        "query", ["verb=%FF", "verb=a%3A%00", "verb=a:b&verb=c:d", "limit=-1", "limit=x", "since=x"]
    )
    def test_address_that_cannot_be_read_is_400(self, caller, query):
        answer = caller.get("/statements", query)
        assert answer.status_code == 400
        assert error_of(answer)["error"]

    def test_plain_http_is_led_to_https_where_that_is_asked_for(self, caller, settings):
        settings.SECURE_SSL_REDIRECT = True
        caller.client.handler.load_middleware()
        assert caller.get("/statements").status_code == 301


class TestWork:
    def test_single_statement_costs_few_queries(self, caller, django_assert_max_num_queries):
        caller.store(a_statement())  # the key is known from now on
        with django_assert_max_num_queries(8):
            caller.store(a_statement())

    def test_same_statement_again_is_accepted_and_not_stored_twice(self, caller):
        one = a_statement()
        assert [caller.send(one).status_code, caller.send(one).status_code] == [200, 200]
        assert Statement.objects.count() == 1

    def test_another_statement_with_the_same_id_is_409_and_stores_none_of_its_batch(self, caller):
        one = a_statement()
        caller.store(one)
        answer = caller.send([a_statement(), a_statement(id=one["id"], verb="attempted")])
        assert answer.status_code == 409
        assert one["id"] in error_of(answer)["error"]
        assert Statement.objects.count() == 1

    def test_statements_belong_to_the_key_that_sent_them(self, caller):
        one = caller.fetch(caller.store(a_statement()))
        assert one["authority"]["account"]["name"] == caller.key.username
        assert Statement.objects.get().key == caller.key
        assert Statement.objects.get().version == Version.V2
