"""Signatures that bring their certificate (x5c): they are checked against it."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from activity.lrs.answers import Refused
from activity.lrs.signatures import USAGE, check_signature
from activity.xapi.versions import Version

from .factories import a_statement


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate_of(key) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "LMS")])
    now = datetime(2026, 11, 20, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return base64.b64encode(builder.sign(key, SHA256()).public_bytes(Encoding.DER)).decode()


def encoded(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")


def signed(statement, key, **header) -> bytes:
    beginning = encoded(json.dumps({"alg": "RS256", **header}).encode())
    beginning += b"." + encoded(json.dumps(statement).encode())
    return beginning + b"." + encoded(key.sign(beginning, PKCS1v15(), SHA256()))


def check(statement, signature: bytes) -> None:
    attachment = {"usageType": USAGE, "contentType": "application/octet-stream"}
    whole = {**statement, "attachments": [attachment]}
    check_signature(whole, attachment, signature, version=Version.V2, path="attachments[0]")


def test_signature_of_its_certificate_is_accepted(key):
    one = a_statement()
    check(one, signed(one, key, x5c=[certificate_of(key)]))


def test_signature_without_a_certificate_is_accepted(key):
    one = a_statement()
    check(one, signed(one, key))


def test_signature_of_another_key_than_its_certificate_s_is_refused(key):
    one = a_statement()
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(Refused, match="does not belong to its certificate"):
        check(one, signed(one, other, x5c=[certificate_of(key)]))


def test_statement_changed_after_it_was_signed_is_refused(key):
    one = a_statement()
    with pytest.raises(Refused, match="another statement"):
        check(a_statement(id=one["id"], verb="failed"), signed(one, key, x5c=[certificate_of(key)]))


@pytest.mark.parametrize("chain", [[], None, ["not base64!"], ["bm90IGEgY2VydGlmaWNhdGU="], "text", [7], {}])
def test_certificate_that_cannot_be_read_is_refused(key, chain):
    one = a_statement()
    with pytest.raises(Refused) as refusal:
        check(one, signed(one, key, x5c=chain))
    assert refusal.value.status == 400


def test_certificate_of_another_kind_of_key_is_refused(key):
    one = a_statement()
    curve = certificate_of(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(Refused, match="no RSA key"):
        check(one, signed(one, key, x5c=[curve]))


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": None}, {"alg": ["RS256"]}, {"alg": {"a": 1}}]
)
def test_other_algorithms_are_refused(key, header):
    one = a_statement()
    with pytest.raises(Refused, match="RS256, RS384 or RS512"):
        check(one, signed(one, key, **header))
