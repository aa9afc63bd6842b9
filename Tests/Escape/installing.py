"""Vectors in build requirements that an index has, and in what a backend asks for as it runs."""

from __future__ import annotations

import contextlib
import io
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench import PYTHON, Bench
from index import HARMLESS, Index, Indexes
from leftovers import Leftovers
from run import Run
from verdict import Vector, Verdict, failed, judge, require, skipped

BUILT = 0
REFUSED = 6
CAUGHT = "/caught"
RAN = "the payload ran"
KNOWN = ("iniconfig", "tomli", "pluggy", "packaging", "six", "attrs", "idna", "zipp")
# Rounds of a backend that asks ever anew, and one name more in each.
MOST_ROUNDS = 3
DYNAMIC = {
    "options": (1, REFUSED),
    "newline": (1, REFUSED),
    "path": (1, REFUSED),
    "types": (1, REFUSED),
    "url": (REFUSED,),
    "variable": (REFUSED,),
    "rounds": (REFUSED,),
    "endless": (REFUSED,),
    "many": (REFUSED,),
    "long": (REFUSED,),
}


def vectors(bench: Bench) -> list[Vector]:
    return [
        Vector("installing/pth-at-start", run_pth),
        Vector("installing/script-named-python", run_script),
        Vector("installing/code-of-an-sdist", run_setup),
        Vector("installing/redirect", follow_redirect),
        Vector("installing/link-elsewhere", follow_link),
        *(Vector(f"installing/dynamic-{attack}", ask(attack, codes)) for attack, codes in DYNAMIC.items()),
        Vector("installing/wheelhouse", lambda bench: skipped("buildbox makes no wheelhouse")),
    ]


def indexes(bench: Bench) -> Indexes:
    """The control of everything here: what the configured index has is installed."""

    def make() -> Indexes:
        found = Indexes(bench.keep(Index()), bench.keep(Index()))
        folder = bench.room("wheels")
        for name in (HARMLESS, *KNOWN):
            module = name.replace("-", "_")
            found.configured.add_wheel(folder, name, {f"{module}/__init__.py": b""})
        found.other.add_wheel(folder, HARMLESS, {"elsewhere/__init__.py": b""})
        run = build_with(bench, found.configured, HARMLESS)
        require(run.code == BUILT, f"nothing can be installed from an index on the loopback: {run.last_words}")
        require(found.configured.asked, "the index was not asked")
        return found

    return bench.once("indexes", make)


def build_with(bench: Bench, index: Index, *requires: str) -> Run:
    return bench.build(requiring(bench, *requires), "-w", environment=index.environment)


def requiring(bench: Bench, *requires: str) -> Path:
    """A project that builds, once it has these requirements."""
    project = bench.project("hello-intree")
    file = project / "pyproject.toml"
    listed = ", ".join(toml_string(text) for text in requires)
    bench.write(file, file.read_text(encoding="utf-8").replace("requires = []", f"requires = [{listed}]"))
    return project


def toml_string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def payload(marks: Path, index: Index) -> str:
    """One line of Python, as a .pth may hold, that leaves a mark on the host and tells the index."""
    mark, url = str(marks / "mark"), index.root + CAUGHT
    program = f"""
import contextlib, pathlib, sys, urllib.request as request
print({RAN!r}, file=sys.stderr, flush=True)
with contextlib.suppress(Exception):
    pathlib.Path({mark!r}).touch()
with contextlib.suppress(Exception):
    request.build_opener(request.ProxyHandler({{}})).open({url!r}, timeout=2)
"""
    return f"import sys; exec({program!r})"


def traces(marks: Path, index: Index) -> list[str]:
    """What the payload left; forgotten with this."""
    found = [f"left {path.name} on the host" for path in marks.iterdir()]
    found += [f"reached {path}" for path in index.asked if path.startswith(CAUGHT)]
    for path in marks.iterdir():
        path.unlink()
    index.asked[:] = [path for path in index.asked if not path.startswith(CAUGHT)]
    return found


def check_payload(bench: Bench, marks: Path, index: Index, command: list[object]) -> None:
    """The control: outside, the same code leaves both traces."""
    shown = bench.host(command).stderr.decode(errors="replace")
    found = traces(marks, index)
    require(len(found) == 2, f"outside, the payload left only {found}: {shown[-200:]}")


def verdict_on(bench: Bench, run: Run, marks: Path, index: Index, codes: tuple[int, ...]) -> Verdict:
    faults = traces(marks, index) + Leftovers.of(run).faults
    if not faults and run.code not in codes:
        return failed(f"unexpected: {run.last_words}")
    ran = "where it ran" if RAN in run.stderr else "where it never ran"
    return judge(faults, f"outside it leaves a mark and reaches the index; neither inside, {ran}, exit {run.code}")


