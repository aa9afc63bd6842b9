"""
Vectors that are one act each: the hostile project tries them all in one build.

Each probe of Tests/Projects/hostile is one vector. Its control is the same probe, run outside as the
same user: it must have reached what it must not reach inside.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench import PYTHON, Bench, json_lines
from threats import THREATS
from verdict import Vector, Verdict, escaped, failed, require, skipped
from verdict import contained as held

CANARY = "BUILDBOX_PROBE_ENV"
STRANGER = 12345
ORDINARY = 65534
# Shown to every build, and named in Tests/Projects/hostile/backend/vectors/locks.py, too.
SYSTEM_FILE = Path("/usr/bin/env")
NAMESPACES = ("unshare", "--user", "--map-root-user", "--mount", "--uts", "--ipc", "--net", "--cgroup")
CAP_NET_RAW = 1 << 13
CAPABILITIES_REVISION_2 = 0x02000000
EFFECTIVE = 1


class Outcomes(NamedTuple):
    """Of every probe by name: how it is expected to go outside, how it went there, and inside."""

    listed: dict[str, dict]
    outside: dict[str, dict]
    inside: dict[str, list[dict]]


def vectors(bench: Bench) -> list[Vector]:
    named = {probe for rows in THREATS.values() for probes in rows.values() for probe in probes}
    made = [
        Vector(f"{category}/{probe}", attempt_of(probe))
        for category, rows in THREATS.items()
        for probes in rows.values()
        for probe in probes
    ]
    return [*made, Vector("probes/all-of-them", lambda bench: check_table(bench, named))]


def check_table(bench: Bench, named: set[str]) -> Verdict:
    """A probe that no line of the table names would go untried."""
    outcomes = bench.once("probes", lambda: run_probes(bench))
    unlike = named ^ set(outcomes.listed)
    if unlike:
        return failed(f"the table and the project disagree about {sorted(unlike)}")
    return held(f"all {len(named)} were tried, outside and inside")


def attempt_of(probe: str) -> Callable[[Bench], Verdict]:
    return lambda bench: verdict_on(probe, bench, bench.once("probes", lambda: run_probes(bench)))


def verdict_on(probe: str, bench: Bench, outcomes: Outcomes) -> Verdict:
    tries = outcomes.inside.get(probe, [])
    broken_out = [line for line in tries if line["reached"]]
    if broken_out:
        return escaped(broken_out[0]["detail"])
    if not tries:
        return failed("the project did not report on it")
    inside = tries[0]
    control = outcomes.outside[probe]
    if not control["reached"]:
        expected = outcomes.listed[probe]["control"]
        must = expected == "anyone" or (expected == "root" and bench.user.is_root)
        target = outcomes.listed[probe]["target"]
        if must and control["tried"]:
            return failed(f"the control outside did not reach it: {control['detail']}")
        reason = f"{target} cannot be had here" if not control["tried"] and target else control["detail"]
        return skipped(f"not reached outside either: {reason}")
    if not inside["tried"]:
        return failed(f"reached outside, but not tried inside: {inside['detail']}")
    return held(f"reached outside; inside: {inside['detail']}")


def run_probes(bench: Bench) -> Outcomes:
    project = bench.project("hostile")
    script = project / "backend" / "probes.py"
    settings = {**bench.targets(), **shown_things(bench)}
    listed = {line["probe"]: line for line in json_lines(bench.host([PYTHON, script, "--list"]).stdout.decode())}
    with locked(Path(settings["shown"]) / "locked", writing=True), locked(SYSTEM_FILE):
        return run_both(bench, project, script, settings, listed)


def run_both(
    bench: Bench, project: Path, script: Path, settings: dict[str, str], listed: dict[str, dict]
) -> Outcomes:
    outside = control(bench, script, settings)
    require(set(outside) == set(listed), "the probes did not all report outside")
    words = [word for name, value in settings.items() for word in ("-C", f"probe-{name}={value}")]
    for name in ("shown", "setuid", "capable"):
        if name in settings:
            words += ["--ro", settings[name]]
    run = bench.run("-w", "--log-limit", "16MiB", *words, project, environment={CANARY: "canary"})
    require(run.code == 0, f"the hostile project was not built: {run.last_words}")
    inside: dict[str, list[dict]] = {}
    for line in json_lines(run.stderr):
        if line.get("probe") in listed:
            inside.setdefault(line["probe"], []).append(line)
    return Outcomes(listed, outside, inside)


@contextlib.contextmanager
def locked(path: Path, writing: bool = False) -> Iterator[None]:
    """This process holds locks on a file that nobody's exclusive lock, or read lock where it writes, goes with."""
    with path.open("r+b" if writing else "rb") as file:
        # Shared: another suite may hold the same one.
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        if writing:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def control(bench: Bench, script: Path, settings: dict[str, str]) -> dict[str, dict]:
    environment = {f"BUILDBOX_PROBE_{name.upper()}": value for name, value in settings.items()}
    # Descriptor 9 stands in for one that a careless parent would leave open.
    environment |= {CANARY: "canary", "BUILDBOX_PROBE_FD": "9"}
    shell = ["/bin/sh", "-c", 'exec 9>"$1"; shift; exec "$@"', "sh", bench.room("inherited") / "file"]
    found = {}
    for line in json_lines(bench.host([*shell, PYTHON, script], environment).stdout.decode()):
        found[line["probe"]] = line
    if not bench.user.is_root:
        # In a user namespace of its own, an ordinary user may try what otherwise only root may.
        again = bench.host([*NAMESPACES, *shell, PYTHON, script], environment)
        found |= {line["probe"]: line for line in json_lines(again.stdout.decode()) if line["reached"]}
    if bench.user.is_root and not found["run-capable-program"]["reached"]:
        # Root has every capability already; its builds run as a user that has none.
        again = bench.as_stranger([PYTHON, script, "--only", "run-capable-program"], environment, ORDINARY)
        found |= {line["probe"]: line for line in json_lines(again.stdout.decode())}
    return found


def shown_things(bench: Bench) -> dict[str, str]:
    """What the build is shown read-only, and could gain something by."""
    folder = bench.room("shown")
    bench.write(folder / "file", "of the host\n")
    bench.write(folder / "locked", "of the host\n")
    settings = {"shown": str(folder)}
    if os.geteuid() != 0:
        return settings
    programs = bench.room("programs")
    setuid = Path(shutil.copy("/usr/bin/id", programs / "id"))
    setuid.chmod(0o755)
    # Neither the user that runs the control nor root.
    shutil.chown(setuid, STRANGER, STRANGER)
    setuid.chmod(0o4755)
    capable = Path(shutil.copy("/bin/cat", programs / "cat"))
    capable.chmod(0o755)
    value = struct.pack("<IIIII", CAPABILITIES_REVISION_2 | EFFECTIVE, CAP_NET_RAW, 0, 0, 0)
    try:
        os.setxattr(capable, "security.capability", value)
    except OSError:
        return {**settings, "setuid": str(setuid)}
    return {**settings, "setuid": str(setuid), "capable": str(capable)}
