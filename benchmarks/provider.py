"""A provider of messages that takes each after a while, and remembers it: python -m benchmarks.provider SECONDS

It says its port on the first line. POST takes {"id": …}; GET gives the ids that it took, a line each, in their order.
"""

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen
from urllib.request import urlopen

CONTENT_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@contextmanager
def running_provider(seconds: float) -> Iterator[str]:
    """The address of one in a process of its own, so that it takes no time from who is measured."""
    with Popen([sys.executable, "-m", "benchmarks.provider", str(seconds)], stdout=PIPE, text=True) as process:
        port = int(process.stdout.readline()) if process.stdout else 0
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


def ids_taken(url: str) -> list[str]:
    with urlopen(url) as answer:  # noqa: S310  (our own, on loopback)
        return answer.read().decode().split()


async def serve(seconds: float) -> None:
    taken: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if head.startswith(b"GET"):
                    answer = "\n".join(taken).encode()
                else:
                    length = CONTENT_LENGTH.search(head)
                    message = json.loads(await reader.readexactly(int(length[1]) if length else 0))
                    taken.append(message["id"])
                    await asyncio.sleep(seconds)
                    answer = json.dumps({"id": f"theirs-{message['id']}"}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # who called is gone
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
