"""Gaining something by the program that is executed."""

from __future__ import annotations

import os
import shutil
import subprocess

from .outcome import Outcome, Surroundings, held, reached_if
from .privilege import status_field

READER = "/bin/cat"


def field_of(status: str, name: str) -> str:
    for line in status.splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return value.strip()
    raise OSError(f"the program showed no {name}")


def run_setuid_program(surroundings: Surroundings) -> Outcome:
    """The caller names a copy of id(1) that belongs to somebody else and is setuid."""
    program = [surroundings.targets["probe-setuid"], "-u"]
    shown = subprocess.run(
        program, capture_output=True, text=True, check=True
    ).stdout.strip()
    return reached_if(
        int(shown) != os.geteuid(), f"runs as {shown}, started by {os.geteuid()}"
    )


def run_capable_program(surroundings: Surroundings) -> Outcome:
    """The caller names a copy of cat(1) with file capabilities."""
    program = [surroundings.targets["probe-capable"], "/proc/self/status"]
    status = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    gained = int(field_of(status, "CapEff"), 16) & ~int(status_field("CapEff"), 16)
    return reached_if(gained, f"gained capabilities {gained:x}")


def leave_filter_by_memory_file(surroundings: Surroundings) -> Outcome:
    """Executes a program that lies in no file system."""
    program = os.memfd_create("program", 0)
    with open(READER, "rb") as source, open(program, "wb", closefd=False) as copy:
        shutil.copyfileobj(source, copy)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(writing, 1)
            os.execve(program, [READER, "/proc/self/status"], {})
        finally:
            os._exit(1)
    os.close(writing)
    with open(reading, encoding="ascii", errors="replace") as output:
        status = output.read()
    os.waitpid(child, 0)
    if not status:
        return held("it could not be executed")
    kept = field_of(status, "Seccomp") == "2" and field_of(status, "NoNewPrivs") == "1"
    return reached_if(not kept, f"Seccomp is {field_of(status, 'Seccomp')}")
