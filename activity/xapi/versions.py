"""The versions of the specification that we speak."""

from enum import StrEnum


class Version(StrEnum):
    V1 = "1.0.3"
    V2 = "2.0.0"


def read_version(header: str) -> Version | None:
    """The version that answers a request with this X-Experience-API-Version; None when we speak no such version.

    A patch version that we do not know is answered by ours of the same minor version: 1.0.x by 1.0.3, 2.0.x by 2.0.0.
    """
    major, _, patch = header.strip().partition(".0")
    if patch and not (patch.startswith(".") and patch[1:].isascii() and patch[1:].isdigit()):
        return None
    if header.strip() != f"{major}.0{patch}":
        return None
    return {"1": Version.V1, "2": Version.V2}.get(major)
