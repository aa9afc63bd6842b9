#!/usr/bin/env python3
"""Run `buildbox run` and write down the environments that it reports, and those that it left in its store.

Usage: contained.py FACTS HOME OUTDIR PROGRAM ARGUMENTS...
HOME is the state folder, which should be new: then no answer of the index is an old one. FACTS is a JSON file.
"""

from __future__ import annotations

import glob
import importlib.metadata
import json
import os
import subprocess
import sys


def main():
    facts, home, outdir, program, *arguments = sys.argv[1:]
    os.environ["BUILDBOX_HOME"] = home
    code, result = run(program, "--outdir", outdir, *arguments)
    results = {"wheel": result}
    # A result tells of the last environment that was used, which is the wheel's. A source distribution by itself is
    # made in the same environment as on the way to the wheel.
    if "-w" not in arguments:
        results["sdist"] = run(program, "--outdir", os.path.join(home, "sdist"), "--sdist", *arguments)[1]
    with open(facts, "w", encoding="utf-8") as file:
        json.dump({"results": results, "store": store(home)}, file)
    sys.exit(code)


def run(program, *arguments):
    """The exit code, and the result document or None."""
    completed = subprocess.run([program, "run", "--json", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        result = json.loads(completed.stdout)
    except ValueError:
        result = None
    if result and result.get("reason"):
        print(result["reason"].get("message"), file=sys.stderr, flush=True)
    return completed.returncode, result


def store(home):
    """What each stored environment holds: metadata is read as data, no interpreter of an environment is started."""
    return [
        [[found.metadata["Name"], found.version] for found in importlib.metadata.distributions(path=[folder])]
        for folder in sorted(glob.glob(os.path.join(home, "environments", "*", "lib", "python*", "site-packages")))
    ]


if __name__ == "__main__":
    main()
