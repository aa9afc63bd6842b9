"""A build that prints more than the service may hold, and a follower that hardly reads."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from pathlib import Path
from typing import Any

from jobs import ENDS, Client, Follower, figure, packed
from server import Server

BOUND_GROWTH = 16 << 20
BOUND_ANSWER = 0.050


async def run(program: Path, project: Path, folder: Path, size: int) -> dict[str, Any]:
    server = Server(program, folder)
    try:
        return await measure(server, project, size)
    finally:
        server.abandon()


async def measure(server: Server, project: Path, size: int) -> dict[str, Any]:
    await server.start()
    client = Client(server)
    digest = await client.upload(packed(project))
    # Warm: what the first build costs for good is no growth of the second.
    await ended(client, await client.post(digest, "warm", say="warm", lines=10, flood=4 << 20))
    before = server.memory()
    limits = {"log_bytes": size + (1 << 20), "time_ms": 1_800_000}
    flood = await client.post(digest, "flood", flood=size, limits=limits)
    slow = SlowReader(server.port, f"/v1/builds/{flood}/events")
    slow.start()
    # Another, beside it, must not notice.
    neighbour = await client.post(digest, "neighbour", say="tick", lines=20, every=0.1)
    lines: list[float] = []
    follower = Follower(server.port, neighbour, lambda event: note(lines, event))
    following = asyncio.create_task(follower.run())
    seconds, most = [], before
    began = time.monotonic()
    while True:
        start = time.perf_counter()
        job = await client.job(flood)
        seconds.append(time.perf_counter() - start)
        most = max(most, server.memory())
        if job["state"] in ENDS:
            break
        await asyncio.sleep(0.02)
    took = time.monotonic() - began
    await asyncio.wait_for(following, 120)
    read = slow.stop()
    length = (await client.call("HEAD", f"/v1/builds/{flood}/log?raw=1")).headers.get("content-length")
    faults = follower.faults + ([] if follower.ends == ["succeeded"] else [f"the neighbour ended as {follower.ends}"])
    if job["state"] != "succeeded":
        faults.append(f"the flood ended as {job['state']}: {job['result'].get('reason')}")
    printed = job["result"]["resources"]["log_bytes"]
    if printed < size:
        faults.append(f"the flood printed {printed} of {size} bytes")
    client.close()
    return {
        "printed_mib": printed >> 20,
        "log_bytes": length,
        "seconds": round(took, 1),
        "growth_mib": round((most - before) / 2**20, 1),
        "memory_before_mib": round(before / 2**20, 1),
        "slow_follower_read_bytes": read,
        "answer_p99_ms": round(figure(seconds, 0.99) * 1000, 2),
        "neighbour_line_p99_ms": round(figure(lines, 0.99) * 1000, 2),
        "faults": faults,
        "good": not faults and most - before <= BOUND_GROWTH and figure(seconds, 0.99) <= BOUND_ANSWER and read > 0,
    }


async def ended(client: Client, identifier: str) -> None:
    while (await client.job(identifier))["state"] not in ENDS:
        await asyncio.sleep(0.1)


def note(lines: list[float], event: dict[str, Any]) -> None:
    now = time.time()
    for line in event["text"].splitlines():
        words = line.split()
        if len(words) == 3 and words[0] == "tick":
            lines.append(now - float(words[2]))


class SlowReader(threading.Thread):
    """Follows events over a socket with the smallest buffer, one byte a second."""

    def __init__(self, port: int, path: str) -> None:
        super().__init__(daemon=True)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode())
        self._read = 0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(1):
            try:
                self._read += len(self._socket.recv(1))
            except OSError:
                return

    def stop(self) -> int:
        """The bytes that it read."""
        self._ended.set()
        self.join()
        self._socket.close()
        return self._read
