"""One command measured from its spawn to its exit, with the CPU time of all its processes."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

FAILED = 9
PATIENCE = 10.0


@dataclass(frozen=True)
class Measured:
    """Seconds. CPU time is of the command and of all that was waited for below it."""

    wall: float
    user: float
    system: float


def say(line: str) -> None:
    print(f"==> {line}", file=sys.stderr, flush=True)


def give_up(what: str, log: Path) -> None:
    """Ends the bench with what the command printed: a failure that is fast would be a good time."""
    sys.stderr.write(log.read_text(encoding="utf-8", errors="replace"))
    print(f"buildbox: {what}; its output is above", file=sys.stderr)
    raise SystemExit(FAILED)


def measure(
    what: str, command: list[str], environment: dict[str, str], folder: Path, output: Path, log: Path, items: str = ""
) -> Measured:
    """Runs a command that must succeed. `items` is its standard input; `output` and `log` get what it prints."""
    given = log.with_suffix(".stdin")
    given.write_text(items, encoding="utf-8")
    with open(given, "rb") as source, open(output, "wb") as out, open(log, "wb") as errors:
        began = time.perf_counter()
        # A session of its own, so that nothing of it is left when the bench is interrupted.
        process = subprocess.Popen(
            command, stdin=source, stdout=out, stderr=errors, env=environment, cwd=folder, start_new_session=True
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - began
        except BaseException:
            stop(process)
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        if output != log:
            with open(log, "ab") as errors:
                errors.write(output.read_bytes())
        give_up(f"{what} failed with {process.returncode}", log)
    return Measured(wall, usage.ru_utime, usage.ru_stime)


def call(command: list[object], environment: dict[str, str], folder: Path, log: Path) -> str:
    """What a command prints that is not measured but must succeed, too."""
    words = [str(word) for word in command]
    with open(log, "wb") as errors:
        answer = subprocess.run(
            words, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
        )
    if answer.returncode != 0:
        give_up(f"{shlex.join(words)} failed with {answer.returncode}", log)
    return answer.stdout.decode()


def stop(process: subprocess.Popen[bytes]) -> None:
    """First what lets it clean up, then what it cannot ignore."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(PATIENCE)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
