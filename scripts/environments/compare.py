#!/usr/bin/env python3
"""Build projects with `python -m build` and with buildbox, and compare what the build environments hold.

Called by scripts/environment-check, which tells more. Needs `packaging`, and the corpus' harness, which unpacks the
projects, bounds the builds and keeps their logs ($CORPUS_DIR is where).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import time
from typing import Any, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

HERE = os.path.dirname(os.path.abspath(__file__))
CONTROL_PROJECT = "six"
CONTROL_PACKAGE, CONTROL_VERSION = "setuptools", "75.8.0"
# What a build finds on PATH besides its environment (README.md): some backends require a package, such as ninja, just
# where a program of that name is missing.
PROGRAMS = "/usr/local/bin:/usr/bin:/bin"
SECONDS = 1200
VERDICTS = ("same", "fails on both", "differs at times", "differs")
# The ends of buildbox's builds that bare ones can have, too.
COMPARABLE = {"build_failed", "project_invalid", "provisioning_failed"}


class Difference(NamedTuple):
    """`what` is a package of the step's environment, or in brackets something else."""

    step: str
    what: str
    real: str
    buildbox: str

    def __str__(self):
        return f"{self.step}: {self.what}: {self.real} with python -m build, {self.buildbox} with buildbox"


class Side(NamedTuple):
    """One build of a project: what its environments hold, by step, and how it ended."""

    built: bool
    environments: dict[str, dict[str, str]]
    error: str
    cause: str
    facts: dict[str, Any]


class Row(NamedTuple):
    project: str
    verdict: str
    real: Side
    buildbox: Side
    differences: list[Difference]


class Corpus:
    """Builds by the corpus' harness, with either program."""

    def __init__(self, folder, program):
        sys.path.insert(0, folder)
        import parity

        self._harness = parity
        python = [sys.executable, "-I", "-B"]
        self._real = shlex.join(["env", f"PATH={PROGRAMS}", *python, f"{HERE}/real.py", "{work}/facts.json"])
        self._real += " --outdir {out} {args} {src}"
        self._contained = shlex.join(
            [*python, f"{HERE}/contained.py", "{work}/facts.json", "{work}/home", "{out}", program]
            + ["--python", sys.executable]
        )

    def items(self, only):
        options = argparse.Namespace(suite="projects", cmd=self._real, only=",".join(only), skip="", quick=False)
        return self._harness.items(options)

    def real(self, item):
        record, log = self._build(item, "environment-real", self._real)
        facts = record.get("facts", {})
        kinds = ["wheel"] if item.get("args") else ["sdist", "wheel"]
        environments = {}
        for kind, seen in zip(kinds, facts.get("environments", [])):
            if seen["held"] is not None:
                environments[kind] = without(packages(seen["held"]), packages(seen["given"]), seen["requirements"])
        if record["ok"] and list(environments) != kinds:
            say(f"{item['key']}: python -m build made other environments than {kinds}: {facts}")
            raise SystemExit(9)
        return Side(record["ok"], environments, record["error"], self._cause(record, log), facts)

    def contained(self, item, label="environment-buildbox", options=()):
        command = f"{self._contained} {shlex.join(options)} {{args}} {{src}}"
        record, log = self._build(item, label, command)
        facts = record.get("facts", {})
        environments = {
            kind: packages([package["name"], package["version"]] for package in result["environment"]["resolved"])
            for kind, result in facts.get("results", {}).items()
            if result and result.get("environment")
        }
        cause = self._cause(record, log)
        reason = ((facts.get("results", {}).get("wheel") or {}).get("reason") or {}).get("code", "no result")
        if not record["ok"] and reason not in COMPARABLE:
            cause = reason
        return Side(record["ok"], environments, record["error"], cause, facts)

    def _cause(self, record, log):
        """In one word, why a build failed, such as `needs-system-library-or-tool`."""
        return "timed-out" if record["timed_out"] else self._harness.failure_class(log)

    def _build(self, item, label, command):
        """The harness' record and the log."""
        options = argparse.Namespace(label=label, cmd=command, redo=True, timeout=SECONDS, keep_work=False)
        self._harness.one(item, options)
        root = self._harness.ROOT
        with open(os.path.join(root, "results", label, f"{item['key']}.json"), encoding="utf-8") as file:
            record = json.load(file)
        with open(os.path.join(root, "logs", label, f"{item['key']}.log"), encoding="utf-8") as file:
            return record, file.read()


def packages(pairs):
    """Name -> version, as PEP 503 and PEP 440 would have them spelled; two of a name are both shown."""
    held: dict[str, str] = {}
    for name, version in sorted({(canonicalize_name(name or "?"), normal(version or "?")) for name, version in pairs}):
        held[name] = f"{held[name]} and {version}" if name in held else version
    return held


def normal(version):
    try:
        return str(Version(version))
    except InvalidVersion:
        return version


def without(held, given, requirements):
    """What was installed: not the installer that the frontend may have put there, unless the project asked for it."""
    names = [re.match(r"[\w.-]*", line.strip()).group() for lines in requirements for line in lines]
    asked = {canonicalize_name(name) for name in names}
    return {name: held[name] for name in held if given.get(name) != held[name] or name in asked}


