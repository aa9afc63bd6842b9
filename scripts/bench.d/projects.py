"""Real projects, built by buildbox, bare `python -m build`, uv and the floor: side by side, in turn, in one run."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Callable

import report
from contenders import Bench, Contender
from measure import Measured, give_up, measure, say
from sources import NAMES, Project, backend_of, fault_of, fetch, fresh, key_of, remove

# What the kernel still does for a run after its end, above all for its namespaces, is no part of the next.
REST = 0.1


def one(bench: Bench, project: Project, contender: Contender) -> dict[str, object]:
    """One build of a pristine copy."""
    source, output = fresh(project, bench.scratch / "run")
    log, printed = bench.scratch / "log", bench.scratch / "printed"
    contender.before()
    time.sleep(REST)
    what = f"{contender.title} of {project.name}"
    command = contender.command(str(source), str(output))
    times = measure(what, command, contender.environment, bench.scratch / "empty", printed, log)
    check(what, output, log)
    found = {**seconds(times), "backend": backend_of(output)}
    if contender.tells:
        result = json.loads(printed.read_text(encoding="utf-8"))
        found.update(phases_ms=phases(result), missing=result["sandbox"]["missing"])
    return found


def many(bench: Bench, project: Project, builds: int, at_once: int, contender: Contender) -> dict[str, object]:
    """As many builds by xargs, each of a copy of its own."""
    place, log = bench.scratch / "batch", bench.scratch / "log"
    remove(place)
    outputs = [fresh(project, place / str(number))[1] for number in range(builds)]
    contender.before()
    time.sleep(REST)
    what = f"{builds} times {contender.title} of {project.name}"
    command = contender.command(str(place / "{}" / project.folder.name), str(place / "{}" / "out"))
    items = "".join(f"{number}\n" for number in range(builds))
    xargs = ["xargs", "-P", str(at_once), "-I", "{}", *command]
    times = measure(what, xargs, contender.environment, bench.scratch / "empty", bench.scratch / "printed", log, items)
    for output in outputs:
        check(what, output, log)
    return seconds(times)


def check(what: str, output: Path, log: Path) -> None:
    fault = fault_of(output)
    if fault:
        give_up(f"{what} {fault}", log)


def seconds(times: Measured) -> dict[str, object]:
    return {f"{name}_s": value for name, value in asdict(times).items()}


def phases(document: dict) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for phase in document["phases"]:
        found.setdefault(phase["name"], []).append(phase["duration_ms"])
    return found


def rounds(
    count: int, contenders: list[Contender], what: str, run: Callable[[Contender], dict[str, object]]
) -> dict[str, list[dict]]:
    """All in turn, each round beginning with another one."""
    runs: dict[str, list[dict]] = {contender.key: [] for contender in contenders}
    for number in range(count):
        say(f"{what}: round {number + 1} of {count}")
        first = number % len(contenders)
        for contender in contenders[first:] + contenders[:first]:
            runs[contender.key].append(run(contender))
    return runs


def measured(bench: Bench, options: argparse.Namespace) -> dict:
    say("projects: preparing interpreter, frontend and sources")
    bench.prepare()
    projects = fetch(options.projects, options.corpus, bench.scratch, bench.frontend, bench.environment())
    document = {"part": "projects", "machine": report.machine(), "versions": bench.versions(), "rounds": options.rounds}
    document["projects"] = []
    everybody = {}
    for project in projects:
        say(f"projects: {project.name}: warming up")
        contenders = everybody[project.name] = bench.contenders(bench.floor(project))
        warm_up(bench, contenders, project)
        runs = rounds(options.rounds, contenders, f"projects: {project.name}", partial(one, bench, project))
        backends = {str(run["backend"]) for side in runs.values() for run in side}
        if len(backends) != 1:
            raise SystemExit(
                f"buildbox: {project.name} was built by {' and by '.join(sorted(backends))}: run this again"
            )
        document["projects"].append({"name": project.name, "version": project.version, "runs": runs})

    project = next((project for project in projects if project.name == options.batch_project), projects[0])
    contenders = everybody[project.name]
    what = f"projects: {options.builds} builds of {project.name}"
    # What the index said may be out of date by now.
    warm_up(bench, contenders, project)
    runs = rounds(options.rounds, contenders, what, partial(many, bench, project, options.builds, options.at_once))
    document["batch"] = {"name": project.name, "builds": options.builds, "at_once": options.at_once, "runs": runs}
    document["titles"] = {contender.key: contender.title for contender in contenders}
    document["load_after"] = [round(load, 2) for load in os.getloadavg()]
    report.complete(document)
    return document


def warm_up(bench: Bench, contenders: list[Contender], project: Project) -> None:
    for contender in contenders:
        one(bench, project, contender)


def names(text: str) -> list[str]:
    known = {key_of(name): name for name in NAMES}
    chosen = [known.get(key_of(name.strip()), "") for name in text.split(",")]
    if not all(chosen):
        raise argparse.ArgumentTypeError(f"the projects are {', '.join(NAMES)}")
    return chosen


def main() -> int:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for option in ("--scratch", "--binary", "--python", "--pins", "--corpus", "--result", "--tables"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--projects", type=names, default=list(NAMES))
    parser.add_argument("--batch-project", default="packaging")
    parser.add_argument("--builds", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=2)
    options = parser.parse_args()
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    document = measured(Bench(options.scratch, options.binary, options.python, options.pins), options)
    options.result.write_text(json.dumps(document), encoding="utf-8")
    options.tables.write_text(report.markdown(document), encoding="utf-8")
    return 0 if all(entry["met"] for entry in document["bounds"]) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        # The shell that waits must see that it was interrupted.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
