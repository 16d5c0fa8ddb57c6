"""The addresses behind a host's name, within bounds: the system's own look-up knows no time-out."""

import ipaddress
import socket

from ..bounded import within


def look_up(host: str, port: int, *, seconds: float) -> list[str]:
    """The numeric addresses, the preferred one first. Raises TimeoutError when late, OSError when there are none."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass

    def ask() -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except UnicodeError as error:  # a label that is too long, or empty
            raise OSError(f"{host!r} is no host's name.") from error
        return list(dict.fromkeys(str(address[0]) for *_kind, address in found))

    return within(seconds, ask)
