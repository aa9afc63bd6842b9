"""Vectors that use something up, or outlive what started them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import NamedTuple

from bench import PYTHON, Bench
from leftovers import Leftovers, left_in_the_end
from run import Run
from verdict import Vector, Verdict, escaped, failed, judge, require

SMALL = ("-w", "--memory", "160MiB", "--disk", "64MiB", "--pids", "64", "--log-limit", "1MiB")
SECONDS = 5
GRACE = 20
DEEPEST = 3000
LONG = ("-w", "--timeout", "600s")


class Bomb(NamedTuple):
    vector: str
    bomb: str
    limit: str
    target: str | None = None
    needs: tuple[str, ...] = ()


BOMBS = (
    Bomb("memory", "memory", "memory", needs=("cgroup",)),
    # What the kernel keeps for them is no group's: their number is limited.
    Bomb("connections", "connections", "memory"),
    Bomb("fork", "fork", "pids", needs=("cgroup",)),
    Bomb("zombies", "zombies", "pids", needs=("cgroup",)),
    *(
        Bomb(f"{kind}-in{folder.replace('/', '-')}", kind, kind, folder)
        for kind in ("disk", "inodes")
        for folder in ("/src", "/tmp", "/dev/shm", "/out")
    ),
    Bomb("endless-line", "log", "log"),
    Bomb("busy-loop", "loop", "time"),
    Bomb("busy-loops", "loops", "time"),
    Bomb("ignored-signals", "sigterm", "time"),
    Bomb("stopped-processes", "stop", "time"),
)


def vectors(bench: Bench) -> list[Vector]:
    return [
        *(Vector(f"limits/{bomb.vector}", explode(bomb), bomb.needs) for bomb in BOMBS),
        Vector("limits/daemon", outlive("daemon")),
        Vector("limits/daemon-on-stdout", outlive("orphan-stdout")),
        Vector("limits/threads", outlive("threads")),
        Vector("limits/kill-first-process", kill_first),
        Vector("limits/kill-everybody", kill_everybody),
        Vector("limits/supervisor-killed", kill_supervisor),
        Vector("limits/dead-run-swept", sweep_dead_run),
        Vector("limits/deep-folders", dig),
        Vector("limits/deep-source", build_deep_source),
    ]


def explode(bomb: Bomb) -> Callable[[Bench], Verdict]:
    """The controls: the same project builds within the same limits, and more than the limit was asked for."""

    def attempt(bench: Bench) -> Verdict:
        words = (*SMALL, "--timeout", bench.seconds(SECONDS))
        bench.twin_builds("bombs", *words)
        settings = ["-C", f"bomb={bomb.bomb}"] + (["-C", f"target={bomb.target}"] if bomb.target else [])
        run = bench.build(bench.project("bombs"), *words, *settings)
        faults = Leftovers.of(run).faults
        if run.code != 3 or not run.limit_hit:
            if run.code == 0:
                return failed(f"the bomb did not go off: {run.last_words}")
            return escaped(f"it was not stopped at a limit: {run.last_words}")
        name, value, observed = run.limit_hit
        require(observed >= value, f"{observed} observed, less than the limit of {value}")
        if name != bomb.limit:
            faults.append(f"stopped at the limit on {name}, not on {bomb.limit}")
        faults += [f"delivered {found}" for found in run.delivered()]
        return judge(faults, f"the twin builds; {observed} observed, stopped at {name} {value} in {run.seconds:.1f} s")

    return attempt


def outlive(bomb: str) -> Callable[[Bench], Verdict]:
    """The control: the same processes are seen while the build still runs, held by another bomb."""

    def attempt(bench: Bench) -> Verdict:
        bench.once("seen", lambda: see_processes(bench))
        run = bench.build(bench.project("bombs"), *LONG, "-C", f"bomb={bomb}")
        faults = Leftovers.of(run).faults
        require(run.code == 0, f"the build that leaves them did not succeed: {run.last_words}")
        return judge(faults, f"the build ended in {run.seconds:.1f} s and nothing of it is left")

    return attempt


def looping(bench: Bench) -> Run:
    """A run whose build loops in its backend, seen to be there."""
    run = bench.start(*LONG, "-C", "bomb=loops", bench.project("bombs"))
    run.wait_for("bomb: loops")
    left = Leftovers.of(run)
    require(left.processes, "the processes of a running build cannot be seen")
    if bench.user.is_root and bench.cgroups:
        require(left.groups, "the control groups of a running build cannot be seen")
    return run


def see_processes(bench: Bench) -> None:
    run = looping(bench)
    os.kill(run.pid, signal.SIGTERM)
    run.finish()
    require(not (left := left_in_the_end(run, GRACE * bench.patience)), f"a cancelled build leaves {left}")


def kill_supervisor(bench: Bench) -> Verdict:
    run = looping(bench)
    os.kill(run.pid, signal.SIGKILL)
    run.finish()
    began = time.monotonic()
    # Nobody waits for the launcher, which clears up by itself.
    faults = left_in_the_end(run, GRACE * bench.slowness).faults
    return judge(faults, f"what was seen running was gone {time.monotonic() - began:.1f} s later")


def sweep_dead_run(bench: Bench) -> Verdict:
    run = looping(bench)
    folders = bench.home / "state" / "runs"
    os.kill(run.pid, signal.SIGKILL)
    run.finish()
    left_in_the_end(run, GRACE * bench.slowness)
    dead = [name for name in os.listdir(folders) if name.startswith(f"{run.pid}-")]
    require(dead, "a run that was killed left no folder to sweep")
    bench.run("-w", bench.project("hello-intree"))
    return judge([name for name in os.listdir(folders) if name in dead], f"the next run removed {dead[0]}")


def kill_first(bench: Bench) -> Verdict:
    """The control: outside, a process is ended by the same signal."""
    command = [PYTHON, "-c", "print(flush=True); input()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **bench.user.process_options
    ) as process:
        process.stdout.readline()
        bench.host([PYTHON, "-c", f"import os; os.kill({process.pid}, 9)"])
        require(process.wait(GRACE * bench.patience) == -signal.SIGKILL, "outside, the signal did not end the process")
    run = bench.build(bench.project("bombs"), "-w", "--timeout", bench.seconds(30), "-C", "bomb=kill-first")
    faults = Leftovers.of(run).faults
    if "was sent every signal" not in run.stderr:
        return failed(f"the signals were not sent: {run.last_words}")
    if run.code != 0:
        faults.append(f"the build ended: {run.last_words}")
    return judge(faults, "the build went on and succeeded")


def kill_everybody(bench: Bench) -> Verdict:
    bench.twin_builds("bombs", "-w")
    run = bench.build(bench.project("bombs"), "-w", "--timeout", bench.seconds(30), "-C", "bomb=kill-everybody")
    faults = Leftovers.of(run).faults + [f"delivered {name}" for name in run.delivered()]
    if run.code == 0:
        return failed("nothing was killed")
    if run.code != 1:
        faults.append(f"taken for something else than a build that failed: {run.last_words}")
    return judge(faults, f"only the build itself ended: {run.last_words}")


def dig(bench: Bench) -> Verdict:
    bench.twin_builds("bombs", "-w")
    run = bench.build(bench.project("bombs"), "-w", "--timeout", bench.seconds(60), "-C", "bomb=dig")
    faults = Leftovers.of(run).faults
    require(f"dug {DEEPEST} deep" in run.stderr, f"the folders were not made: {run.last_words}")
    if run.code != 0:
        faults.append(f"the build ended: {run.last_words}")
    return judge(faults, f"built and cleared away in {run.seconds:.1f} s")


def build_deep_source(bench: Bench) -> Verdict:
    """What is in the caller's folder before the build is as hostile as what the build makes there."""
    bench.twin_builds("bombs", "-w")
    project = bench.project("bombs")
    digger = f"import sys; sys.path.insert(0, {str(project / 'backend')!r}); import processes; processes.dig(None)"
    dug = bench.host([PYTHON, "-c", digger], folder=project)
    require(f"dug {DEEPEST} deep".encode() in dug.stdout, f"the folders could be made outside: {dug.stderr[-200:]!r}")
    try:
        run = bench.build(project, "-w", "--timeout", bench.seconds(60))
    finally:
        subprocess.run(["rm", "-rf", "--", project], check=True)
    faults = Leftovers.of(run).faults
    if run.code not in (0, 1, 2, 3):
        faults.append(f"not a clear end: {run.last_words}")
    return judge(faults, f"ended in {run.seconds:.1f} s: {run.last_words}")
