"""Holding up whoever owns what is only shown: locks, leases and notices on a file of the host."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from . import kernel
from .outcome import Act, Outcome, Surroundings, held, reached

SYSTEM_FILE = "/usr/bin/env"
DN_ACCESS = 1
FAN_REPORT_FID = 0x200


def shown_file(surroundings: Surroundings, name: str = "file") -> Path:
    """The caller names a folder that the build may read, with two files in it; it holds locks on `locked`."""
    return Path(surroundings.targets["probe-shown"]) / name


def meets_host(path: str | Path, lock: Callable[[int], None]) -> Outcome:
    """The caller holds a lock on the file: whoever cannot have one as well shares its locks with the host."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        lock(descriptor)
    except BlockingIOError:
        return reached(f"the host's lock on {path} is in the way, and so would one of the build's be in the host's")
    return held(f"a lock on {path} does not meet the host's")


def lock_whole(path: str | Path) -> Outcome:
    return meets_host(path, lambda descriptor: fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB))


def lock_shown_file(surroundings: Surroundings) -> Outcome:
    return lock_whole(shown_file(surroundings, "locked"))


def lock_system_file(surroundings: Surroundings) -> Outcome:
    return lock_whole(SYSTEM_FILE)


def lock_record(surroundings: Surroundings) -> Outcome:
    return meets_host(
        shown_file(surroundings, "locked"), lambda descriptor: fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    )


def lease_shown_file(surroundings: Surroundings) -> Outcome:
    """Whoever opens the file for writing then waits for the holder, up to 45 seconds."""
    path = shown_file(surroundings)
    fcntl.fcntl(os.open(path, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)
    return reached(f"leased {path}")


def watch_shown_folder(surroundings: Surroundings) -> Outcome:
    folder = shown_file(surroundings).parent
    fcntl.fcntl(os.open(folder, os.O_RDONLY), fcntl.F_NOTIFY, DN_ACCESS)
    return reached(f"is told of every access in {folder}")


def make_watcher(name: str, flags: int) -> Act:
    return lambda surroundings: kernel.judged(kernel.call(name, flags, 0))
