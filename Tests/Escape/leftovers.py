"""What one run could leave on this host."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

from run import Run

GROUPS = "/sys/fs/cgroup"


class Leftovers(NamedTuple):
    """Control groups and folders under the run's name, processes with its mark, and scratch mounts."""

    groups: tuple[str, ...]
    processes: tuple[int, ...]
    mounts: tuple[str, ...]
    folders: tuple[str, ...]

    @classmethod
    def of(cls, run: Run) -> Leftovers:
        return cls(groups_of(run.pid), processes_marked(run.mark), scratch_mounts(), folders_of(run))

    def __bool__(self) -> bool:
        return any(self)

    @property
    def faults(self) -> list[str]:
        """In words, for a verdict."""
        return [f"left behind: {kind} {found}" for kind, found in self._asdict().items() if found]


def groups_of(pid: int) -> tuple[str, ...]:
    return tuple(
        os.path.join(folder, name)
        for folder, names, _ in os.walk(GROUPS)
        for name in names
        if name.startswith(f"buildbox-{pid}-")
    )


def folders_of(run: Run) -> tuple[str, ...]:
    """In the state folder. A supervisor that was killed leaves them to the next one."""
    if run.code is None or run.code < 0:
        return ()
    found = []
    for kind in ("runs", "environments"):
        folder = run.state / kind
        names = os.listdir(folder) if folder.is_dir() else []
        found += [str(folder / name) for name in names if name.startswith(f"{run.pid}-")]
    return tuple(found)


def processes_marked(mark: str) -> tuple[int, ...]:
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            environment = Path("/proc", name, "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in environment:
            found.append(int(name))
    return tuple(found)


def scratch_mounts() -> tuple[str, ...]:
    """In the host's own mount namespace there must never be one."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if " - tmpfs buildbox " in line)


def left_in_the_end(run: Run, seconds: float) -> Leftovers:
    """What is still there after a while: for runs whose supervisor cannot wait for its end."""
    deadline = time.monotonic() + seconds
    while (left := Leftovers.of(run)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
