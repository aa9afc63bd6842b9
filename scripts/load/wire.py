"""As much of HTTP/1.1 as a client of buildbox needs, on asyncio, and nothing that a machine would have to install."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

LARGEST_LINE = 1 << 20


class Broken(Exception):
    """The connection ended, or never began."""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


class Event(NamedTuple):
    sequence: int
    name: str
    data: Any


class Connection:
    """One connection, kept open from request to request."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """Raises Broken where there is no whole answer. A connection that the server closed meanwhile is made anew."""
        status, answer, reader = await self._begin(method, path, body, headers or {})
        try:
            content = b"" if method == "HEAD" else b"".join([piece async for piece in pieces(reader, status, answer)])
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            self.close()
            raise Broken(str(error)) from error
        if answer.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, answer, content)

    async def events(self, path: str, after: int) -> AsyncIterator[Event]:
        """The events of a job behind `after`, until the server ends the stream. 204 is one event with name `over`."""
        status, answer, reader = await self._begin("GET", path, b"", {"last-event-id": str(after)} if after else {})
        if status == 204:
            yield Event(after, "over", None)
            return
        if status != 200:
            raise AssertionError(f"GET {path}: {status}")
        rest = b""
        try:
            async for piece in pieces(reader, status, answer):
                *blocks, rest = (rest + piece).split(b"\n\n")
                for block in blocks:
                    event = parsed(block)
                    if event:
                        yield event
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            raise Broken(str(error)) from error
        finally:
            self.close()

    async def _begin(self, method: str, path: str, body: bytes, headers: dict[str, str]):
        fields = {"host": f"127.0.0.1:{self._port}", "content-length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        fresh = self._writer is None
        try:
            if self._writer is None:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=LARGEST_LINE)
            self._writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            await self._writer.drain()
            return await self._head()
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            self.close()
            if not fresh and method in ("GET", "HEAD"):
                return await self._begin(method, path, body, headers)
            raise Broken(str(error)) from error

    async def _head(self):
        text = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = text.strip().split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return int(first.split()[1]), headers, self._reader

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


async def pieces(reader: asyncio.StreamReader, status: int, headers: dict[str, str]) -> AsyncIterator[bytes]:
    """The body of an answer as it comes."""
    if status in (204, 304):
        return
    if headers.get("transfer-encoding", "").lower() == "chunked":
        while True:
            size = int(await reader.readuntil(b"\r\n"), 16)
            piece = await reader.readexactly(size)
            await reader.readexactly(2)
            if size == 0:
                return
            yield piece
    left = int(headers.get("content-length", "0"))
    while left:
        piece = await reader.read(min(left, 1 << 16))
        if not piece:
            raise ValueError("the connection ended within an answer")
        left -= len(piece)
        yield piece


def parsed(block: bytes) -> Event | None:
    """Nil for a heartbeat."""
    fields: dict[str, str] = {}
    for line in block.decode().splitlines():
        name, _, value = line.partition(": ")
        fields[name] = value
    if "data" not in fields or "id" not in fields:
        return None
    return Event(int(fields["id"]), fields.get("event", "message"), json.loads(fields["data"]))
