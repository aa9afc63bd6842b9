"""Seeing, signalling or tampering with processes that are not the build's own."""

from __future__ import annotations

import errno
import json
import os
import resource
import stat
from pathlib import Path

from . import kernel
from .files import first_reached, open_without_change
from .outcome import (
    Act,
    NothingToTry,
    Outcome,
    Surroundings,
    held,
    reached,
    reached_if,
)

FORGED = {
    "schema": "buildbox.result/v1",
    "status": "succeeded",
    "exit_code": 0,
    "artifacts": [],
}


def parents() -> dict[int, int]:
    """Every living process that is visible, with its parent."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            fields = Path("/proc", name, "stat").read_text(errors="replace")
        except OSError:
            continue
        state, parent = fields.rpartition(")")[2].split()[:2]
        if state != "Z":
            found[int(name)] = int(parent)
    return found


def lineage(pid: int, parent_of: dict[int, int]) -> list[int]:
    chain = []
    while pid:
        chain.append(pid)
        pid = parent_of.get(pid, 0)
    return chain


def see_other_processes(surroundings: Surroundings) -> Outcome:
    parent_of = parents()
    own = os.getpid()
    ancestors = lineage(own, parent_of)
    others = [
        pid
        for pid in sorted(parent_of)
        if pid not in ancestors and own not in lineage(pid, parent_of)
    ]
    return reached_if(others, f"{len(parent_of)} visible, not ours: {others[:20]}")


def read_host_process(surroundings: Surroundings) -> Outcome:
    path = Path("/proc", surroundings.targets["probe-pid"], "cmdline")
    return reached(path.read_bytes()[:80])


def signal_host_process(surroundings: Surroundings) -> Outcome:
    """A process that may not be signalled is within sight nevertheless."""
    try:
        os.kill(int(surroundings.targets["probe-pid"]), 0)
    except OSError as error:
        return reached_if(error.errno == errno.EPERM, error.strerror)
    return reached("delivered")


def limit_another_process(surroundings: Surroundings) -> Outcome:
    """PID 1 inside has the caller's ids: without CPU time the kernel would kill it, and the verdict with it."""
    parent = os.getppid()
    limits = resource.prlimit(parent, resource.RLIMIT_CORE)
    resource.prlimit(parent, resource.RLIMIT_CORE, limits)
    return reached(f"set a limit of the process {parent}")


def list_descriptors_of_host_process(surroundings: Surroundings) -> Outcome:
    folder = f"/proc/{surroundings.targets['probe-pid']}/fd"
    return reached(f"{folder}: {sorted(os.listdir(folder), key=int)}")


def path_of_first_process(surroundings: Surroundings, name: str) -> str:
    if surroundings.first is None:
        raise NothingToTry("no process stands in for process 1")
    return f"/proc/{surroundings.first}/{name}"


def read_of_first_process(name: str) -> Act:
    """What is read is counted and not shown."""

    def act(surroundings: Surroundings) -> Outcome:
        with open(path_of_first_process(surroundings, name), "rb") as file:
            return reached(f"{len(file.read())} bytes" if name != "mem" else "opened")

    return act


def list_of_first_process(name: str) -> Act:
    def act(surroundings: Surroundings) -> Outcome:
        entries = os.listdir(path_of_first_process(surroundings, name))
        return reached(f"{len(entries)} entries")

    return act


def write_executable_of_first_process(surroundings: Surroundings) -> Outcome:
    return open_without_change(path_of_first_process(surroundings, "exe"), os.O_WRONLY)


def inherited_by(surroundings: Surroundings) -> tuple[int, ...]:
    if surroundings.inherited is None:
        raise NothingToTry("no descriptor stands in for the inherited ones")
    return surroundings.inherited


def inherit_descriptors(surroundings: Surroundings) -> Outcome:
    shown = {}
    for descriptor in inherited_by(surroundings):
        try:
            shown[descriptor] = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError as error:
            shown[descriptor] = error.strerror
    return reached_if(shown, shown)


def forge_status(surroundings: Surroundings) -> Outcome:
    """Offers a forged verdict to every descriptor the build was born with."""
    data = json.dumps(FORGED).encode() + b"\n"
    written = []
    for descriptor in inherited_by(surroundings):
        try:
            os.set_blocking(descriptor, False)
            os.write(descriptor, data)
        except OSError:
            continue
        written.append(descriptor)
    return reached_if(written, f"written to {written}")


def ancestors_of(surroundings: Surroundings) -> tuple[int, ...]:
    if surroundings.ancestors is None:
        raise NothingToTry("no process stands in for the ancestors")
    return surroundings.ancestors


def descriptors_of_ancestors(surroundings: Surroundings) -> list[tuple[int, int]]:
    """Process and number of every descriptor that an ancestor holds above its streams."""
    found = []
    for pid in ancestors_of(surroundings):
        try:
            numbers = [int(name) for name in os.listdir(f"/proc/{pid}/fd")]
        except OSError:
            continue
        found += [(pid, number) for number in numbers if number > 2]
    return found


def open_descriptors_of_ancestors(surroundings: Surroundings) -> Outcome:
    """Opens pipes and files again for writing, and writes nothing."""

    def open_again(path: str) -> Outcome:
        mode = os.stat(path).st_mode
        if not (stat.S_ISFIFO(mode) or stat.S_ISREG(mode)):
            return held("neither a pipe nor a file")
        return open_without_change(path, os.O_WRONLY)

    held_by = descriptors_of_ancestors(surroundings)
    paths = [f"/proc/{pid}/fd/{number}" for pid, number in held_by]
    return first_reached(open_again, paths) if paths else held("none is visible")


def steal_descriptors_of_ancestors(surroundings: Surroundings) -> Outcome:
    """Unlike opening again, this also obtains a socket."""
    refusals = set()
    for pid in ancestors_of(surroundings):
        try:
            process = os.pidfd_open(pid)
            for number in range(3, 64):
                answer = kernel.call("pidfd_getfd", process, number, 0)
                if answer.value >= 0:
                    return reached(f"descriptor {number} of process {pid}")
                refusals.add(f"process {pid}: {answer.reason}")
        except OSError as error:
            refusals.add(f"process {pid}: {error.strerror}")
    return held("; ".join(sorted(refusals)))


def vector_of_own_memory(name: str) -> Act:
    """Transfers nothing from or to this very process."""
    return lambda surroundings: kernel.judged(
        kernel.call(name, os.getpid(), None, 0, None, 0, 0)
    )
