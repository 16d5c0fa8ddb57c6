"""Communication 1.5, Data 2.4.11 and 2.6: what statements attach, in and out, and signatures."""

import hashlib
import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .lrs import Json, Lrs, multipart, new_id, parts_of
from .samples import FILE, ONLY_V2, TEXT, attachment, changed, statement

BOUNDARY = "-------314159265358979323846"
MIXED = f"multipart/mixed; boundary={BOUNDARY}"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
OTHER = b"here is another attachment"


def part(content: bytes = TEXT, **headers: str | None) -> tuple[dict[str, str], bytes]:
    """None leaves the header out."""
    given = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": hashlib.sha256(content).hexdigest(),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return {name: value for name, value in given.items() if value is not None}, content


def first(content: Json | list[Json], kind: str = "application/json") -> tuple[dict[str, str], str]:
    return {"Content-Type": kind}, json.dumps(content)


def send(lrs: Lrs, body: bytes, content_type: str = MIXED):
    return lrs.post("/statements", body=body, content_type=content_type)


def attaching(*attachments: Json) -> Json:
    return statement(attachments=list(attachments))


# In


@pytest.mark.parametrize(
    "sent",
    [
        multipart(first(attaching(attachment())), part()),
        multipart(first(attaching(attachment(), attachment(OTHER))), part(), part(OTHER)),
        multipart(first([attaching(attachment()), attaching(attachment(OTHER))]), part(OTHER), part()),
        multipart(first([attaching(attachment()), attaching(attachment())]), part()),
        multipart(first(attaching(attachment(**FILE)))),
        multipart(first(attaching(attachment(**FILE))), part()),
        multipart(first(attaching(attachment(**FILE), attachment(OTHER))), part(OTHER)),
        multipart(first(statement())),
        b"\r\n" + multipart(first(attaching(attachment())), part()).removesuffix(b"\r\n"),
        b"This is a message in parts.\r\n" + multipart(first(attaching(attachment())), part()) + b"And its end.\r\n",
        multipart(first(attaching(attachment(bytes(range(256))))), part(bytes(range(256)))),
        multipart(
            first(attaching(attachment(b"line\r\n\r\n--not the end\r\n"))), part(b"line\r\n\r\n--not the end\r\n")
        ),
        multipart(first(attaching(attachment(b""))), part(b"")),
        multipart(first(attaching(attachment()), "application/json; charset=utf-8"), part()),
    ],
)
def test_parts_that_are_all_attached_are_taken_xapi_00127(lrs, sent):
    answer = send(lrs, sent)
    assert answer.status_code == 200, answer.content


def test_a_quoted_boundary_is_a_boundary(lrs):
    sent = multipart(first(attaching(attachment())), part())
    assert send(lrs, sent, f'multipart/mixed; boundary="{BOUNDARY}"').status_code == 200


def test_a_file_elsewhere_needs_no_part_xapi_00127(lrs):
    assert lrs.send(attaching(attachment(**FILE))).status_code == 200


@pytest.mark.parametrize(
    "missing", [attaching(attachment()), attaching(attachment(**FILE), attachment(OTHER)), attaching(attachment(b""))]
)
def test_an_attachment_that_is_nowhere_is_refused_xapi_00128_00129(lrs, missing):
    assert lrs.send(missing).status_code == 400
    assert send(lrs, multipart(first(missing))).status_code == 400


GOOD = multipart(first(attaching(attachment())), part())


@pytest.mark.parametrize(
    "broken",
    [
        multipart(first(attaching(attachment())), part(), part(OTHER)),  # a part that nothing attaches
        multipart(first(attaching(attachment(), attachment(OTHER))), part()),  # an attachment with no part
        GOOD.partition(f"--{BOUNDARY}\r\n".encode())[2],  # no boundary before the first part
        multipart(({"Content-Type": "application/json"}, json.dumps(attaching(attachment())) + "\r\nContent-Type: …")),
        multipart(first(attaching(attachment()), "text/plain"), part()),
        multipart(first(attaching(attachment())), first(statement()), part()),  # statements in two parts
        multipart(first(attaching(attachment())), part(X_Experience_API_Hash=None)),
        multipart(first(attaching(attachment())), part(X_Experience_API_Hash="b018994f8bbe0f08992a65c48c8c8c56")),
        multipart(first(attaching(attachment())), part(OTHER, X_Experience_API_Hash=attachment()["sha2"])),
        multipart(first(attaching(attachment())), part(Content_Transfer_Encoding="base64")),
        multipart(first(attaching(attachment())), part(Content_Transfer_Encoding=None)),
        b"",
        b"no parts at all",
    ],
)
def test_parts_that_do_not_fit_are_refused_and_nothing_is_stored_xapi_00128_00135(lrs, broken):
    assert send(lrs, broken).status_code == 400
    assert lrs.find()["statements"] == []


@pytest.mark.parametrize(
    "kind",
    [
        f"multipart/form-data; boundary={BOUNDARY}",
        "multipart/mixed;",
        "multipart/mixed",
        "text/plain",
    ],
)
def test_another_content_type_is_refused_xapi_00127_00131(lrs, kind):
    assert send(lrs, GOOD, kind).status_code == 400
    assert lrs.post("/statements", body=json.dumps(attaching(attachment(**FILE))), content_type=kind).status_code == 400


def test_octets_that_are_no_parts_are_refused_xapi_00127(lrs):
    body = json.dumps(attaching(attachment(**FILE)))
    assert lrs.post("/statements", body=body, content_type="application/octet-stream").status_code == 400


