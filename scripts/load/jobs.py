"""Jobs as a client sees them: posted so that a server that dies loses none, followed so that no event is missed."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from server import Server
from wire import Answer, Broken, Connection

ENDS = ("succeeded", "failed", "stopped", "refused", "cancelled", "error")


class Client:
    """Goes on when the server dies, until it is there again."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection = Connection(server.port)

    async def call(
        self, method: str, path: str, body: bytes = b"", accept: tuple[int, ...] = (200,), **headers: str
    ) -> Answer:
        while True:
            try:
                fields = {name.replace("_", "-"): value for name, value in headers.items()}
                answer = await self._connection.request(method, path, body, fields)
            except Broken:
                self._server.check()
                await asyncio.sleep(0.05)
                continue
            if answer.status in accept:
                return answer
            # It is about to stop, or the gateway's answer to a full house.
            if answer.status == 503 and answer.document.get("code") == "draining":
                await asyncio.sleep(0.05)
                continue
            raise AssertionError(f"{method} {path}: {answer.status} {answer.body[:500]!r}")

    async def upload(self, archive: bytes) -> str:
        digest = hashlib.sha256(archive).hexdigest()
        await self.call("PUT", f"/v1/blobs/{digest}", archive, accept=(200, 201, 204))
        return digest

    async def post(self, digest: str, key: str, **settings: object) -> str:
        """The id of the job with this key, be it new or known already."""
        request: dict[str, Any] = {
            "source": {"blob": digest, "name": "talker.tar.gz"},
            "wheel": True,
            "config_settings": {name: str(value) for name, value in settings.items() if name != "limits"},
        }
        if "limits" in settings:
            request["limits"] = settings["limits"]
        answer = await self.call(
            "POST",
            "/v1/builds",
            json.dumps(request).encode(),
            accept=(202,),
            content_type="application/json",
            idempotency_key=key,
        )
        return answer.document["id"]

    async def job(self, identifier: str) -> dict[str, Any]:
        return (await self.call("GET", f"/v1/builds/{identifier}")).document

    async def log(self, identifier: str, attempt: int) -> bytes:
        return (await self.call("GET", f"/v1/builds/{identifier}/log?raw=1&attempt={attempt}")).body

    async def all_ids(self) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = (await self.call("GET", f"/v1/builds?limit=500{cursor}")).document
            found += [job["id"] for job in page["builds"]]
            if not page.get("next_cursor"):
                return found
            cursor = f"&cursor={page['next_cursor']}"

    def close(self) -> None:
        self._connection.close()


class Follower:
    """Reads a job's events over as many connections as it takes, and notes what a client must never see."""

    def __init__(self, port: int, identifier: str, on_log=None) -> None:
        self.identifier = identifier
        self.faults: list[str] = []
        self.ends: list[str] = []
        self._port = port
        self._last = 0
        self._on_log = on_log

    async def run(self) -> None:
        while not self.ends:
            connection = Connection(self._port)
            try:
                async for event in connection.events(f"/v1/builds/{self.identifier}/events", self._last):
                    if event.name == "over":
                        self.faults.append(f"{self.identifier}: over after {self._last}, and no end was seen")
                        return
                    self._take(event)
            except Broken:
                await asyncio.sleep(0.05)
            finally:
                connection.close()

    def _take(self, event) -> None:
        if event.sequence != self._last + 1:
            self.faults.append(f"{self.identifier}: event {event.sequence} came after {self._last}")
        if self.ends:
            self.faults.append(f"{self.identifier}: {event.name} came after the end")
        self._last = event.sequence
        if event.name == "end":
            self.ends.append(event.data["state"])
        elif event.name == "log" and self._on_log:
            self._on_log(event.data)


def packed(project: Path) -> bytes:
    """A project's folder as a .tar.gz."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as compressed:
        with tarfile.open(fileobj=compressed, mode="w") as archive:
            archive.add(project, arcname=".", filter=lambda info: None if "__pycache__" in info.name else info)
    return buffer.getvalue()


def figure(values: list[float], share: float) -> float:
    """The value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
