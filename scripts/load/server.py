"""A `buildbox serve` of this test's own, that can be killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from wire import Broken, Connection

STARTING_SECONDS = 120


class Server:
    """Its state is a folder of its own. `settings` are those of `buildbox serve`, such as `queued`."""

    def __init__(self, program: Path, folder: Path, **settings: object) -> None:
        self.home = folder / "home"
        self.log = folder / "serve.log"
        self.port = free_port()
        self.process: subprocess.Popen | None = None
        # Of every process that it had: control groups and folders carry them.
        self.pids: list[int] = []
        # Whether its end was asked for.
        self._asked = False
        self._program = program
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BUILDBOX_TOKEN")},
            "BUILDBOX_HOME": str(self.home),
            "BUILDBOX_LISTEN": f"127.0.0.1:{self.port}",
            **{f"BUILDBOX_{name.upper()}": str(value) for name, value in settings.items()},
        }

    async def start(self) -> None:
        """Returns when it is ready."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self._program, "serve"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._asked = False
        self.pids.append(self.process.pid)
        deadline = time.monotonic() + STARTING_SECONDS
        while not await self._is_ready():
            if self.process.poll() is not None:
                raise SystemExit(f"buildbox serve ended with {self.process.returncode}:\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise SystemExit(f"buildbox serve is not ready after {STARTING_SECONDS} s:\n{self.last_words()}")
            await asyncio.sleep(0.05)

    async def _is_ready(self) -> bool:
        connection = Connection(self.port)
        try:
            return (await connection.request("GET", "/readyz")).status == 200
        except Broken:
            return False
        finally:
            connection.close()

    def check(self) -> None:
        """Raises where it ended and nobody asked it to."""
        if not self._asked and self.process.poll() is not None:
            raise SystemExit(f"buildbox serve ended by itself with {self.process.returncode}; its log is {self.log}")

    def kill(self) -> None:
        """As if the power went, but for the kernel's own memory."""
        self._asked = True
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = 600) -> int:
        """SIGTERM; its exit code."""
        self._asked = True
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def abandon(self) -> None:
        """For the end of a test, however it ended."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def memory(self, field: str = "VmRSS") -> int:
        """Bytes, from proc(5); VmHWM is the most that it ever was."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) << 10
        raise ValueError(f"the kernel tells no {field}")

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
