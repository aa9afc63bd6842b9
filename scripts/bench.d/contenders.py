"""Who is measured: each makes an sdist and a wheel of a source folder with the same interpreter and frontend."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from measure import call
from sources import Project, fresh, remove

# What the toolchain's pins have that is no part of a ready environment for the frontend.
NOT_IN_FLOOR = ("uv", "backports")

KEPT = re.compile(r"PATH|HOME|USER|XDG_.*|PIP_.*|UV_.*|SSL_CERT_.*|REQUESTS_CA_BUNDLE|.*_(proxy|PROXY)|BUILDBOX_.*")

ASK_HOOKS = """
import json, sys
import build, pyproject_hooks
quiet = pyproject_hooks.quiet_subprocess_runner
builder = build.ProjectBuilder(sys.argv[1], python_executable=sys.argv[2], runner=quiet)
print(json.dumps(sorted(builder.get_requires_for_build("sdist") | builder.get_requires_for_build("wheel"))))
"""

ASK_DECLARED = """
import json, sys
import build
print(json.dumps(sorted(build.ProjectBuilder(sys.argv[1], python_executable=sys.argv[2]).build_system_requires)))
"""


@dataclass(frozen=True)
class Contender:
    key: str
    title: str
    # From the source and the output folder.
    command: Callable[[str, str], list[str]]
    environment: dict[str, str]
    # Whether it prints a result document.
    tells: bool = False
    # Outside of the measured time, before each run.
    before: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Bench:
    """What all contenders have in common."""

    scratch: Path
    binary: Path
    # The interpreter of every build.
    python: Path
    pins: Path

    @property
    def frontend(self) -> Path:
        return self.scratch / "frontend" / "bin" / "python"

    @property
    def home(self) -> Path:
        return self.scratch / "home"

    def environment(self) -> dict[str, str]:
        """A contained build sees nothing of the caller's environment, so neither may a bare one; see scripts/parity."""
        environment = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
        environment.update(
            LANG="C.UTF-8",
            # Beside the caches, or uv would have to copy where it can link.
            TMPDIR=str(self.scratch / "tmp"),
            GIT_CEILING_DIRECTORIES=str(self.scratch),
            # Caches of the bench's own, so that what is warm is known.
            PIP_CACHE_DIR=str(self.scratch / "pip"),
            UV_CACHE_DIR=str(self.scratch / "uv"),
            PIP_DISABLE_PIP_VERSION_CHECK="1",
            BUILDBOX_HOME=str(self.home),
        )
        return environment

    def call(self, *command: object) -> str:
        return call(list(command), self.environment(), self.scratch / "empty", self.scratch / "log")

    def prepare(self) -> None:
        # An empty .git ends the search of backends that look upwards for one.
        for name in (".git", "tmp", "empty", "home"):
            (self.scratch / name).mkdir(mode=0o700)
        self.call(self.python, "-I", "-m", "venv", self.scratch / "frontend")
        self.install(self.pins, self.frontend)

    def install(self, requirements: Path, python: Path) -> None:
        """From pins with hashes, for any interpreter; modules are compiled."""
        self.call(
            self.frontend,
            "-I",
            "-m",
            "pip",
            "--python",
            python,
            "install",
            "--quiet",
            "--require-hashes",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--requirement",
            requirements,
        )

    def floor(self, project: Project) -> Path:
        """The interpreter of an environment with the frontend and exactly what the build of a project requires."""
        folder = self.scratch / "floors" / project.name
        python = folder / "bin" / "python"
        self.call(self.python, "-I", "-m", "venv", "--without-pip", folder)
        frontend = self.scratch / "frontend.txt"
        frontend.write_text(without(NOT_IN_FLOOR, self.pins.read_text(encoding="utf-8")), encoding="utf-8")
        self.install(frontend, python)
        source, _ = fresh(project, self.scratch / "ask")
        for question in (ASK_DECLARED, ASK_HOOKS):
            requires = json.loads(self.call(self.frontend, "-c", question, source, python))
            if requires:
                self.call(
                    self.frontend, "-I", "-m", "pip", "--python", python, "install", "--quiet", "--no-input", *requires
                )
        remove(self.scratch / "ask")
        return python

    def index(self) -> dict[str, str]:
        """pip's index in the words of uv, which does not read pip's configuration."""
        options: dict[str, str] = {}
        lines = self.call(self.frontend, "-I", "-m", "pip", "config", "list").splitlines()
        for section in ("global", "install", ":env:"):
            for line in lines:
                name, _, value = line.partition("=")
                if name.startswith(f"{section}."):
                    options[name[len(section) + 1 :]] = ast.literal_eval(value)
        words = {
            "UV_DEFAULT_INDEX": options.get("index-url", ""),
            "UV_INDEX": " ".join(options.get("extra-index-url", "").split()),
            "UV_FIND_LINKS": ",".join(options.get("find-links", "").split()),
            "UV_NO_INDEX": options.get("no-index", ""),
            "SSL_CERT_FILE": options.get("cert", ""),
        }
        found = {name: value for name, value in words.items() if value and name not in os.environ}
        return {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_PYTHON_DOWNLOADS": "never", **found}

    def forget_environments(self) -> None:
        """Downloads and locks stay."""
        for path in (self.home / "environments").glob("*"):
            if path.is_dir():
                remove(path)
            else:
                path.unlink()

    def contenders(self, floor: Path) -> list[Contender]:
        plain = self.environment()
        uv = {**plain, **self.index()}
        # As in an activated environment: a backend finds the programs that it required.
        activated = {**plain, "PATH": f"{floor.parent}{os.pathsep}{plain.get('PATH', os.defpath)}"}
        frontend, python, binary = str(self.frontend), str(self.python), str(self.binary)
        # An ordinary user may have no control groups; the tables say where they were missing.
        loose = [] if os.geteuid() == 0 else ["--allow-missing", "cgroup"]

        def module(interpreter: str, *options: str) -> Callable[[str, str], list[str]]:
            return lambda source, output: [interpreter, "-m", "build", *options, "--outdir", output, source]

        def buildbox(source: str, output: str) -> list[str]:
            return [binary, "run", "--json", *loose, "--python", python, "--outdir", output, source]

        def uv_build(source: str, output: str) -> list[str]:
            return [str(self.frontend.with_name("uv")), "build", "--python", python, "--out-dir", output, source]

        ready = module(str(floor), "--no-isolation")
        wall = self.bubblewrap(floor)

        def walled(source: str, output: str) -> list[str]:
            return [*wall, "--bind", source, source, "--bind", output, output, *ready(source, output)]

        return [
            Contender("bare", "`python -m build`", module(frontend), plain),
            Contender("bare-uv", "`python -m build --installer uv`", module(frontend, "--installer", "uv"), uv),
            Contender("uv", "`uv build`", uv_build, uv),
            Contender("floor", "floor: `--no-isolation`, ready", ready, activated),
            Contender("bwrap", "floor in bubblewrap", walled, activated),
            Contender("warm", "`buildbox run`, warm", buildbox, plain, tells=True),
            Contender("cold", "`buildbox run`, cold environment", buildbox, plain, True, self.forget_environments),
        ]

    def bubblewrap(self, floor: Path) -> list[str]:
        """As in scripts/bench's part `launcher`, and the environment and its interpreter besides."""
        words = [str(shutil.which("bwrap"))]
        words += [f"--unshare-{name}" for name in ("user", "pid", "net", "ipc", "uts", "cgroup")]
        words += ["--uid", "1000", "--gid", "1000", "--hostname", "buildbox", "--die-with-parent", "--new-session"]
        words += ["--cap-drop", "ALL", "--ro-bind", "/usr", "/usr"]
        for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
            if os.path.islink(f"/{name}"):
                words += ["--symlink", os.readlink(f"/{name}"), f"/{name}"]
        for path in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl/certs"):
            if os.path.exists(path):
                words += ["--ro-bind", path, path]
        words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/home/builder"]
        base = Path(self.call(self.python, "-I", "-c", "import sys; print(sys.base_prefix)").strip())
        for path in (base, floor.parents[1]):
            if path.parts[:2] != ("/", "usr"):
                words += ["--ro-bind", str(path), str(path)]
        return [*words, "--setenv", "HOME", "/home/builder", "--setenv", "TMPDIR", "/tmp", "--chdir", "/home/builder"]

    def versions(self) -> dict[str, str]:
        ask = "import platform, build; print(platform.python_version(), build.__version__)"
        python, build = self.call(self.frontend, "-c", ask).split()
        return {
            "python": python,
            "build": build,
            "pip": self.call(self.frontend, "-m", "pip", "--version").split()[1],
            "uv": self.call(self.frontend.with_name("uv"), "--version").split()[1],
            "bubblewrap": self.call("bwrap", "--version").split()[-1],
            "buildbox": self.call(self.binary, "--version").strip(),
        }


def without(names: tuple[str, ...], pins: str) -> str:
    """A file of pins without some of them: each begins on a line of its own, and goes on on indented ones."""
    kept, keep = [], True
    for line in pins.splitlines(keepends=True):
        if not line.startswith((" ", "\t")):
            keep = not line.startswith(names)
        if keep:
            kept.append(line)
    return "".join(kept)
