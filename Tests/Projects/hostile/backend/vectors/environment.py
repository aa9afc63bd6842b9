"""Learning what the host is called, what it runs and what its user had set."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

from .outcome import Outcome, Surroundings, reached_if

CANARY = "BUILDBOX_PROBE_ENV"
OWN_VARIABLES = re.compile(
    "PATH|HOME|PWD|OLDPWD|SHLVL|_|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TERM|USER|LOGNAME|SHELL"
    "|CI|NO_COLOR|FORCE_COLOR|PYTHON.*|SOURCE_DATE_EPOCH|VIRTUAL_ENV|XDG_.*|BUILD_.*"
    "|_?PYPROJECT_HOOKS_.*|PEP517_.*"
)


def see_canary(surroundings: Surroundings) -> Outcome:
    """The caller sets the canary on the host, in the environment of whatever runs this."""
    shown = [name for name in os.environ if CANARY in (name, os.environ[name])]
    return reached_if(shown, shown)


def see_other_variables(surroundings: Surroundings) -> Outcome:
    names = sorted(name for name in os.environ if not OWN_VARIABLES.fullmatch(name))
    return reached_if(names, names)


def see_host_name(surroundings: Surroundings) -> Outcome:
    names = {socket.gethostname(), os.uname().nodename}
    return reached_if(surroundings.targets["probe-hostname"] in names, sorted(names))


def see_cgroup_path(surroundings: Surroundings) -> Outcome:
    lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    deep = [line for line in lines if line.split(":", 2)[2] != "/"]
    return reached_if(deep, deep)


def see_shared_segments(surroundings: Surroundings) -> Outcome:
    found = [
        f"{kind}: {line.split()[1]}"
        for kind in ("shm", "sem", "msg")
        for line in Path("/proc/sysvipc", kind).read_text().splitlines()[1:]
    ]
    return reached_if(found, found[:10])
