#!/usr/bin/env python3
"""Run `python -m build` and write down what each of its isolated environments holds when the backend builds in it.

Usage: real.py FACTS ARGUMENTS...
The frontend's own program runs, with pip; its environments are watched and not changed. FACTS is a JSON file.
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys

import build.__main__ as frontend
from build.env import DefaultIsolatedEnv

LISTING = """
import importlib.metadata, json
print(json.dumps([[found.metadata["Name"], found.version] for found in importlib.metadata.distributions()]))
"""


class WatchedEnvironment(DefaultIsolatedEnv):
    """The frontend installs twice: what is declared, then what the backend asks for; then the backend builds."""

    seen: list[dict] = []

    def __enter__(self):
        entered = super().__enter__()
        # Nothing, where the frontend uses the pip beside itself. Else it puts a pip into the environment to install
        # with; nobody asked for that one, and buildbox, which installs from outside, has none.
        self._record = {"given": self._held(), "requirements": [], "held": None}
        self.seen.append(self._record)
        return entered

    def install(self, requirements, *arguments, **options):
        super().install(requirements, *arguments, **options)
        self._record["requirements"].append(sorted(requirements))
        self._record["held"] = self._held()

    def _held(self):
        # Isolated, for variables and the working directory are no part of an environment.
        listed = subprocess.run([self.python_executable, "-I", "-c", LISTING], check=True, stdout=subprocess.PIPE)
        return json.loads(listed.stdout)


def main():
    facts, *arguments = sys.argv[1:]
    frontend.DefaultIsolatedEnv = WatchedEnvironment
    try:
        frontend.main(arguments, "python -m build")
    finally:
        with open(facts, "w", encoding="utf-8") as file:
            json.dump({"environments": WatchedEnvironment.seen, "pip": importlib.metadata.version("pip")}, file)


if __name__ == "__main__":
    main()
