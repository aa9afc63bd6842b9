"""Holding up whoever owns what is only shown: locks, leases and notices on a file of the host."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from . import kernel
from .outcome import Act, Outcome, Surroundings, reached

SYSTEM_FILE = "/usr/bin/env"
DN_ACCESS = 1
FAN_REPORT_FID = 0x200


def shown_file(surroundings: Surroundings) -> Path:
    """The caller names a folder that the build may read, with one file in it."""
    folder = Path(surroundings.targets["probe-shown"])
    return next(path for path in folder.iterdir() if path.is_file())


def lock_whole(path: str | Path) -> Outcome:
    descriptor = os.open(path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return reached(f"locked {path}")


def lock_shown_file(surroundings: Surroundings) -> Outcome:
    return lock_whole(shown_file(surroundings))


def lock_system_file(surroundings: Surroundings) -> Outcome:
    return lock_whole(SYSTEM_FILE)


def lock_record(surroundings: Surroundings) -> Outcome:
    path = shown_file(surroundings)
    fcntl.lockf(os.open(path, os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB)
    return reached(f"locked the bytes of {path}")


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
