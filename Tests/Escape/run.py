"""One started `buildbox run`."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from verdict import Broken

MOST_SECONDS = 600
LONGEST_TAIL = 300


class Run:
    """Its output goes to files: a build that floods it must not block, nor fill this process."""

    def __init__(
        self,
        command: Sequence[str],
        mark: str,
        room: Path,
        folder: Path,
        environment: Mapping[str, str],
        options: Mapping[str, object],
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._most_seconds = most_seconds
        self.mark = mark
        self.output: Path | None = None
        self.code: int | None = None
        self.state = Path(environment["BUILDBOX_HOME"])
        self._room = room
        self._began = time.monotonic()
        with open(room / "stdout", "wb") as stdout, open(room / "stderr", "wb") as stderr:
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
                **options,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def finish(self) -> Run:
        try:
            self.code = self.process.wait(self._most_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Broken(f"buildbox did not end within {self._most_seconds:.0f} s: {self.last_words}") from None
        self.seconds = time.monotonic() - self._began
        return self

    def wait_for(self, text: str, of: str = "stderr") -> None:
        """Until the run has printed something."""
        deadline = time.monotonic() + self._most_seconds
        while text not in getattr(self, of):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Broken(f"buildbox never printed {text!r}: {self.last_words}")
            time.sleep(0.05)

    @property
    def stdout(self) -> str:
        return (self._room / "stdout").read_text(encoding="utf-8", errors="replace")

    @property
    def stderr_bytes(self) -> bytes:
        return (self._room / "stderr").read_bytes()

    @property
    def stderr(self) -> str:
        return self.stderr_bytes.decode(errors="replace")

    @property
    def last_words(self) -> str:
        lines = [line for line in self.stderr[-4096:].splitlines() if line.strip()]
        return f"exit {self.code}, {lines[-1][-LONGEST_TAIL:]}" if lines else f"exit {self.code}, no output"

    @property
    def document(self) -> dict:
        """The result document of --json. What the project prints must never stand in for it."""
        with contextlib.suppress(ValueError):
            value = json.loads(self.stdout)
            if isinstance(value, dict):
                return value
        raise Broken(f"stdout is not one result document: {self.stdout[:LONGEST_TAIL]!r}; {self.last_words}")

    @property
    def limit_hit(self) -> tuple[str, int, int] | None:
        """Name and value of the limit that stopped the build, and what was observed."""
        reason = self.document.get("reason") or {}
        limit = reason.get("limit")
        if not limit:
            return None
        return limit["name"], limit["value"], reason.get("observed") or 0

    def delivered(self) -> list[str]:
        return sorted(os.listdir(self.output)) if self.output and self.output.exists() else []

    def odd_deliveries(self, owner: int) -> list[str]:
        """What of the delivered files is anything but a plain file of the caller's own."""
        odd = []
        for name in self.delivered():
            information = os.lstat(self.output / name)
            mode = stat.S_IMODE(information.st_mode)
            if not stat.S_ISREG(information.st_mode):
                odd.append(f"{name!r} is no regular file")
            elif information.st_nlink != 1:
                odd.append(f"{name!r} has {information.st_nlink} links")
            elif mode & 0o7133:
                odd.append(f"{name!r} has the mode {mode:o}")
            elif information.st_uid != owner:
                odd.append(f"{name!r} belongs to {information.st_uid}")
        return odd
