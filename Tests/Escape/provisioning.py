"""
Vectors of an installer that is no longer the operator's: what it can reach from where provisioning runs.

The toolchain's `uv` is replaced by `taken_over.py`. Its controls: the same program outside reaches
what it must not reach inside, and inside it reaches the index, through the proxy.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench import PYTHON, Bench, json_lines
from index import HARMLESS, Index
from installing import Indexes, indexes, requiring
from verdict import Vector, Verdict, contained, escaped, failed, require, skipped

PROGRAM = Path(__file__).resolve().parent / "taken_over.py"
PROXY = "127.0.0.1:3128"
METADATA = "169.254.169.254:80"
RELEASE = "/release"
# Reached inside, or nothing is proved by the others.
CONTROLS = ("tunnel-to-index", "page-of-index", "proxy")
# Each with what it is outside: the same without a proxy.
DIRECT = {
    "host-service": "host-service",
    "index-itself": "index-itself",
    "metadata-address": "metadata-address",
    "abstract-socket": "abstract-socket",
    "tunnel-to-other-service": "host-service",
    "page-of-other-service": "host-service",
    "tunnel-to-other-port": "host-service",
    "tunnel-to-metadata": None,
    "page-of-metadata": None,
    "tunnel-to-name": None,
}


class Tries(NamedTuple):
    """What one taken-over installer reached, and what a build could meanwhile."""

    inside: dict[str, dict]
    outside: dict[str, dict]
    build: dict


def vectors(bench: Bench) -> list[Vector]:
    return [
        *(Vector(f"provisioning/{name}", reach(name)) for name in DIRECT),
        Vector("provisioning/proxy-from-a-build", from_a_build),
    ]


def targets(found: Indexes, abstract: str) -> dict[str, tuple[str, str]]:
    index = found.configured.root.removeprefix("http://")
    other = found.other.root.removeprefix("http://")
    port = other.rpartition(":")[2]
    return {
        "tunnel-to-index": ("tunnel", index),
        "page-of-index": ("forward", f"{found.configured.url}/{HARMLESS}/"),
        "proxy": ("connect", PROXY),
        "host-service": ("connect", other),
        "index-itself": ("connect", index),
        "metadata-address": ("route", METADATA),
        "abstract-socket": ("abstract", abstract),
        "tunnel-to-other-service": ("tunnel", other),
        "page-of-other-service": ("forward", f"{found.other.url}/"),
        "tunnel-to-other-port": ("tunnel", f"localhost:{port}"),
        "tunnel-to-metadata": ("tunnel", METADATA),
        "page-of-metadata": ("forward", f"http://{METADATA}/latest/meta-data/"),
        "tunnel-to-name": ("tunnel", "example.org:443"),
        "end": ("wait", found.configured.root + RELEASE),
    }


def take_over(bench: Bench, table: dict[str, tuple[str, str]]) -> Path:
    """A toolchain whose installer is the program."""
    toolchain = bench.room("toolchain") / "toolchain"
    shutil.copytree(bench.toolchain, toolchain, symlinks=True, copy_function=os.link)
    program = toolchain / "bin" / "uv"
    program.unlink()
    text = PROGRAM.read_text(encoding="utf-8").replace("TARGETS = {}  #", f"TARGETS = {table!r}  #")
    program.write_text(f"#!{PYTHON} -I\n{text}", encoding="utf-8")
    program.chmod(0o755)
    return toolchain


def tries(bench: Bench) -> Tries:
    def make() -> Tries:
        found = indexes(bench)
        abstract = bench.targets().get("abstract", "")
        table = targets(found, abstract)
        toolchain = take_over(bench, table)
        environment = {**found.configured.environment, "BUILDBOX_TOOLCHAIN": str(toolchain)}
        output = bench.room("out")
        # A requirement that no lock is kept for: the installer is asked.
        project = requiring(bench, f"{HARMLESS}>=0")
        run = bench.start("--json", "-w", "-o", output, project, environment=environment)
        build = build_meanwhile(bench, found.configured)
        run.finish()
        inside = told(run.stderr)
        require("end" in inside, f"the installer's tries were not told: {run.last_words}")
        for name in CONTROLS:
            require(inside[name]["reached"], f"inside, the {name} was not reached: {inside[name]['detail']}")
        require(run.code == 6, f"a failed installer is not exit 6: {run.last_words}")
        found.other.asked.clear()
        outside = bench.host([PYTHON, "-I", toolchain / "bin" / "uv"], {"no_proxy": "*"})
        return Tries(inside, told(outside.stderr.decode()), build)

    return bench.once("taken over", make)


def told(text: str) -> dict[str, dict]:
    return next((line["tries"] for line in json_lines(text) if "tries" in line), {})


def build_meanwhile(bench: Bench, index: Index) -> dict:
    """While the installer's proxy is there, a build looks for it at its own loopback; then all may go on."""
    try:
        run = bench.run("-w", "-C", f"probe-tcp={PROXY}", bench.project("hostile"))
        found = [line for line in json_lines(run.stderr) if line.get("probe") == "connect-tcp"]
        require(found, f"the build did not look for the proxy: {run.last_words}")
        return found[0]
    finally:
        index.answers[RELEASE] = b"go"


def reach(name: str) -> Callable[[Bench], Verdict]:
    def attempt(bench: Bench) -> Verdict:
        found = tries(bench)
        inside = found.inside[name]
        if inside["reached"]:
            return escaped(inside["detail"])
        control = DIRECT[name]
        if control and not found.outside[control]["reached"]:
            return skipped(f"not reached outside either: {found.outside[control]['detail']}")
        return contained(f"the proxy lets through what is the index's; inside: {inside['detail']}")

    return attempt


def from_a_build(bench: Bench) -> Verdict:
    found = tries(bench)
    if found.build["reached"]:
        return escaped(found.build["detail"])
    if not found.build["tried"]:
        return failed(f"not tried: {found.build['detail']}")
    return contained(f"the installer reached it meanwhile; a build: {found.build['detail']}")
