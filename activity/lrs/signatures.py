"""Signed statements (xAPI Data 2.6): a JSON Web Signature whose payload is the statement before it was signed."""

import base64
import binascii
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.x509 import load_der_x509_certificate

from ..xapi.equality import same_statement
from ..xapi.parsing import read_json, read_statements
from ..xapi.statements import InvalidStatement
from ..xapi.versions import Version
from .answers import Refused

USAGE = "http://adlnet.gov/expapi/attachments/signature"
HASHES: dict[str, type[SHA256 | SHA384 | SHA512]] = {"RS256": SHA256, "RS384": SHA384, "RS512": SHA512}


def is_signature(attachment: dict[str, Any]) -> bool:
    return bool(attachment.get("usageType") == USAGE)


def check_signature(
    statement: dict[str, Any], attachment: dict[str, Any], signature: bytes, *, version: Version, path: str
) -> None:
    """Raises Refused with 400. Without a certificate (x5c) in it, whose signature it is can't be told, nor refused."""
    if attachment["contentType"].partition(";")[0].strip().lower() != "application/octet-stream":
        raise Refused(400, "A signature's contentType is application/octet-stream.", path=f"{path}.contentType")
    parts = signature.strip().split(b".")
    if len(parts) != 3:
        raise Refused(400, "The signature is no JSON Web Signature in compact form.", path=path)
    header = _read_header(parts[0], path)
    if header.get("alg") not in list(HASHES):  # it may be anything, also what no dict can look up
        raise Refused(400, "The signature's algorithm is RS256, RS384 or RS512.", path=path)
    if not _is_signed(_read_payload(parts[1], version, path), statement):
        raise Refused(400, "The signature's payload is another statement.", path=path)
    if "x5c" in header:
        _verify(header, b".".join(parts[:2]), _decoded(parts[2], path), path)


def _is_signed(payload: dict[str, Any], statement: dict[str, Any]) -> bool:
    """Whether the payload is the statement without its signatures. What it left to the store to set may be missing."""
    others = [one for one in statement.get("attachments", []) if not is_signature(one)]
    unsigned = {name: value for name, value in statement.items() if name != "attachments"}
    if others:
        unsigned["attachments"] = others
    if "id" not in payload:
        unsigned.pop("id", None)
    return same_statement(unsigned, payload)


def _verify(header: dict[str, Any], signed: bytes, signature: bytes, path: str) -> None:
    try:
        certificate = load_der_x509_certificate(base64.b64decode(header["x5c"][0], validate=True))
        key = certificate.public_key()
    except (ValueError, TypeError, LookupError) as error:
        raise Refused(400, "The certificate in the signature (x5c) can't be read.", path=path) from error
    if not isinstance(key, RSAPublicKey):
        raise Refused(400, "The certificate in the signature (x5c) holds no RSA key.", path=path)
    try:
        key.verify(signature, signed, PKCS1v15(), HASHES[header["alg"]]())
    except InvalidSignature:
        raise Refused(400, "The signature does not belong to its certificate.", path=path) from None


def _read_header(part: bytes, path: str) -> dict[str, Any]:
    try:
        header = read_json(_decoded(part, path))
    except InvalidStatement as error:
        raise Refused(400, f"The signature's header is not JSON. {error.message}", path=path) from error
    if not isinstance(header, dict):
        raise Refused(400, "The signature's header is no JSON object.", path=path)
    return header


def _read_payload(part: bytes, version: Version, path: str) -> dict[str, Any]:
    try:
        signed = read_statements(_decoded(part, path), version=version)
    except InvalidStatement as error:
        raise Refused(400, f"The signature's payload is no valid statement. {error}", path=path) from error
    if len(signed) != 1:
        raise Refused(400, "The signature's payload is not one statement.", path=path)
    return signed[0].statement


def _decoded(part: bytes, path: str) -> bytes:
    try:
        return base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise Refused(400, "The signature is not in base64url.", path=path) from error