def differences(real, buildbox):
    found = []
    causes = {real.cause, buildbox.cause}
    if real.built != buildbox.built or (not real.built and real.cause != buildbox.cause) or "timed-out" in causes:
        found.append(Difference("build", "(outcome)", outcome(real), outcome(buildbox)))
    for step, held in real.environments.items():
        ours = buildbox.environments.get(step)
        if ours is None:
            found.append(Difference(step, "(environment)", f"{len(held)} packages", "none"))
            continue
        for name in sorted(held.keys() | ours.keys()):
            if held.get(name) != ours.get(name):
                found.append(Difference(step, name, held.get(name, "absent"), ours.get(name, "absent")))
        stored = [packages(pairs) for pairs in buildbox.facts.get("store", [])]
        if ours not in stored:
            found.append(Difference(step, "(report)", "-", f"reports {ours}, but its store holds {stored}"))
    return found


def outcome(side):
    return "succeeds" if side.built else f"fails ({side.cause}: {side.error})"


def compare(corpus, item):
    """A difference is looked at twice: the index may have moved between the two sides, which shows in the real one.

    One that does not come again although the index stood still is a difference all the same.
    """
    row = compare_once(corpus, item)
    if not row.differences:
        return row
    say(f"{item['key']}: differs; once more")
    again = compare_once(corpus, item)
    if again.differences or again.real.environments != row.real.environments:
        return again
    return row._replace(verdict="differs at times")


def compare_once(corpus, item):
    real = corpus.real(item)
    buildbox = corpus.contained(item)
    found = differences(real, buildbox)
    verdict = "differs" if found else "same" if real.built else "fails on both"
    return Row(item["key"], verdict, real, buildbox, found)


def control(corpus):
    """The comparison has to find an older package that buildbox alone is told to take, and nothing else."""
    (item,) = corpus.items([CONTROL_PROJECT])
    constraints = os.path.join(os.environ["CORPUS_DIR"], "control-constraints.txt")
    with open(constraints, "w", encoding="utf-8") as file:
        file.write(f"{CONTROL_PACKAGE}=={CONTROL_VERSION}\n")
    real = corpus.real(item)
    limited = corpus.contained(item, "environment-control", ["--dependency-constraints-txt", constraints])
    expected = [
        Difference(step, CONTROL_PACKAGE, held.get(CONTROL_PACKAGE, "absent"), CONTROL_VERSION)
        for step, held in real.environments.items()
    ]
    found = differences(real, limited)
    if found != expected or len(expected) != 2 or not real.built:
        for difference in found:
            say(str(difference))
        say(f"the self check should have found {CONTROL_PACKAGE} {CONTROL_VERSION} in both steps, and nothing else")
        raise SystemExit(9)
    say(f"self check: found {CONTROL_PACKAGE} {expected[0].real} -> {CONTROL_VERSION}, and nothing else")
    return found


def say(line):
    print(f"==> {line}", file=sys.stderr, flush=True)


def count(side, step):
    return str(len(side.environments[step])) if step in side.environments else "-"


def print_row(project, sdist, wheel, verdict):
    print(f"{project:28} {sdist:>9} {wheel:>9}  {verdict}", flush=True)


def print_report(rows):
    for row in rows:
        if row.verdict == "same":
            continue
        print(f"\n-- {row.project}: {row.verdict}")
        for difference in row.differences:
            print(f"     {difference}")
        if row.verdict == "fails on both":
            print(f"     {row.real.cause}: {row.real.error}")
    totals = {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}
    print(f"\nTOTAL {len(rows)} projects: " + ", ".join(f"{number} {verdict}" for verdict, number in totals.items()))
    return totals


def write_document(file, program, rows, found, totals):
    version = subprocess.run([program, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    document = {
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": sys.version.split()[0],
        "buildbox": version,
        "self_check": [difference._asdict() for difference in found],
        "totals": totals,
        "projects": [
            {
                "project": row.project,
                "verdict": row.verdict,
                "differences": [difference._asdict() for difference in row.differences],
                "real": row.real._asdict(),
                "buildbox": row.buildbox._asdict(),
            }
            for row in rows
        ],
    }
    with open(file, "w", encoding="utf-8") as target:
        json.dump(document, target, indent=1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--json")
    parser.add_argument("--self-check", action="store_true")
    parser.add_argument("projects", nargs="+")
    options = parser.parse_args()
    corpus = Corpus(options.corpus, options.program)
    checked = state(options.program)
    found = control(corpus)
    rows = []
    if not options.self_check:
        print_row("project", "sdist env", "wheel env", "packages in both; real | buildbox where they are not as many")
        for item in corpus.items(options.projects):
            row = compare(corpus, item)
            rows.append(row)
            print_row(row.project, *(counts(row, step) for step in ("sdist", "wheel")), row.verdict)
    if state(options.program) != checked:
        say(f"{options.program} was replaced meanwhile: what was seen belongs to no one program")
        raise SystemExit(9)
    totals = print_report(rows) if rows else {}
    if options.json:
        write_document(options.json, options.program, rows, found, totals)
    sys.exit(1 if any(row.differences for row in rows) else 0)


def state(program):
    """What tells one build of buildbox from another; the launcher lies beside it."""
    files = [os.stat(file) for file in (program, f"{program}-launcher") if os.path.exists(file)]
    return [(found.st_ino, found.st_size, found.st_mtime_ns) for found in files]


def counts(row, step):
    real, ours = count(row.real, step), count(row.buildbox, step)
    return real if real == ours or real == "-" else f"{real} | {ours}"


if __name__ == "__main__":
    main()
