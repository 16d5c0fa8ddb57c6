import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activity.tests.xapi_samples import FULL, PLAIN, VOIDING
from activity.xapi.parsing import DEEPEST, read_json, read_statements
from activity.xapi.statements import InvalidStatement
from activity.xapi.versions import Version

SPACED = (
    '{ "actor" : {"mbox":"mailto:ada@example.org"},\n\t"verb":{"id":"urn:v"} , '
    '"object":{"id":"urn:\\u09aa"}, "result": {"score": {"raw": 1.50e1}} }'
)


def read(body, version=Version.V1):
    return read_statements(body, version=version)


def refusal(body):
    with pytest.raises(InvalidStatement) as caught:
        read(body)
    return caught.value


def text_with(response):
    """A statement as text, with this JSON text as its response."""
    return json.dumps(PLAIN)[:-1] + ', "result": {"response": ' + response + "}}"


def text_with_extension(value):
    return json.dumps(PLAIN)[:-1] + ', "result": {"extensions": {"urn:x": ' + value + "}}}"


@pytest.mark.parametrize("body", [SPACED, SPACED.encode(), f" \r\n\t{SPACED}\n", f"\ufeff{SPACED}".encode()])
def test_lone_statement_keeps_its_text_without_the_space_around_it(body):
    (parsed,) = read(body)
    assert parsed.raw == SPACED
    assert parsed.statement == json.loads(SPACED)


def test_each_of_a_batch_keeps_its_own_text():
    texts = [SPACED, json.dumps(FULL, ensure_ascii=False), json.dumps(VOIDING, indent=3)]
    parsed = read(("[ " + " ,\n".join(texts) + "\t]").encode())
    assert [one.raw for one in parsed] == texts
    assert [one.statement for one in parsed] == [json.loads(text) for text in texts]


def test_empty_batch_has_no_statements():
    assert read(b" [ ] ") == []


def test_paths_begin_with_the_place_in_the_batch():
    body = json.dumps([PLAIN, {**PLAIN, "actor": {"mbox": "ada"}}])
    assert refusal(body).path == "statements[1].actor.mbox"
    assert refusal(json.dumps([PLAIN, "x"])).path == "statements[1]"
    assert refusal(json.dumps({**PLAIN, "actor": {"mbox": "ada"}})).path == "actor.mbox"


def test_version_decides_what_is_valid():
    body = json.dumps({**PLAIN, "context": {"contextAgents": []}})
    assert read(body, Version.V2)
    assert refusal(body).path == "context.contextAgents"


@pytest.mark.parametrize("second", [FULL["id"], FULL["id"].upper()])
def test_two_of_a_batch_with_one_id_are_refused(second):
    assert refusal(json.dumps([FULL, PLAIN, {**FULL, "id": second}])).path == "statements[2].id"


@pytest.mark.parametrize(
    "body",
    [
        "", " ", "{", "}", "[", "]", "{}x", "[]]", "[{}", "[,]", "[{},]", "[{} {}]", "{'a': 1}", '{"a": 1,}', "nul",
        "[1", "\x00", '{"a" 1}', "{} {}", "[] []", f"{SPACED},", f"[{SPACED},]", f"[{SPACED}]]", f"[,{SPACED}]",
        f"[{SPACED} {SPACED}]", f"[{SPACED}",
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_xapi_00014(body):
    assert refusal(body).message


def test_key_that_stands_twice_is_refused_xapi_00021():
    assert "'actor' stands twice" in refusal(SPACED.replace('"verb"', '"actor": {}, "verb"')).message
    assert "'raw' stands twice" in refusal(SPACED.replace('"raw"', '"raw": 1, "raw"')).message


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "01", "1.", ".5", "+1", "9" * 5000]
)
def test_what_is_no_number_of_json_is_refused(number):
    assert refusal(text_with_extension(number)).message


@pytest.mark.parametrize("number", ["0", "-0.0", "1E2", "1e-999", "12345678901234567890123", "0.1234567890123456789"])
def test_any_number_of_json_is_read(number):
    (parsed,) = read(text_with_extension(number))
    assert parsed.statement["result"]["extensions"]["urn:x"] == json.loads(number)


@pytest.mark.parametrize(
    "body", [b"\xff\xfe{\x00}\x00", b'{"a": "\xe9"}', b'{"a": "\xed\xa0\x80"}', SPACED.encode()[:-3] + b"\xc3}"]
)
def test_what_is_not_utf_8_is_refused_xapi_00015(body):
    assert refusal(body).message.startswith("Send UTF-8")


@pytest.mark.parametrize("text", [r'"\ud800"', r'"\uDC00"', r'"a\udfffb"', r'"\ude00\ud83d"', '"\ud800"'])
def test_half_a_character_is_refused_wherever_it_is(text):
    assert "surrogate" in refusal(text_with(text)).message
    assert "surrogate" in refusal(text_with_extension(text)).message
    assert "surrogate" in refusal(text_with_extension(f"{{{text}: 1}}")).message


def test_nul_is_refused_but_in_extensions():
    """Data 4.1: no statement is refused for the values of its extensions."""
    assert refusal(text_with(r'"\u0000"')).message.startswith("Leave out NUL")
    (parsed,) = read(text_with_extension(r'["\u0000", {"\u0000": 1}]'))
    assert parsed.statement["result"]["extensions"]["urn:x"] == ["\0", {"\0": 1}]


@pytest.mark.parametrize("text", [r'"\\u0000"', r'"\\ud800"', r'"\ud83d\ude00"', '"😀"', r'"\u0001"', r'"\ufffe"'])
def test_characters_that_only_look_alike_are_read(text):
    (parsed,) = read(text_with(text))
    assert parsed.statement["result"]["response"] == json.loads(text)


@pytest.mark.parametrize("pair", ["[]", ('{"a":', "}")])
@pytest.mark.parametrize("levels", [DEEPEST + 1, 5_000, 100_000])
def test_values_nested_without_end_are_refused(pair, levels):
    opened, closed = pair
    value = opened * levels + ("1" if opened != "[" else "") + closed * levels
    assert refusal(text_with_extension(value)).message == f"Nest values at most {DEEPEST} levels deep."


def test_wide_values_and_values_nested_in_reason_are_read():
    wide = "[" + ",".join(["{}"] * 1000) + "]"
    deep = "[" * (DEEPEST - 4) + "]" * (DEEPEST - 4)
    assert len(read(f"[{text_with_extension(wide)},{text_with_extension(deep)}]")) == 2


def test_read_json_is_as_strict_for_any_value():
    assert read_json(b' {"a": [1, 2.5, null]} ') == {"a": [1, 2.5, None]}
    for body in (b"", b'{"a": 1, "a": 2}', b"NaN", b"\xff", b"1 2", rb'"\ud800"', b"[" * 5000):
        with pytest.raises(InvalidStatement):
            read_json(body)


@given(body=st.binary(max_size=60) | st.text(max_size=60))
def test_no_body_brings_the_reader_down(body):
    try:
        parsed = read(body)
    except InvalidStatement as error:
        assert error.message  # noqa: PT017  (an empty batch is good)
    else:
        assert parsed == []


@given(
    space=st.text(" \t\r\n", max_size=3),
    count=st.integers(1, 4),
    response=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
def test_every_text_is_given_back_as_it_came(space, count, response):
    text = json.dumps({**PLAIN, "result": {"response": response}}, ensure_ascii=False)
    body = f"{space}[{space}" + f"{space},{space}".join([text] * count) + f"{space}]{space}"
    assert [one.raw for one in read(body.encode())] == [text] * count