def test_put_takes_parts_too(lrs):
    name = new_id()
    answer = lrs.put("/statements", {"statementId": name}, body=GOOD, content_type=MIXED)
    assert answer.status_code == 204


# Out


def test_attachments_come_with_their_statement_xapi_00167(lrs):
    """The suite counts each hash: once in the statement and once above the bytes, and nowhere else."""
    sent = multipart(first(attaching(attachment(), attachment(OTHER))), part(), part(OTHER))
    name = json.loads(send(lrs, sent).content)[0]
    answer = lrs.get("/statements", {"statementId": name, "attachments": True})
    assert answer.status_code == 200
    (kind, body), *rest = parts_of(answer)
    assert kind["content-type"].startswith("application/json")
    assert json.loads(body)["id"] == name
    assert [content for _, content in rest] == [TEXT, OTHER]
    for headers, content in rest:
        assert headers["content-type"] == "text/plain"
        assert headers["content-transfer-encoding"] == "binary"
        assert headers["x-experience-api-hash"] == hashlib.sha256(content).hexdigest()
        assert answer.content.count(headers["x-experience-api-hash"].encode()) == 2


def test_a_page_of_statements_comes_with_their_attachments_once_xapi_00167(lrs):
    send(lrs, multipart(first([attaching(attachment()), attaching(attachment())]), part()))
    (_, body), *rest = parts_of(lrs.get("/statements", {"attachments": True}))
    assert len(json.loads(body)["statements"]) == 2
    assert [content for _, content in rest] == [TEXT]


def test_any_bytes_come_back_as_they_went(lrs):
    content = bytes(range(256)) + f"\r\n--{BOUNDARY}x\r\n".encode()
    send(
        lrs,
        multipart(first(attaching(attachment(content))), part(content), boundary="other-1"),
        "multipart/mixed; boundary=other-1",
    )
    assert parts_of(lrs.get("/statements", {"attachments": True}))[1][1] == content


def test_a_part_of_a_file_elsewhere_comes_back_too_xapi_00161(lrs):
    name = json.loads(send(lrs, multipart(first(attaching(attachment(**FILE))), part())).content)[0]
    assert [
        content for _, content in parts_of(lrs.get("/statements", {"statementId": name, "attachments": True}))[1:]
    ] == [TEXT]


@pytest.mark.parametrize("parameters", [{}, {"attachments": False}])
def test_attachments_stay_away_unless_asked_for_xapi_00161(lrs, parameters):
    name = json.loads(send(lrs, GOOD).content)[0]
    for answer in (lrs.get("/statements", parameters), lrs.get("/statements", {"statementId": name, **parameters})):
        assert answer.headers["Content-Type"].startswith("application/json")
        assert TEXT not in answer.content


def test_a_page_without_attachments_is_in_parts_when_asked_for(lrs):
    lrs.store(statement())
    assert len(parts_of(lrs.get("/statements", {"attachments": True}))) == 1


# Signatures


@pytest.fixture(scope="module")
def private_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def signed(payload: str, key: bytes | str, algorithm: str = "RS256") -> bytes:
    return jwt.api_jws.encode(payload.encode(), key, algorithm=algorithm).encode()


def with_signature(one: Json, signature: bytes, kind: str = "application/octet-stream") -> bytes:
    """As the suite's signer sends it: a line break before the first boundary and none after the last."""
    mark = attachment(signature, usageType=SIGNATURE, contentType=kind)
    body = multipart(first(one | {"attachments": [mark]}), part(signature, Content_Type=kind))
    return b"\r\n" + body.removesuffix(b"\r\n")


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_a_signed_statement_is_taken_xapi_00115_00117(lrs, private_key, algorithm):
    one = statement(id=new_id())
    answer = send(lrs, with_signature(one, signed(json.dumps(one), private_key, algorithm)))
    assert answer.status_code == 200, answer.content


def test_a_signature_of_another_kind_is_refused_xapi_00117(lrs):
    one = statement(id=new_id())
    signature = signed(json.dumps(one), "a secret of thirty-two characters", "HS256")
    assert send(lrs, with_signature(one, signature)).status_code == 400


def test_a_signature_of_another_content_type_is_refused_xapi_00115(lrs, private_key):
    one = statement(id=new_id())
    body = with_signature(one, signed(json.dumps(one), private_key), "text/plain; charset=ascii")
    assert send(lrs, body).status_code == 400


def test_a_signature_of_broken_json_is_refused_xapi_00115_00116(lrs, private_key):
    one = statement(id=new_id())
    broken = json.dumps(one).replace('"', "'", 1)
    assert send(lrs, with_signature(one, signed(broken, private_key))).status_code == 400


def test_a_signature_of_another_statement_is_refused(lrs, private_key):
    one = statement(id=new_id())
    other = changed(one, "verb.id", "https://example.org/verbs/another")
    assert send(lrs, with_signature(one, signed(json.dumps(other), private_key))).status_code == 400


def test_what_is_no_signature_is_refused_xapi_00115(lrs):
    assert send(lrs, with_signature(statement(id=new_id()), b"not.a.signature")).status_code == 400
    assert send(lrs, with_signature(statement(id=new_id()), b"nothing")).status_code == 400


@ONLY_V2
def test_a_signature_is_not_broken_by_less_than_a_hundredth_of_a_second(lrs, private_key):
    one = statement(id=new_id(), result={"duration": "P1DT12H36M0.12S"})
    signature = signed(json.dumps(one), private_key)
    longer = changed(one, "result.duration", "P1DT12H36M0.1237S")
    assert send(lrs, with_signature(longer, signature)).status_code == 200
