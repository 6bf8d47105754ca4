"""A loopback HTTP server in a process of its own: answers the three requests of the Airbyte workflow, keep-alive.

Written on asyncio streams without a parser of everything: it reads a head and a body, and writes a prepared answer.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

_APPLICATION = (
    b'{"id":"6f1c1e9e-0000-4000-8000-000000000001","name":"bench","clientId":"6f1c1e9e-0000-4000-8000-0000000000aa",'
    b'"clientSecret":"not-a-real-secret","createdAt":1767225600000}'
)
_TOKEN = b'{"access_token":"not-a-real-token","token_type":"Bearer","expires_in":180}'


def _answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


class _Protocol(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.buffer) < end + 4 + length:
                return
            body = _TOKEN if b"/applications/token " in head else _APPLICATION
            self.buffer = self.buffer[end + 4 + length :]
            self.transport.write(_answer(body))  # type: ignore[attr-defined]


def _serve(pipe: Connection) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Protocol, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def serving() -> Iterator[str]:
    """The base URL of a server that runs while the block does."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()