def run_pth(bench: Bench) -> Verdict:
    index = indexes(bench).configured
    marks = bench.room("marks", 0o777)
    line = payload(marks, index)
    sites = bench.room("site")
    bench.write(sites / "trap.pth", line + "\n")
    check_payload(bench, marks, index, [PYTHON, "-c", f"import site; site.addsitedir({str(sites)!r})"])
    index.add_wheel(bench.room("wheels"), "trap-pth", {"trap.pth": f"{line}\n".encode()})
    return verdict_on(bench, build_with(bench, index, "trap-pth"), marks, index, (BUILT,))


def run_script(bench: Bench) -> Verdict:
    index = indexes(bench).configured
    marks = bench.room("marks", 0o777)
    script = f"#!{PYTHON}\n{payload(marks, index)}\n"
    program = bench.write(bench.room("script") / "python", script, 0o755)
    check_payload(bench, marks, index, [program])
    names = ("python", "python3", "uv", "pip")
    members = {f"{{stem}}.data/scripts/{name}": script.encode() for name in names}
    index.add_wheel(bench.room("wheels"), "trap-script", members)
    return verdict_on(bench, build_with(bench, index, "trap-script"), marks, index, (BUILT, 1, REFUSED))


def run_setup(bench: Bench) -> Verdict:
    """An installer that builds a requirement's sdist would run its code, with the network."""
    index = indexes(bench).configured
    marks = bench.room("marks", 0o777)
    setup = bench.write(bench.room("setup") / "setup.py", payload(marks, index) + "\n")
    check_payload(bench, marks, index, [PYTHON, setup])
    archive = bench.room("sdists") / "trap_setup-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as members:
        info = b"Metadata-Version: 2.1\nName: trap-setup\nVersion: 1.0\nDynamic: Requires-Dist\n"
        for name, data in {"PKG-INFO": info, "setup.py": setup.read_bytes()}.items():
            member = tarfile.TarInfo(f"trap_setup-1.0/{name}")
            member.size = len(data)
            members.addfile(member, io.BytesIO(data))
    index.add("trap-setup", archive)
    return verdict_on(bench, build_with(bench, index, "trap-setup"), marks, index, (REFUSED,))


def follow_redirect(bench: Bench) -> Verdict:
    """To another service of this host, as it would be to one of a private network."""
    found = indexes(bench)
    found.configured.answers["/simple/trap-redirect"] = f"{found.other.root}{CAUGHT}/"
    return lead_elsewhere(bench, found, "trap-redirect", f"{found.configured.url}/trap-redirect/")


def follow_link(bench: Bench) -> Verdict:
    """The page of a project names a file on another service."""
    found = indexes(bench)
    file = "trap_link-1.0-py3-none-any.whl"
    page = f'<a href="{found.other.root}{CAUGHT}/{file}">{file}</a>'
    found.configured.answers["/simple/trap-link"] = page.encode()
    return lead_elsewhere(bench, found, "trap-link", f"{found.other.root}{CAUGHT}/{file}")


def lead_elsewhere(bench: Bench, found: Indexes, name: str, url: str) -> Verdict:
    found.other.asked.clear()
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url).close()
    require(found.other.asked, "outside, nothing led to the other service")
    found.other.asked.clear()
    run = build_with(bench, found.configured, name)
    faults = [f"the other service was asked for {path}" for path in found.other.asked[:3]] + Leftovers.of(run).faults
    if not faults and run.code != REFUSED:
        return failed(f"unexpected: {run.last_words}")
    host = found.other.root.removeprefix("http://")
    if not faults and not (host in run.stderr and "BUILDBOX_INDEX_HOSTS" in run.stderr):
        return failed(f"refused without the host's name and what can be done: {run.last_words}")
    return judge(faults, f"followed outside; not followed by a build, which is refused and told of {host}")


def ask(attack: str, codes: tuple[int, ...]) -> Callable[[Bench], Verdict]:
    def attempt(bench: Bench) -> Verdict:
        bench.twin_builds("dynamic-hostile", "-w")
        found = indexes(bench)
        found.configured.asked.clear()
        found.other.asked.clear()
        project = bench.project("dynamic-hostile")
        run = bench.build(project, "-w", "-C", f"attack={attack}", environment=found.configured.environment)
        names = {path.split("/")[2] for path in found.configured.asked if path.startswith("/simple/")}
        faults = Leftovers.of(run).faults + [f"delivered {name}" for name in run.delivered()]
        if len(names) > MOST_ROUNDS + 1:
            faults.append(f"the index was asked for {len(names)} names")
        if run.code == BUILT:
            faults.append("it counts as a success")
        elif run.code not in codes:
            return failed(f"unexpected: {run.last_words}")
        return judge(faults, f"the twin builds; {len(names)} names asked for; {run.last_words}")

    return attempt
