"""Jobs posted at once to a service against as many `buildbox run` side by side, one a processor."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import traces
from jobs import ENDS, Client, packed
from server import Server


async def served(server: Server, project: Path, count: int) -> float:
    """Seconds for each job."""
    await server.start()
    client = Client(server)
    digest = await client.upload(packed(project))
    request = json.dumps({"source": {"blob": digest, "name": f"{project.name}.tar.gz"}}).encode()
    began = time.monotonic()
    clients = [Client(server) for _ in range(10)]

    async def post(number: int) -> str:
        # The connections are few; each takes its jobs one after another.
        fields = {"content_type": "application/json", "idempotency_key": f"job-{number}"}
        answer = await clients[number % 10].call("POST", "/v1/builds", request, accept=(202,), **fields)
        return answer.document["id"]

    async def share(first: int) -> list[str]:
        return [await post(number) for number in range(first, count, 10)]

    identifiers = [job for jobs in await asyncio.gather(*(share(first) for first in range(10))) for job in jobs]
    for identifier in identifiers:
        while (state := (await client.job(identifier))["state"]) not in ENDS:
            await asyncio.sleep(0.05)
        if state != "succeeded":
            raise SystemExit(f"the job {identifier} ended as {state}")
    seconds = time.monotonic() - began
    for one in [client, *clients]:
        one.close()
    server.stop()
    return seconds / count


def run(program: Path, home: Path, project: Path, folder: Path, count: int, at_once: int) -> float:
    """Seconds for each build."""
    began = time.monotonic()
    numbers = "\n".join(str(number) for number in range(count))
    command = ["xargs", f"-P{at_once}", "-I{}", program, "run", "-q", "-o", folder / "out-{}", project]
    environment = {**os.environ, "BUILDBOX_HOME": str(home)}
    with open(folder / "run.log", "wb") as log:
        subprocess.run(command, input=numbers, text=True, env=environment, stdout=log, stderr=log, check=True)
    return (time.monotonic() - began) / count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--jobs", type=int, required=True)
    parser.add_argument("--result", type=Path, required=True)
    options = parser.parse_args()
    traces.adopt_orphans()
    processors = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="buildbox-bench-") as name:
        folder = Path(name)
        server = Server(options.program, folder, running=processors, queued=options.jobs, queued_per_grant=options.jobs)
        try:
            # What only the first build does is no part of it.
            run(options.program, server.home, options.project, folder, 1, 1)
            alone = run(options.program, server.home, options.project, folder, options.jobs, processors)
            posted = asyncio.run(served(server, options.project, options.jobs))
        finally:
            server.abandon()
    document = {"results": [{"times": [posted]}, {"times": [alone]}]}
    options.result.write_text(json.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
