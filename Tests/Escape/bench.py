"""Where the vectors are tried: an installation, a user, folders that go away, and runs."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from leftovers import Leftovers
from run import MOST_SECONDS, Run
from targets import Targets
from user import User, copy_installation
from verdict import Broken, require

PROJECTS = Path(__file__).resolve().parent.parent / "Projects"
PYTHON = "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else sys.executable
HOST_TIME = 300
USUAL_SECONDS = 1.5
TWIN = "hello-intree"
Value = TypeVar("Value")


class Bench:
    def __init__(self, binary: Path, toolchain: Path, profiles: Path, user: User, patience: float = 1.0) -> None:
        self.user = user
        # How much longer than usual the suite itself waits. The limits that are tried grow with `slowness`.
        self.patience = patience
        self.folder = Path(tempfile.mkdtemp(prefix="buildbox-escape-", dir="/tmp"))
        self.folder.chmod(0o755)
        self._known: dict[str, object] = {}
        self._open: list[contextlib.AbstractContextManager] = []
        installation = self.folder / "installed"
        copy_installation(binary, toolchain, profiles, installation)
        self.binary = installation / binary.name
        self.toolchain = installation / "toolchain"
        self.home = self.room("home")
        self.projects = self.folder / "projects"
        shutil.copytree(PROJECTS, self.projects, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        self.cgroups = True
        self.slowness = 1.0

    def close(self) -> None:
        while self._open:
            self._open.pop().__exit__(None, None, None)
        shutil.rmtree(self.folder)

    def once(self, name: str, make: Callable[[], Value]) -> Value:
        """What several vectors share is made when the first one asks for it; so is its failure."""
        if name not in self._known:
            try:
                self._known[name] = make()
            except Broken as error:
                self._known[name] = error
        value = self._known[name]
        if isinstance(value, Broken):
            raise value
        return value

    def keep(self, opened: contextlib.AbstractContextManager[Value]) -> Value:
        """Open until the end of the suite."""
        value = opened.__enter__()
        self._open.append(opened)
        return value

    def room(self, name: str = "room", mode: int = 0o755) -> Path:
        """A new folder that belongs to the user."""
        path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        path.chmod(mode)
        self.user.own(path)
        return path

    def project(self, name: str) -> Path:
        """A copy that belongs to the user, in a room of its own."""
        copy = self.room(name) / name
        shutil.copytree(self.projects / name, copy, symlinks=True)
        self.user.own(copy)
        return copy

    def write(self, path: Path, text: str, mode: int = 0o644) -> Path:
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        self.user.own(path)
        return path

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """None of the caller's settings: they would steer pip, uv or the interpreter."""
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PIP_CONFIG_FILE": os.devnull,
            "HOME": str(self.home),
            "BUILDBOX_HOME": str(self.home / "state"),
            "BUILDBOX_TOOLCHAIN": str(self.toolchain),
            **(more or {}),
        }

    def host(
        self, command: Sequence[object], environment: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> subprocess.CompletedProcess:
        """A command outside any sandbox, as the user: a control."""
        return subprocess.run(
            [str(word) for word in command],
            env=self.environment(environment),
            cwd=folder or self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=HOST_TIME * self.patience,
            check=False,
            **self.user.process_options,
        )

    def as_stranger(
        self, command: Sequence[object], environment: Mapping[str, str], number: int
    ) -> subprocess.CompletedProcess:
        """The same as an ordinary user, which only root can do."""
        return subprocess.run(
            [str(word) for word in command],
            env=self.environment(environment),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=HOST_TIME * self.patience,
            check=False,
            user=number,
            group=number,
            extra_groups=[],
        )

    def targets(self) -> dict[str, str]:
        """Settings that name harmless things on the host, there until the end of the suite."""
        command = [PYTHON, str(self.projects / "hostile_targets.py"), str(self.room("targets", 0o777))]
        targets = Targets(command, self.environment(), self.user.process_options, 10 * self.patience)
        return self.once("targets", lambda: self.keep(targets))

    def start(
        self, *arguments: object, environment: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> Run:
        """`buildbox run ARGUMENTS`, whose processes can be told from all others by a mark."""
        mark = uuid.uuid4().hex
        words = ["-e", f"BUILD_ESCAPE_MARK={mark}", *(str(word) for word in arguments)]
        if not self.cgroups:
            words = ["--allow-missing", "cgroup", *words]
        return Run(
            [str(self.binary), "run", *words],
            mark,
            self.room("run"),
            folder or self.folder,
            self.environment(environment),
            self.user.process_options,
            MOST_SECONDS * self.patience,
        )

    def run(self, *arguments: object, **options) -> Run:
        return self.start(*arguments, **options).finish()

    def build(self, project: Path | str, *arguments: object, **options) -> Run:
        """A run with a result document and an output folder of its own."""
        output = self.room("out")
        run = self.start("--json", "-o", output, *arguments, project, **options)
        run.output = output
        return run.finish()

    def twin_builds(self, name: str = TWIN, *arguments: object) -> None:
        """The control of everything that must be refused or stopped: without the attack, it builds."""

        def build() -> None:
            run = self.build(self.project(name), *arguments)
            require(run.code == 0, f"the harmless twin {name} does not build: {run.last_words}")
            require(run.delivered(), f"the harmless twin {name} leaves no artifact")
            left = Leftovers.of(run)
            require(not left, f"even the harmless twin {name} leaves {left}")

        self.once(f"twin {name} {arguments}", build)

    def find_cgroups(self) -> str | None:
        """Whether runs may have limits by control group here; the reason, where not."""
        run = self.run("-w", self.project(TWIN))
        if run.code == 4 and "cgroup" in run.stderr:
            self.cgroups = False
            return "no control group is delegated to this user"
        return None

    def measure(self) -> None:
        """Time limits grow with the time that the harmless project takes: some machines are emulated."""
        for _ in range(2):
            run = self.run("-w", self.project(TWIN))
            if run.code != 0:
                raise SystemExit(f"the harmless project {TWIN} does not build here:\n{run.stderr}")
        self.slowness = max(1.0, run.seconds / USUAL_SECONDS)

    def seconds(self, usual: float) -> str:
        """A time limit in the words of the command line."""
        return f"{math.ceil(usual * self.slowness)}s"


def json_lines(text: str) -> Iterator[dict]:
    """The lines of a log that are JSON objects of a probe or a bomb. Within a message of buildbox's they are marked."""
    for line in (line.removeprefix("  | ") for line in text.splitlines()):
        if line.startswith('{"'):
            with contextlib.suppress(ValueError):
                yield json.loads(line)
