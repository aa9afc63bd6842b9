"""
Runs every probe, each in a process of its own, and prints one JSON line for each.

Outside a sandbox the same acts are the positive control: none of them leaves a trace there,
apart from the file written in the folder that BUILDBOX_PROBE_WRITE names.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from vectors.outcome import NothingToTry, Outcome, Probe, Surroundings, held, not_tried
from vectors.processes import lineage, parents
from vectors.table import PROBES

TIME_LIMIT = 10
MOST_PROCESSES = 16
DETAIL_LENGTH = 300
HIGHEST_DESCRIPTOR = 255
OTHER_TARGETS = {"probe-dns", "probe-fd"}
PARENT = os.getppid()


def descriptors_at_birth() -> tuple[int, ...]:
    found = []
    for number in range(3, HIGHEST_DESCRIPTOR + 1):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return tuple(found)


def targets_from(settings: Mapping[str, object] | None) -> dict[str, str]:
    """Config settings such as probe-file, or BUILDBOX_PROBE_FILE where there is none."""
    targets = {}
    for name in {probe.target for probe in PROBES if probe.target} | OTHER_TARGETS:
        value = (settings or {}).get(name)
        value = value or os.environ.get(f"BUILDBOX_{name.upper().replace('-', '_')}")
        if value:
            targets[name] = str(value)
    return targets


def attempt(probe: Probe, surroundings: Surroundings) -> Outcome:
    if probe.target and probe.target not in surroundings.targets:
        return not_tried(f"{probe.target} is not given")
    try:
        return probe.act(surroundings)
    except NothingToTry as error:
        return not_tried(error)
    except OSError as error:
        return held(error)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return not_tried(f"the probe itself failed: {error!r}")


def run_apart(probe: Probe, surroundings: Surroundings) -> Outcome:
    """A probe may be killed by the filter, or change its own process beyond use."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(TIME_LIMIT)
            os.write(writing, json.dumps(attempt(probe, surroundings)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as answer:
        data = answer.read()
    _, status = os.waitpid(child, 0)
    if data:
        return Outcome(*json.loads(data))
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGALRM:
        return held(f"killed by {signal.Signals(os.WTERMSIG(status)).name}")
    return not_tried(f"ended without an answer, wait status {status}")


def report_inside(settings: Mapping[str, object] | None) -> None:
    """Takes a place with many processes for a host, and touches only what was named."""
    targets = targets_from(settings)
    if len(parents()) > MOST_PROCESSES:
        report(PROBES, surroundings_outside(targets))
    else:
        report(PROBES, surroundings_inside(targets))


def surroundings_inside(targets: Mapping[str, str]) -> Surroundings:
    return Surroundings(
        targets=targets,
        scratch=Path(tempfile.gettempdir()),
        parent=PARENT,
        first=1,
        ancestors=tuple(lineage(os.getppid(), parents())),
        inherited=descriptors_at_birth(),
    )


def surroundings_outside(targets: Mapping[str, str]) -> Surroundings:
    process = int(targets["probe-pid"]) if "probe-pid" in targets else None
    descriptor = int(targets["probe-fd"]) if "probe-fd" in targets else None
    return Surroundings(
        targets=targets,
        scratch=Path(tempfile.gettempdir()),
        parent=PARENT,
        first=process,
        ancestors=None if process is None else (process,),
        inherited=None if descriptor is None else (descriptor,),
    )


def report(probes: Iterable[Probe], surroundings: Surroundings) -> None:
    for probe in probes:
        scratch = Path(tempfile.mkdtemp(prefix="probe-"))
        outcome = run_apart(probe, surroundings._replace(scratch=scratch))
        with contextlib.suppress(OSError):
            scratch.rmdir()
        line = {
            "probe": probe.name,
            "reached": outcome.reached,
            "tried": outcome.tried,
            "detail": outcome.detail[:DETAIL_LENGTH],
        }
        print(json.dumps(line), flush=True)


def describe() -> None:
    for probe in PROBES:
        line = {"probe": probe.name, "control": probe.control, "target": probe.target}
        print(json.dumps(line))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [probe.name for probe in PROBES]
    parser.add_argument("--only", metavar="NAME", action="append", choices=names)
    parser.add_argument(
        "--list", action="store_true", help="names, controls and targets"
    )
    options = parser.parse_args()
    if options.list:
        describe()
    else:
        chosen = options.only or names
        probes = [probe for probe in PROBES if probe.name in chosen]
        report(probes, surroundings_outside(targets_from(None)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
