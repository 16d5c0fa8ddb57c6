import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import httpx2
import pytest

from nudges.tests.model_server import (
    DRIPPING_BODY,
    DRIPPING_HEADERS,
    answering,
    completion,
    hanging,
    resetting,
    serving,
)
from nudges.writers import WriterFailed, openai_writer
from nudges.writers.openai_writer import ask

GOOD = {"body": "Hi {first_name}"}


@pytest.fixture(autouse=True)
def _with_key(settings):
    settings.OPENAI_API_KEY = "sk-test"
    settings.OPENAI_BASE_URL = "http://model.test/v1"
    settings.OPENAI_MODEL = "small-model"
    settings.OPENAI_USD_PER_MILLION_INPUT_TOKENS = "0.15"
    settings.OPENAI_USD_PER_MILLION_OUTPUT_TOKENS = "0.60"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(openai_writer, "_backoff", lambda state: 0.001)


def ask_with(*responses, **kwargs):
    """Ask a server that gives these responses in turn, the last one for ever. Returns the answer and the requests."""
    requests = []

    def handle(request):
        requests.append(request)
        response = responses[min(len(requests), len(responses)) - 1]
        if isinstance(response, Exception):
            raise response
        if callable(response):
            return response(request)
        return response

    try:
        answer = ask(
            system="s",
            user="u",
            schema_name="nudge",
            schema={"type": "object"},
            transport=httpx2.MockTransport(handle),
            **kwargs,
        )
    except WriterFailed as failure:
        return failure, requests
    return answer, requests


def ok(content=GOOD, **fields):
    return lambda request: httpx2.Response(200, json=completion(content, **fields))


def status(number, headers=None, **error):
    return lambda request: httpx2.Response(number, headers=headers, json={"error": {"message": "no", **error}})


class TestAnAnswer:
    def test_is_the_json_that_the_model_wrote_with_its_cost(self):
        answer, requests = ask_with(ok())

        assert answer.content == GOOD
        assert (answer.usage.model, answer.usage.tokens_in, answer.usage.tokens_out) == ("small-model", 1000, 100)
        assert answer.usage.cost_usd == Decimal("0.000210")
        assert len(requests) == 1

    def test_is_asked_for_by_schema_under_our_key(self):
        _, [request] = ask_with(ok())
        sent = json.loads(request.content)

        assert request.headers["authorization"] == "Bearer sk-test"
        assert sent["model"] == "small-model"
        assert sent["response_format"]["json_schema"] == {
            "name": "nudge",
            "strict": True,
            "schema": {"type": "object"},
        }

    def test_may_stand_in_a_code_fence(self):
        answer, _ = ask_with(ok('```json\n{"body": "Hi"}\n```'))

        assert answer.content == {"body": "Hi"}

    @pytest.mark.parametrize(
        "usage",
        [
            None,
            [],
            "many",
            {"prompt_tokens": "7", "completion_tokens": None},
            {"prompt_tokens": -5},
            {"prompt_tokens": True},
        ],
    )
    def test_without_a_usable_count_of_tokens_costs_nothing(self, usage):
        answer, _ = ask_with(lambda request: httpx2.Response(200, json=completion(GOOD) | {"usage": usage}))

        assert (answer.usage.tokens_in, answer.usage.tokens_out, answer.usage.cost_usd) == (0, 0, 0)

    def test_with_a_nonsensical_count_of_tokens_still_fits_its_column(self):
        body = completion(GOOD) | {"usage": {"prompt_tokens": 10**30, "completion_tokens": 1}}
        answer, _ = ask_with(lambda request: httpx2.Response(200, json=body))

        assert answer.usage.tokens_in == 10_000_000


class TestABadAnswer:
    @pytest.mark.parametrize(
        "content",
        ["", "Hello!", "<html>no</html>", "[1]", "null", "3", '{"body": ', None, "[" * 50_000, 'x {"body": "Hi"}'],
    )
    def test_whose_content_is_no_json_object_is_refused_with_its_cost(self, content):
        failure, requests = ask_with(ok(content))

        assert (failure.code, failure.usage.tokens_in) == ("bad_answer", 1000)
        assert len(requests) == 1

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>gateway</html>",
            b"[]",
            b"null",
            b"{}",
            b'{"choices": []}',
            b'{"choices": {}}',
            b'{"choices": [null]}',
            b'{"choices": [{"message": "Hi"}]}',
            b'{"choices": [{"message": {"content": ["Hi"]}}]}',
            b"\xff\xfe",
            b"[" * 90_000,
        ],
    )
    def test_of_any_other_shape_is_refused(self, body):
        failure, _ = ask_with(
            lambda request: httpx2.Response(200, content=body, headers={"content-type": "application/json"})
        )

        assert failure.code == "bad_answer"

    def test_a_refusal_is_told_apart(self):
        failure, _ = ask_with(ok(None, refusal="I will not."))

        assert failure.code == "refused"

    def test_an_endless_body_is_cut_off(self):
        def endless():
            while True:
                yield b"x" * 10_000

        failure, _ = ask_with(lambda request: httpx2.Response(200, content=endless()))

        assert failure.code == "bad_answer"


