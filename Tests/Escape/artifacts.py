"""Vectors in what a build leaves and in what it prints."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import subprocess
import zipfile
from collections.abc import Callable

from bench import Bench
from leftovers import Leftovers
from run import Run
from verdict import Vector, Verdict, contained, escaped, failed, judge, require

REJECTED = 7
BUILT = 0
FAILED = 1
WHEEL = "artifacts-1.0-py3-none-any.whl"
LIMITS = ("--disk", "64MiB")
BAD_WHEELS = (
    "link",
    "hardlink",
    "fifo",
    "socket",
    "directory",
    "newline-name",
    "dotdot",
    "non-utf8",
    "bidi",
    "zip-slip",
    "zip-absolute",
    "duplicate",
    "bad-record",
    "record-missing-file",
    "record-absent-file",
    "no-record",
    "not-a-zip",
    "zip-bomb",
    "wrong-name",
    "two-wheels",
    "nothing",
)
BAD_SDISTS = ("sdist-link-out", "sdist-two-tops", "sdist-absolute", "sdist-dotdot", "sdist-device", "sdist-duplicate")
# What may be delivered once it is a plain file with a plain mode; with `device`, the build itself fails.
MADE_HARMLESS = {
    "mode-000": (BUILT, REJECTED),
    "setuid": (BUILT, REJECTED),
    "long-name": (BUILT, REJECTED),
    "linked-dist": (BUILT, REJECTED),
    "swap": (BUILT, REJECTED),
    "writing": (BUILT, REJECTED),
    "device": (FAILED, REJECTED),
}
DAEMONS = ("swap", "writing")
# A colour is the one sequence that may pass (ECMA-48, SGR).
COLOUR = re.compile(rb"\x1b\[[0-9;:]*m")
UNSAFE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
HIDDEN = re.compile("[\x80-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def vectors(bench: Bench) -> list[Vector]:
    return [
        *(Vector(f"artifacts/{kind}", refuse(kind, "-w")) for kind in BAD_WHEELS),
        *(Vector(f"artifacts/{kind}", refuse(kind, "-s")) for kind in BAD_SDISTS),
        *(Vector(f"artifacts/{kind}", make_harmless(kind, codes)) for kind, codes in MADE_HARMLESS.items()),
        Vector("artifacts/wrong-version", deliver_wrong_version),
        Vector("logs/forged-document", forge_document),
        Vector("logs/terminal-escapes", steer_terminal),
        Vector("logs/invalid-utf-8-in-document", break_document),
    ]


def build(bench: Bench, kind: str, option: str) -> Run:
    bench.twin_builds("artifacts", option, *LIMITS)
    return bench.build(bench.project("artifacts"), option, *LIMITS, "-C", f"artifact={kind}")


def faults_of(bench: Bench, run: Run) -> list[str]:
    return run.odd_deliveries(bench.user.number) + Leftovers.of(run).faults


def refuse(kind: str, option: str) -> Callable[[Bench], Verdict]:
    """The control: without the setting, the same project gives its artifact."""

    def attempt(bench: Bench) -> Verdict:
        run = build(bench, kind, option)
        faults = faults_of(bench, run) + [f"delivered {name!r}" for name in run.delivered()]
        if run.code == BUILT:
            faults.append("the build counts as a success")
        elif run.code != REJECTED:
            return failed(f"it was not rejected, but: {run.last_words}")
        return judge(faults, f"the twin is accepted; {run.last_words}")

    return attempt


def make_harmless(kind: str, codes: tuple[int, ...]) -> Callable[[Bench], Verdict]:
    def attempt(bench: Bench) -> Verdict:
        run = build(bench, kind, "-w")
        if run.code not in codes:
            return failed(f"unexpected: {run.last_words}")
        if kind in DAEMONS:
            require("the daemon has begun" in run.stderr, "nothing was left running")
        faults = faults_of(bench, run)
        told = {artifact["name"]: artifact["sha256"] for artifact in run.document["artifacts"]}
        for name in run.delivered():
            if told.get(name) != hashlib.sha256((run.output / name).read_bytes()).hexdigest():
                faults.append(f"{name!r} is not what the result tells of")
            if not is_own_wheel(run, name):
                faults.append(f"{name!r} is not the wheel that the project builds")
        if run.code != BUILT and run.delivered():
            faults.append(f"delivered {run.delivered()} of a build that did not succeed")
        return judge(faults, f"the twin is accepted; delivered {len(run.delivered())} plain files, exit {run.code}")

    return attempt


def is_own_wheel(run: Run, name: str) -> bool:
    try:
        with zipfile.ZipFile(run.output / name) as archive:
            return "artifacts-1.0.dist-info/METADATA" in archive.namelist() and archive.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False


def deliver_wrong_version(bench: Bench) -> Verdict:
    """A project may decide on its version as it builds, so what counts is that the result tells the truth."""
    run = build(bench, "wrong-version", "-w")
    faults = faults_of(bench, run)
    if run.code == REJECTED:
        return judge(faults, f"the twin is accepted; {run.last_words}")
    require(run.code == BUILT, f"unexpected: {run.last_words}")
    told = [artifact.get("name") for artifact in run.document["artifacts"]]
    if told != run.delivered() or WHEEL in told:
        faults.append(f"told of {told}, delivered {run.delivered()}")
    return judge(faults, f"the twin is accepted; delivered and reported as what it is: {told}")


def forge_document(bench: Bench) -> Verdict:
    """The control: the forged document was printed, on both streams."""
    run = build(bench, "escapes", "-w")
    require(run.stderr.count('"id": "forged"') >= 2, "the forged document was not printed")
    document = run.document
    faults = faults_of(bench, run)
    if document["id"] == "forged" or [found["name"] for found in document["artifacts"]] != [WHEEL]:
        faults.append(f"the result is forged: {document['artifacts']}")
    plain = bench.run("-w", "-o", bench.room("out"), "-C", "artifact=escapes", bench.project("artifacts"))
    if len(plain.stdout.splitlines()) != 1 or not plain.stdout.endswith(f"/{WHEEL}\n"):
        faults.append(f"the paths are forged: {plain.stdout!r}")
    return judge(faults, "the forged document went to the log; the result tells of the real wheel alone")


def break_document(bench: Bench) -> Verdict:
    """Bytes that are no text must not make the document unreadable."""
    bench.twin_builds("artifacts", "-w", *LIMITS)
    output = bench.room("out")
    file = bench.room("result") / "result.json"
    run = bench.run(
        "-w", "--json", "--result-file", file, "-o", output, "-C", "artifact=escapes", bench.project("artifacts")
    )
    require(b"\xff\xfe" in run.stderr_bytes, "no invalid bytes were printed")
    for text in (run.stdout, file.read_bytes().decode(errors="replace")):
        if "\ufffd" in text or json.loads(text)["schema"] != "buildbox.result/v1":
            return escaped("the document is not text")
    return contained("the invalid bytes went to the log; both documents are UTF-8 and JSON")


def steer_terminal(bench: Bench) -> Verdict:
    """The control: into a pipe, the same log arrives as it was printed."""
    raw = build(bench, "escapes", "-w").stderr_bytes
    require(unsafe_in(raw), "nothing that steers a terminal was printed")
    shown = run_on_terminal(bench, "-w", "-C", "artifact=escapes", bench.project("artifacts"))
    require(b"a forged window title" in shown, "the terminal did not show the log")
    # What buildbox itself writes there to clear its status line is known.
    faults = unsafe_in(shown.replace(b"\x1b[K", b"").replace(b"\x1b[2K", b"").replace(b"\r", b""))
    return judge([f"a terminal would be sent {fault!r}" for fault in faults[:5]], "only colours reach a terminal")


def unsafe_in(data: bytes) -> list[bytes | str]:
    rest = COLOUR.sub(b"", data)
    try:
        hidden: list[bytes | str] = list(HIDDEN.findall(rest.decode()))
    except UnicodeDecodeError as error:
        hidden = [rest[error.start : error.end]]
    return [*UNSAFE.findall(rest), *hidden]


def run_on_terminal(bench: Bench, *arguments: object) -> bytes:
    ours, theirs = pty.openpty()
    command = [str(bench.binary), "run", "-o", str(bench.room("out"))]
    command += [] if bench.cgroups else ["--allow-missing", "cgroup"]
    with subprocess.Popen(
        [*command, *(str(word) for word in arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=bench.environment({"TERM": "xterm"}),
        cwd=bench.folder,
        **bench.user.process_options,
    ):
        os.close(theirs)
        shown = b""
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:
                # The other side is closed.
                break
            if not data:
                break
            shown += data
    os.close(ours)
    return shown
