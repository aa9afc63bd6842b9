"""Builds that run at the same time must not reach each other."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench import PYTHON, Bench, json_lines
from leftovers import processes_marked
from run import Run
from verdict import Vector, Verdict, contained, escaped, judge, require, skipped

PROBES = (
    "read-host-file",
    "connect-abstract",
    "connect-tcp",
    "pass-output-to-host",
    "attach-segment",
    "open-queue",
    "open-shared-memory",
    "see-shared-segments",
    "list-abstract-sockets",
    "list-shared-memory",
    "signal-host-process",
    "read-host-process",
    "see-other-processes",
    "direct-signals-to-host",
)


class Meeting(NamedTuple):
    """What was seen while two builds held what they had and a third one looked for it."""

    users: tuple[frozenset[int], frozenset[int]]
    inside: dict[str, dict]
    outside: dict[str, dict]


def vectors(bench: Bench) -> list[Vector]:
    return [
        Vector("neighbours/share-no-user", share_no_user, ("root",)),
        *(Vector(f"neighbours/{probe}", reach(probe)) for probe in PROBES),
    ]


def share_no_user(bench: Bench) -> Verdict:
    """Limits per user, signals and /proc know only the host's numbers."""
    first, second = bench.once("meeting", lambda: meet(bench)).users
    require(first and second, "the processes of two builds at once cannot be seen")
    faults = [f"both builds run as {sorted(first & second)}"] if first & second else []
    if 0 in first | second:
        faults.append("a build runs as root")
    return judge(faults, f"the builds ran as {sorted(first)} and {sorted(second)} at the same time")


def reach(probe: str) -> Callable[[Bench], Verdict]:
    def attempt(bench: Bench) -> Verdict:
        meeting = bench.once("meeting", lambda: meet(bench))
        inside, outside = meeting.inside[probe], meeting.outside[probe]
        if inside["reached"]:
            return escaped(inside["detail"])
        if not outside["reached"]:
            return skipped(f"not reached outside either: {outside['detail']}")
        return contained(f"reached outside; inside: {inside['detail']}")

    return attempt


def meet(bench: Bench) -> Meeting:
    release = bench.write(bench.room("release") / "go", "")
    with holding(bench, release, 1) as first, holding(bench, release, 2) as second:
        users = (users_of(first), users_of(second))
        settings = settings_of(held_by(first.stderr), processes_marked(first.mark)[-1], bench)
        words = [word for name, value in settings.items() for word in ("-C", f"probe-{name}={value}")]
        run = bench.run("-w", *words, bench.project("hostile"))
        require(run.code == 0, f"the hostile project was not built: {run.last_words}")
        still = first.process.poll() is None and second.process.poll() is None
        require(still, "the neighbours did not wait until they were looked for")
        inside = {line["probe"]: line for line in json_lines(run.stderr) if "probe" in line}
    return Meeting(users, inside, control(bench))


@contextlib.contextmanager
def holding(bench: Bench, release: Path, number: int) -> Iterator[Run]:
    """Let go at the end, also of what went wrong before."""
    words = ["-C", f"name=neighbour-{number}-{os.getpid()}", "-C", f"release={release}", "--ro", release.parent]
    run = bench.start("-w", *words, bench.project("neighbour"))
    try:
        run.wait_for('{"holding"')
        yield run
    finally:
        bench.write(release, "go\n")
        run.finish()
    require(run.code == 0, f"the neighbour was not built: {run.last_words}")


def held_by(text: str) -> dict[str, str]:
    return next(line for line in json_lines(text) if "holding" in line)


def settings_of(held: dict[str, str], process: int, bench: Bench) -> dict[str, str]:
    names = ("abstract", "tcp", "segment", "queue", "memory")
    secret = bench.write(bench.room("neighbour") / "secret", "of a neighbour\n")
    return {**{name: held[name] for name in names}, "pid": str(process), "file": str(secret)}


def users_of(run: Run) -> frozenset[int]:
    """As the host sees them."""
    found = set()
    for process in processes_marked(run.mark):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("Uid:"):
                found |= {int(word) for word in line.split()[1:]}
    return frozenset(found)


def control(bench: Bench) -> dict[str, dict]:
    """The same holder and the same probes, both outside."""
    release = bench.write(bench.room("release") / "go", "")
    backend = bench.project("neighbour") / "backend"
    command = [PYTHON, str(backend / "holder.py"), f"neighbour-0-{os.getpid()}", str(release)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env=bench.environment(), **bench.user.process_options
    ) as holder:
        try:
            held = json.loads(holder.stdout.readline())
            settings = settings_of(held, holder.pid, bench)
            environment = {f"BUILDBOX_PROBE_{name.upper()}": value for name, value in settings.items()}
            script = bench.project("hostile") / "backend" / "probes.py"
            only = [word for probe in PROBES for word in ("--only", probe)]
            answers = bench.host([PYTHON, script, *only], environment)
        finally:
            bench.write(release, "go\n")
    return {line["probe"]: line for line in json_lines(answers.stdout.decode())}