class TestRetrying:
    @pytest.mark.parametrize(
        "trouble",
        [
            status(500),
            status(503),
            status(429),
            status(429, {"retry-after": "0"}),
            status(408),
            httpx2.ConnectError("no"),
            httpx2.ReadTimeout("late"),
            httpx2.RemoteProtocolError("cut off"),
        ],
    )
    def test_passing_trouble_is_tried_again(self, trouble):
        answer, requests = ask_with(trouble, ok())

        assert answer.content == GOOD
        assert len(requests) == 2

    @pytest.mark.parametrize(
        ("trouble", "code"),
        [
            (status(400), "bad_request"),
            (status(401), "auth"),
            (status(403), "auth"),
            (status(404), "bad_request"),
            (status(422), "bad_request"),
            (status(301, {"location": "http://elsewhere.test/"}), "bad_request"),
            (status(429, code="insufficient_quota"), "rate_limited"),
        ],
    )
    def test_what_another_try_does_not_change_is_tried_once(self, trouble, code):
        failure, requests = ask_with(trouble)

        assert failure.code == code
        assert len(requests) == 1

    @pytest.mark.parametrize(
        ("trouble", "code"),
        [
            (status(500), "server_error"),
            (status(429), "rate_limited"),
            (httpx2.ConnectError("no"), "unreachable"),
            (httpx2.ReadTimeout("late"), "timeout"),
        ],
    )
    def test_lasting_trouble_is_given_up_after_three_attempts(self, trouble, code):
        failure, requests = ask_with(trouble)

        assert (failure.code, failure.retrying_helps) == (code, True)
        assert len(requests) == 3

    def test_a_server_that_asks_to_wait_is_obeyed(self):
        began = time.monotonic()
        answer, _ = ask_with(status(429, {"retry-after": "0.2"}), ok())

        assert answer.content == GOOD
        assert time.monotonic() - began >= 0.2

    @pytest.mark.parametrize(
        "retry_after",
        ["60", "999999999", format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)],
        ids=["a minute", "years", "a date"],  # the same in every process that runs tests
    )
    def test_a_server_that_asks_to_wait_past_the_deadline_is_not_waited_for(self, retry_after):
        began = time.monotonic()
        failure, requests = ask_with(status(429, {"retry-after": retry_after}))

        assert failure.code == "rate_limited"
        assert len(requests) == 1
        assert time.monotonic() - began < 1

    @pytest.mark.parametrize("retry_after", ["soon", "", "nan", "-1", "inf", "Wed, 99 Foo 2026"])
    def test_an_unreadable_wish_to_wait_is_ignored(self, retry_after):
        answer, _ = ask_with(status(429, {"retry-after": retry_after}), ok())

        assert answer.content == GOOD

    def test_a_bug_of_ours_still_crashes(self):
        with pytest.raises(ZeroDivisionError):
            ask_with(ZeroDivisionError())


class TestTheKey:
    def test_without_one_nobody_is_asked(self, settings):
        settings.OPENAI_API_KEY = "  "
        failure, requests = ask_with(ok())

        assert failure.code == "no_key"
        assert requests == []

    @pytest.mark.parametrize("key", ["ключ", "a\nb"])
    def test_one_that_no_header_can_hold_is_said_so(self, settings, key):
        settings.OPENAI_API_KEY = key

        assert ask_with(ok())[0].code == "auth"

    @pytest.mark.parametrize("address", ["nonsense", "::::", "http://[::1", "file:///etc/passwd"])
    def test_an_address_that_is_none_is_unreachable(self, settings, address):
        settings.OPENAI_BASE_URL = address

        with pytest.raises(WriterFailed, match="unreachable"):
            ask(system="s", user="u", schema_name="n", schema={})


class TestTheBreaker:
    def test_it_opens_after_five_failures_in_a_row_and_saves_the_wait(self):
        for _ in range(5):
            ask_with(status(400))
        failure, requests = ask_with(ok())

        assert failure.code == "breaker_open"
        assert requests == []

    def test_a_text_that_can_not_be_used_is_no_failure_of_the_server(self):
        for _ in range(6):
            failure, _ = ask_with(ok("Hello!"))

        assert failure.code == "bad_answer"

    def test_each_server_has_its_own(self, settings):
        for _ in range(5):
            ask_with(status(400))
        settings.OPENAI_BASE_URL = "http://other.test/v1"

        assert ask_with(ok())[0].content == GOOD


class TestARealServer:
    """Over a socket: what a mock of the transport can't show."""

    @pytest.fixture
    def ask_server(self, settings):
        def ask_at(*behaviours, seconds=0.4):
            with serving(*behaviours) as (address, requests):
                settings.OPENAI_BASE_URL = address
                began = time.monotonic()
                try:
                    result = ask(system="s", user="u", schema_name="n", schema={}, deadline_seconds=seconds)
                except WriterFailed as failure:
                    result = failure
                assert time.monotonic() - began < seconds + 0.15
                return result, len(requests)

        return ask_at

    def test_that_answers_is_read(self, ask_server):
        answer, _ = ask_server(answering(json.dumps(completion(GOOD)).encode()), seconds=3)

        assert answer.content == GOOD

    @pytest.mark.parametrize("behaviour", [DRIPPING_BODY, DRIPPING_HEADERS, hanging])
    def test_that_is_slow_in_any_way_is_left_at_the_deadline(self, ask_server, behaviour):
        assert ask_server(behaviour)[0].code == "timeout"

    def test_that_hangs_up_is_tried_again(self, ask_server):
        answer, requests = ask_server(resetting, answering(json.dumps(completion(GOOD)).encode()), seconds=3)

        assert answer.content == GOOD
        assert requests == 2

    def test_that_only_hangs_up_is_unreachable(self, ask_server):
        assert ask_server(resetting, seconds=3)[0].code == "unreachable"

    def test_that_sends_more_than_we_can_use_is_cut_off(self, ask_server):
        assert ask_server(answering(b"x" * 5_000_000), seconds=3)[0].code == "bad_answer"

    def test_that_is_broken_is_named_so(self, ask_server):
        assert ask_server(answering(b"<h1>", status="502 Bad Gateway"), seconds=3)[0].code == "server_error"

    def test_that_is_not_there_is_unreachable(self, settings):
        settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"

        with pytest.raises(WriterFailed, match="unreachable"):
            ask(system="s", user="u", schema_name="n", schema={})
