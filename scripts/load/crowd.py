"""Many jobs that wait and many that follow: what the service holds in memory, and how soon it answers."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs import Client, Follower, figure, packed
from server import Server

TALKING_JOBS = 20
LINES, EVERY = 50, 0.1
BOUND_MEMORY = 150 << 20
BOUND_ACCEPTED = 0.200
BOUND_ANSWER = 0.050
BOUND_LINE = 0.100


async def run(program: Path, project: Path, folder: Path, count: int, followers: int) -> dict[str, Any]:
    server = Server(program, folder, queued=count + 100, queued_per_grant=count + 100)
    try:
        return await measure(server, project, count, followers)
    finally:
        server.abandon()


async def measure(server: Server, project: Path, count: int, followers: int) -> dict[str, Any]:
    await server.start()
    empty = server.memory()
    client = Client(server)
    digest = await client.upload(packed(project))
    # What runs first, long enough that the others are posted meanwhile.
    stopper = [await client.post(digest, f"stopper-{number}", lines=1, say="x", every=0) for number in range(2)]
    began = time.monotonic()
    talking = [
        await client.post(digest, f"talk-{number}", say="tick", lines=LINES, every=EVERY)
        for number in range(TALKING_JOBS)
    ]
    waiting, accepted = await post_many(server, digest, count - TALKING_JOBS - len(stopper))
    posting = time.monotonic() - began
    queue: multiprocessing.Queue = multiprocessing.Queue()
    # Of a process of its own: their share of the work must not make the answers look slow.
    process = multiprocessing.Process(target=follow_all, args=(server.port, talking + waiting, followers, queue))
    process.start()
    connected = await asyncio.to_thread(queue.get, True, 120)
    # Taken as soon as it is there: a process does not end before what it put into a queue is taken.
    following = asyncio.create_task(asyncio.to_thread(queue.get, True, 600))
    answers, most = await ask(server, talking + waiting, following)
    lines, faults = await following
    process.join()
    client.close()
    return {
        "jobs": count,
        "followers": connected,
        "posts_per_second": round(count / posting, 1),
        "accepted_p50_ms": round(figure(accepted, 0.5) * 1000, 2),
        "accepted_p99_ms": round(figure(accepted, 0.99) * 1000, 2),
        "memory_empty_mib": round(empty / 2**20, 1),
        "memory_most_mib": round(max(most, server.memory("VmHWM")) / 2**20, 1),
        "answers": len(answers),
        "answer_p50_ms": round(figure(answers, 0.5) * 1000, 2),
        "answer_p99_ms": round(figure(answers, 0.99) * 1000, 2),
        "lines": len(lines),
        "line_p50_ms": round(figure(lines, 0.5) * 1000, 2),
        "line_p99_ms": round(figure(lines, 0.99) * 1000, 2),
        "faults": faults,
        "good": not faults
        and max(most, server.memory("VmHWM")) < BOUND_MEMORY
        and figure(accepted, 0.99) <= BOUND_ACCEPTED
        and figure(answers, 0.99) <= BOUND_ANSWER
        and figure(lines, 0.99) <= BOUND_LINE,
    }


async def post_many(server: Server, digest: str, count: int, at_once: int = 8) -> tuple[list[str], list[float]]:
    """The jobs' ids, and the seconds that each took to be answered 202."""
    found: dict[int, str] = {}
    seconds: list[float] = []
    numbers = iter(range(count))

    async def post() -> None:
        client = Client(server)
        for number in numbers:
            began = time.perf_counter()
            found[number] = await client.post(digest, f"wait-{number}", say="late")
            seconds.append(time.perf_counter() - began)
        client.close()

    await asyncio.gather(*(post() for _ in range(at_once)))
    return [found[number] for number in range(count)], seconds


async def ask(server: Server, identifiers: list[str], until: asyncio.Task) -> tuple[list[float], int]:
    """GET /v1/builds/{id} for jobs that chance chooses, 50 a second, until the followers are done."""
    chance, seconds, most = random.Random(1), [], 0
    client = Client(server)
    while not until.done():
        began = time.perf_counter()
        await client.job(chance.choice(identifiers))
        seconds.append(time.perf_counter() - began)
        most = max(most, server.memory())
        await asyncio.sleep(0.02)
    client.close()
    return seconds, most


def follow_all(port: int, identifiers: list[str], count: int, queue: multiprocessing.Queue) -> None:
    """Half of the followers at the jobs that talk, the others at jobs that wait. Ends with the last job that talks."""
    asyncio.run(follow(port, identifiers, count, queue))


async def follow(port: int, identifiers: list[str], count: int, queue: multiprocessing.Queue) -> None:
    lines: list[float] = []

    def listener() -> Callable[[dict[str, Any]], None]:
        """What was said before a follower came is read to it at once, and is not what it waits for."""
        came = None

        def on_log(event: dict[str, Any]) -> None:
            nonlocal came
            now = time.time()
            came = came or now
            for line in event["text"].splitlines():
                words = line.split()
                if len(words) == 3 and words[0] == "tick" and float(words[2]) > came:
                    lines.append(now - float(words[2]))

        return on_log

    half = count // 2
    talking = [Follower(port, identifiers[number % TALKING_JOBS], listener()) for number in range(half)]
    waiting = [Follower(port, identifiers[TALKING_JOBS + number]) for number in range(count - half)]
    tasks = [asyncio.create_task(follower.run()) for follower in talking + waiting]
    queue.put(len(tasks))
    await asyncio.gather(*tasks[:half])
    for task in tasks[half:]:
        task.cancel()
    await asyncio.gather(*tasks[half:], return_exceptions=True)
    faults = [fault for follower in talking + waiting for fault in follower.faults]
    faults += [f"{follower.identifier}: {follower.ends}" for follower in talking if follower.ends != ["succeeded"]]
    queue.put((lines, faults))
