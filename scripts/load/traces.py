"""What a service could leave on this host: processes, control groups, mounts and files."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path

GROUPS = "/sys/fs/cgroup"
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """From now on whatever outlives its parents becomes this process's child, and is found (prctl(2))."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def processes(known: set[int]) -> list[str]:
    """Children of this process that are neither dead nor known. The dead are buried."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) in known:
            continue
        try:
            state, parent = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[:2]
            command = Path("/proc", name, "comm").read_text().strip()
        except OSError:
            continue
        if int(parent) != os.getpid():
            continue
        if state == "Z":
            os.waitpid(int(name), os.WNOHANG)
        else:
            found.append(f"process {name} {command}")
    return found


def groups(pids: list[int]) -> list[str]:
    prefixes = tuple(f"buildbox-{pid}-" for pid in pids)
    return [
        f"group {os.path.join(folder, name)}"
        for folder, names, _ in os.walk(GROUPS)
        for name in names
        if name.startswith(prefixes)
    ]


def mounts() -> list[str]:
    """In the host's own mount namespace there must never be one."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return [f"mount {line.split()[4]}" for line in lines if " - tmpfs buildbox " in line]


def drafts(home: Path, pids: list[int]) -> list[str]:
    """Files and folders of the state that are neither stored things nor the service's own: those of runs and drafts."""
    found = []
    prefixes = tuple(f"{pid}-" for pid in pids)
    for folder, folders, files in os.walk(home):
        for name in folders + files:
            path = os.path.join(folder, name)
            if name.startswith((*prefixes, ".new", ".draft", ".buildbox-")) or f"{home}/runs/" in path:
                found.append(f"file {path}")
    return found


def left(home: Path, pids: list[int], known: set[int], seconds: float = 10) -> list[str]:
    """What is still there after a while; it must be nothing."""
    deadline = time.monotonic() + seconds
    while True:
        found = processes(known) + groups(pids) + mounts() + drafts(home, pids)
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)
