"""One function for each resource; those that end let the build go on and succeed."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import signal
import socket
import tempfile
import time
from pathlib import Path

CHUNK = 16 << 20
HOGS = 4
LOOPS = 8
ORPHAN_SECONDS = 600
MOST_CONNECTIONS = 1600
EACH = 8


def exhaust_memory(settings) -> None:
    """Several processes, each replaced when it is killed, each touching every page."""
    while True:
        for _ in range(HOGS):
            with contextlib.suppress(OSError):
                if os.fork() == 0:
                    hoard()
        with contextlib.suppress(ChildProcessError):
            os.wait()


def hoard() -> None:
    kept = []
    while True:
        with contextlib.suppress(MemoryError):
            kept.append(b"\xa5" * CHUNK)


def exhaust_processes(settings) -> None:
    while True:
        with contextlib.suppress(OSError):
            os.fork()


def loop(settings) -> None:
    while True:
        pass


def loop_in_many(settings) -> None:
    for _ in range(LOOPS):
        if os.fork() == 0:
            break
    loop(settings)


def exhaust_connections(settings) -> None:
    """Connections that nobody accepts, with something in each; as many as the build may ever have, and no more."""
    kept = []
    for _ in range(MOST_CONNECTIONS // EACH):
        listener = socket.create_server(("127.0.0.1", 0), backlog=EACH)
        kept.append(listener)
        for _ in range(EACH):
            with socket.create_connection(listener.getsockname(), timeout=1) as caller:
                caller.send(b"\xa5" * 1000)
    time.sleep(ORPHAN_SECONDS)


def target_folder(settings) -> Path:
    return Path(settings.get("target") or tempfile.gettempdir())


def exhaust_disk(settings) -> None:
    folder = target_folder(settings)
    block = os.urandom(1 << 20)
    for number in itertools.count():
        with open(folder / f"filler-{number}", "wb", buffering=0) as file:
            fill(file, block)


def fill(file, block: bytes) -> None:
    """Ends when the file may not grow, but never because the disk is full."""
    while True:
        try:
            file.write(block)
        except OSError as error:
            if error.errno == errno.EFBIG:
                return


def exhaust_inodes(settings) -> None:
    folder = target_folder(settings)
    for number in itertools.count():
        with contextlib.suppress(OSError):
            os.close(os.open(folder / f"empty-{number}", os.O_CREAT | os.O_WRONLY))


def flood_log(settings) -> None:
    """One line that never ends, on both streams."""
    line = b"x" * (1 << 20)
    while True:
        for stream in (1, 2):
            with contextlib.suppress(BlockingIOError):
                os.write(stream, line)


def ignore_signals(settings) -> None:
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    loop(settings)


def stop(settings) -> None:
    """Stops the frontend, a sibling and itself, so that nothing is left to end the build."""
    sibling = os.fork()
    if sibling == 0:
        loop(settings)
    for process in (os.getppid(), sibling, os.getpid()):
        os.kill(process, signal.SIGSTOP)
    loop(settings)


def leave_daemon(settings) -> None:
    """A daemon by the book, but for the standard streams, which it keeps open."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir("/")
    time.sleep(ORPHAN_SECONDS)
    os._exit(0)


def leave_orphan_on_stdout(settings) -> None:
    """A child in the same session, which goes on writing after its parent has gone."""
    if os.fork():
        return
    deadline = time.monotonic() + ORPHAN_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            os.write(1, b"the orphan is still here\n")
        time.sleep(0.1)
    os._exit(0)


BOMBS = {
    "connections": exhaust_connections,
    "memory": exhaust_memory,
    "fork": exhaust_processes,
    "loop": loop,
    "loops": loop_in_many,
    "disk": exhaust_disk,
    "inodes": exhaust_inodes,
    "log": flood_log,
    "sigterm": ignore_signals,
    "stop": stop,
    "daemon": leave_daemon,
    "orphan-stdout": leave_orphan_on_stdout,
}
