"""Jobs through a service that is killed again and again: all end, once each, with their own logs."""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
import time
from pathlib import Path
from typing import Any

import traces
from jobs import ENDS, Client, Follower, packed
from server import Server

LINES = 5
LIVE_FOLLOWERS = 50


async def run(program: Path, project: Path, folder: Path, count: int, kills: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    server = Server(program, folder, queued=count + 10, queued_per_grant=count + 10)
    try:
        return await Trial(server, project, count, kills, chance).run()
    finally:
        server.abandon()


class Trial:
    def __init__(self, server: Server, project: Path, count: int, kills: int, chance: random.Random) -> None:
        self.server = server
        self.project = project
        self.count = count
        self.kills = kills
        self.chance = chance
        self.client = Client(server)
        self.ids: dict[int, str] = {}
        self.faults: list[str] = []
        self.attempts: list[int] = []
        self.states: dict[str, int] = {}

    async def run(self) -> dict[str, Any]:
        began = time.monotonic()
        await self.server.start()
        digest = await self.client.upload(packed(self.project))
        followers: list[Follower] = []
        poster = asyncio.create_task(self._post(digest, followers))
        killer = asyncio.create_task(self._kill())
        await poster
        live = [asyncio.create_task(follower.run()) for follower in followers]
        await self._wait_for_all()
        killer.cancel()
        done = 0 if killer.cancelled() or not killer.done() else killer.result()
        await asyncio.wait_for(asyncio.gather(*live), 120)
        for follower in followers:
            self.faults += follower.faults
        await self._check_all()
        seconds = time.monotonic() - began
        code = self.server.stop()
        if code != 0:
            self.faults.append(f"the service ended with {code}")
        self.faults += traces.left(self.server.home, self.server.pids, set())
        return {
            "jobs": self.count,
            "kills": len(self.server.pids) - 1,
            "kills_wanted": self.kills,
            "states": self.states,
            "attempts": {number: self.attempts.count(number) for number in sorted(set(self.attempts))},
            "seconds": round(seconds, 1),
            "faults": self.faults,
            "good": not self.faults and self.states == {"succeeded": self.count} and done == self.kills,
        }

    async def _post(self, digest: str, followers: list[Follower]) -> None:
        client = Client(self.server)
        every = max(1, self.count // LIVE_FOLLOWERS)
        for number in range(self.count):
            self.ids[number] = await client.post(digest, f"job-{number}", say=f"marker-{number}", lines=LINES)
            if number % every == 0:
                followers.append(Follower(self.server.port, self.ids[number]))
        client.close()
        if len(set(self.ids.values())) != self.count:
            self.faults.append("two keys gave the same job")

    async def _kill(self) -> int:
        """At moments that chance chooses, spread over the jobs' own order."""
        client = Client(self.server)
        moments = sorted(self.chance.uniform(0, 0.9) for _ in range(self.kills))
        for number, moment in enumerate(moments):
            while await self._started(client) < moment * self.count:
                await asyncio.sleep(0.1)
            await asyncio.sleep(self.chance.uniform(0, 0.7))
            self.server.kill()
            await self.server.start()
            print(f"    kill {number + 1} of {self.kills}, at {moment:.0%} of the jobs", flush=True)
        client.close()
        return self.kills

    async def _started(self, client: Client) -> int:
        """How many jobs are past the queue: they leave it in the order in which they came."""
        low, high = 0, len(self.ids)
        while low < high:
            middle = (low + high) // 2
            if (await client.job(self.ids[middle]))["state"] == "queued":
                high = middle
            else:
                low = middle + 1
        return low

    async def _wait_for_all(self) -> None:
        for number in range(self.count):
            while (await self.client.job(self.ids[number]))["state"] not in ENDS:
                await asyncio.sleep(0.2)

    async def _check_all(self) -> None:
        there = await self.client.all_ids()
        if sorted(there) != sorted(self.ids.values()):
            self.faults.append(f"{len(there)} jobs are there, {self.count} were posted")
        for number, identifier in self.ids.items():
            job = await self.client.job(identifier)
            self.states[job["state"]] = self.states.get(job["state"], 0) + 1
            self.attempts.append(job["attempt"])
            replay = Follower(self.server.port, identifier)
            await asyncio.wait_for(replay.run(), 60)
            self.faults += replay.faults
            if replay.ends != [job["state"]]:
                self.faults.append(f"{identifier}: its events end with {replay.ends}, its state is {job['state']}")
            await self._check_log(number, identifier, job)
            await self._check_artifacts(identifier, job)

    async def _check_log(self, number: int, identifier: str, job: dict[str, Any]) -> None:
        for attempt in range(1, job["attempt"] + 1):
            text = (await self.client.log(identifier, attempt)).decode()
            markers = re.findall(r"marker-(\d+) (\d+)", text)
            if any(int(marker) != number for marker, _ in markers):
                self.faults.append(f"{identifier}: its log has lines of other jobs")
            if attempt == job["attempt"] and [int(line) for _, line in markers] != list(range(LINES)):
                self.faults.append(f"{identifier}: the log of attempt {attempt} has {len(markers)} of {LINES} lines")

    async def _check_artifacts(self, identifier: str, job: dict[str, Any]) -> None:
        artifacts = (job.get("result") or {}).get("artifacts", [])
        if job["state"] == "succeeded" and len(artifacts) != 1:
            self.faults.append(f"{identifier}: {len(artifacts)} artifacts")
        for artifact in artifacts:
            path = f"/v1/builds/{identifier}/artifacts/{artifact['name']}"
            body = (await self.client.call("GET", path)).body
            if hashlib.sha256(body).hexdigest() != artifact["sha256"]:
                self.faults.append(f"{identifier}: {artifact['name']} is not what its result tells")
