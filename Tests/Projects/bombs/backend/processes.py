"""Bombs of processes that are neither used nor ended, and attacks on those that were there first."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

FIRST = 1
EVERYBODY = -1
DEEPEST = 3000


def exhaust_by_zombies(settings) -> None:
    """Children that ended and are never waited for."""
    while True:
        with contextlib.suppress(OSError):
            if os.fork() == 0:
                os._exit(0)


def kill_first(settings) -> None:
    """Its end would be the end of the namespace. What is reached ignores it, so the build goes on."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGSTOP, signal.SIGKILL):
        with contextlib.suppress(OSError):
            os.kill(FIRST, number)
    print("process 1 was sent every signal that ends a process", flush=True)


def kill_everybody(settings) -> None:
    """Every process that this one may signal, the frontend and at last itself included."""
    os.kill(EVERYBODY, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def leave_threads(settings) -> None:
    """Threads that never end, in a process that does."""
    for _ in range(8):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


def dig(settings) -> None:
    """Folders deeper than any path may be long, and links that lead in circles, in the source."""
    start = os.open(".", os.O_RDONLY)
    depth = 0
    with contextlib.suppress(OSError):
        while depth < DEEPEST:
            os.mkdir("deeper")
            os.symlink("../deeper", "round")
            os.chdir("deeper")
            depth += 1
    os.fchdir(start)
    os.close(start)
    print(f"dug {depth} deep", flush=True)


BOMBS = {
    "zombies": exhaust_by_zombies,
    "kill-first": kill_first,
    "kill-everybody": kill_everybody,
    "threads": leave_threads,
    "dig": dig,
}
