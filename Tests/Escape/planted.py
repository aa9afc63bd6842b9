"""A project folder full of programs, modules and settings for whatever of the host comes by."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from bench import PYTHON, Bench
from index import HARMLESS
from installing import indexes
from leftovers import Leftovers
from run import Run
from verdict import Vector, Verdict, judge, require

BUILT = 0
USAGE = 2
INTERPRETERS = {
    "interpreter": "{project}/python3",
    "relative-interpreter": "./python3",
    "interpreter-of-venv": "{project}/.venv/bin/python",
}


def vectors(bench: Bench) -> list[Vector]:
    return [
        *(Vector(f"planted/{name}", name_interpreter(path)) for name, path in INTERPRETERS.items()),
        Vector("planted/interpreter-on-path", find_interpreter),
        Vector("planted/modules", import_modules),
        Vector("planted/modules-on-path", import_by_variable),
        Vector("planted/venv-of-variable", use_venv),
        Vector("planted/version-file", obey_version_file),
        Vector("planted/installer-settings", obey_settings),
    ]


class Planted:
    """A copy, and the marks that it leaves on the host."""

    def __init__(self, bench: Bench) -> None:
        self.project = bench.project("planted")
        self.folder = bench.room("marks", 0o777)
        self.environment = {"PLANTED_MARKER_DIR": str(self.folder)}

    def marks(self) -> list[str]:
        """What was left; forgotten with this."""
        found = sorted(os.listdir(self.folder))
        for name in found:
            (self.folder / name).unlink()
        return found

    def check(self, bench: Bench, command: list[object], mark: str, **more: str) -> None:
        """The control: done without care, it does leave its mark."""
        bench.host(command, {**self.environment, **more}, self.project)
        found = self.marks()
        require(mark in found, f"outside, it leaves {found} and not {mark}")

    def verdict(self, run: Run, code: int) -> Verdict:
        faults = [f"{mark} was run on the host" for mark in self.marks()] + Leftovers.of(run).faults
        require(faults or run.code == code, f"unexpected: {run.last_words}")
        return judge(faults, f"outside it leaves its mark; {run.last_words}")


def name_interpreter(path: str) -> Callable[[Bench], Verdict]:
    def attempt(bench: Bench) -> Verdict:
        planted = Planted(bench)
        named = path.format(project=planted.project)
        planted.check(bench, [planted.project / named], Path(named).name if "venv" not in named else "venv-python")
        run = bench.run("--python", named, planted.project, environment=planted.environment, folder=planted.project)
        return planted.verdict(run, USAGE)

    return attempt


def find_interpreter(bench: Bench) -> Verdict:
    planted = Planted(bench)
    path = f"{planted.project}:.:/usr/bin:/bin"
    planted.check(bench, ["/usr/bin/env", "python3"], "python3", PATH=path)
    environment = {**planted.environment, "PATH": path}
    run = bench.run(planted.project, environment=environment, folder=planted.project)
    return planted.verdict(run, USAGE)


def import_modules(bench: Bench) -> Verdict:
    planted = Planted(bench)
    planted.check(bench, [PYTHON, "-c", "import json"], "json")
    run = bench.run(".", environment=planted.environment, folder=planted.project)
    return planted.verdict(run, BUILT)


def import_by_variable(bench: Bench) -> Verdict:
    """Settings of the caller's for other Pythons do not hold for what buildbox starts."""
    planted = Planted(bench)
    planted.check(bench, [PYTHON, "-c", ""], "sitecustomize", PYTHONPATH=str(planted.project))
    environment = {**planted.environment, "PYTHONPATH": str(planted.project)}
    run = bench.run(".", environment=environment, folder=planted.project)
    return planted.verdict(run, BUILT)


def use_venv(bench: Bench) -> Verdict:
    planted = Planted(bench)
    planted.check(bench, [planted.project / ".venv" / "bin" / "python3"], "venv-python3")
    environment = {**planted.environment, "VIRTUAL_ENV": str(planted.project / ".venv")}
    run = bench.run(".", environment=environment, folder=planted.project)
    return planted.verdict(run, BUILT)


def uv(bench: Bench, *words: object, folder: Path) -> tuple[int, str]:
    environment = {"UV_CACHE_DIR": str(bench.room("cache")), "UV_PYTHON_DOWNLOADS": "never"}
    run = bench.host([bench.toolchain / "bin" / "uv", *words], environment, folder)
    return run.returncode, run.stderr.decode(errors="replace")


def obey_version_file(bench: Bench) -> Verdict:
    """The control: the installer, run there without care, looks for the version that the file names."""
    planted = Planted(bench)
    code, shown = uv(bench, "python", "find", folder=planted.project)
    require(code != 0 and "2.0.0" in shown, f"outside, the file has no say either: {shown[-200:]}")
    run = bench.run("-w", ".", environment=planted.environment, folder=planted.project)
    return planted.verdict(run, BUILT)


def obey_settings(bench: Bench) -> Verdict:
    """uv.toml, pip.conf and [tool.uv] name another index. The control: the installer itself asks it."""
    found = indexes(bench)
    planted = Planted(bench)
    for name in ("uv.toml", "pip.conf", "pyproject.toml"):
        file = planted.project / name
        text = re.sub(r"http://127\.0\.0\.1:9/", f"{found.other.url}/", file.read_text(encoding="utf-8"))
        bench.write(file, text.replace("requires = []", f'requires = ["{HARMLESS}"]'))
    order = bench.write(bench.room("order") / "requirements.txt", f"{HARMLESS}\n")
    found.other.asked.clear()
    _, shown = uv(bench, "pip", "compile", "--python", PYTHON, order, folder=planted.project)
    require(found.other.asked, f"outside, the settings have no say either: {shown[-200:]}")
    found.other.asked.clear()
    environment = {**planted.environment, **found.configured.environment}
    run = bench.run("-w", ".", environment=environment, folder=planted.project)
    asked = [f"the planted index was asked for {path}" for path in found.other.asked[:3]]
    return judge(asked, "") if asked else planted.verdict(run, BUILT)
