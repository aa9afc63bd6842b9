#!/usr/bin/env python3
"""
Tries every vector of the threat list on a buildbox, as one user, each with its positive control.

Prints one line a vector: contained, ESCAPED, open, skipped or FAILED, and why. A vector is contained only
when its control succeeded; where the control cannot be had on this host, it is skipped. What is
open escapes too, and is listed here and in SECURITY.md until it is mended. Exit code:
0 when nothing escaped and no control that must succeed failed, 1 otherwise, 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import artifacts
import asking
import installing
import limits
import neighbours
import planted
import probes
import project_archives
import provisioning
from bench import Bench
from user import User
from verdict import Broken, State, Vector, Verdict, failed, skipped

# What is known to get out, and why it is left so for now.
LEFT_OPEN: dict[str, str] = {}

TABLES = (probes, limits, neighbours, artifacts, installing, provisioning, asking, project_archives, planted)


def main() -> int:
    options = parse()
    user = User(options.user)
    binary = options.buildbox.resolve()
    bench = Bench(binary, toolchain_of(options), profiles_of(options, binary), user, options.patience)
    try:
        return try_all(bench, options)
    finally:
        bench.close()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--buildbox", type=Path, required=True, help="the program; its launcher lies beside it")
    parser.add_argument("--user", help="name or number of whom to try as; another than one's own takes root")
    parser.add_argument("--without-cgroups", action="store_true", help="allow the limits by control group to miss")
    parser.add_argument("--vectors", metavar="GLOB", action="append", help="only these, such as 'files/*'; repeatable")
    parser.add_argument(
        "--patience", type=patience, default=1.0, metavar="FACTOR", help="wait this much longer, on a slow machine"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the verdicts there, too")
    parser.add_argument("--toolchain", type=Path, help="by default $BUILDBOX_TOOLCHAIN")
    parser.add_argument("--profiles", type=Path, help="by default $BUILDBOX_PROFILES or the folder of the checkout")
    return parser.parse_args()


def patience(text: str) -> float:
    """Only ever more of it: less would turn a slow control into a failure that proves nothing."""
    factor = float(text)
    if not 1 <= factor <= 100:
        raise argparse.ArgumentTypeError("not between 1 and 100")
    return factor


def toolchain_of(options: argparse.Namespace) -> Path:
    named = options.toolchain or os.environ.get("BUILDBOX_TOOLCHAIN")
    if not named or not Path(named, "versions").exists():
        sys.exit("name the toolchain with --toolchain or BUILDBOX_TOOLCHAIN")
    return Path(named).resolve()


def profiles_of(options: argparse.Namespace, binary: Path) -> Path:
    named = options.profiles or os.environ.get("BUILDBOX_PROFILES")
    above = [folder / "sandbox-profiles" for folder in (*binary.parents, *Path(__file__).resolve().parents)]
    found = Path(named) if named else next((folder for folder in above if folder.is_dir()), None)
    if found is None:
        sys.exit("name the folder of the sandbox profiles with --profiles or BUILDBOX_PROFILES")
    return found


def try_all(bench: Bench, options: argparse.Namespace) -> int:
    # What is there at all comes first: without control groups, other vectors are left out.
    bench.cgroups = not options.without_cgroups
    no_cgroups = "asked for with --without-cgroups" if options.without_cgroups else bench.find_cgroups()
    bench.measure()
    missing = {"cgroup": no_cgroups, "root": None if bench.user.is_root else "only root's runs can do this"}
    chosen = [
        vector
        for table in TABLES
        for vector in table.vectors(bench)
        if any(fnmatch.fnmatch(vector.name, glob) for glob in options.vectors or ["*"])
    ]
    verdicts = {}
    began = time.monotonic()
    for vector in chosen:
        verdict = attempt(vector, bench, missing)
        if verdict.state is State.ESCAPED and vector.name in LEFT_OPEN:
            verdict = Verdict(State.OPEN, f"{LEFT_OPEN[vector.name]}: {verdict.detail}")
        verdicts[vector.name] = verdict
        print(f"{verdict.state.value:<9}  {vector.name}: {one_line(verdict.detail)}", flush=True)
    counts = Counter(verdict.state for verdict in verdicts.values())
    print(
        f"{bench.user.name}: {counts[State.CONTAINED]} contained, {counts[State.ESCAPED]} escaped, "
        f"{counts[State.OPEN]} left open, "
        f"{counts[State.SKIPPED]} skipped, {counts[State.FAILED]} failed of {len(verdicts)} vectors "
        f"in {time.monotonic() - began:.0f} s",
        flush=True,
    )
    if options.json:
        table = {name: {"state": state.value, "detail": detail} for name, (state, detail) in verdicts.items()}
        options.json.write_text(json.dumps({"user": bench.user.name, "vectors": table}, indent=2) + "\n")
    return 0 if verdicts and not counts[State.ESCAPED] and not counts[State.FAILED] else 1


def attempt(vector: Vector, bench: Bench, missing: dict[str, str | None]) -> Verdict:
    for need in vector.needs:
        if missing[need]:
            return skipped(missing[need])
    try:
        return vector.attempt(bench)
    except Broken as error:
        return failed(error)
    except (OSError, LookupError, TypeError, ValueError, subprocess.SubprocessError) as error:
        return failed(f"the suite itself failed: {error!r}")


def one_line(text: str) -> str:
    """What a project wrote is quoted in places: nothing of it may steer a terminal or start a line."""
    safe = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
    return safe if len(safe) <= 240 else f"{safe[:237]}..."


if __name__ == "__main__":
    sys.exit(main())
