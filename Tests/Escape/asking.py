"""Vectors in what is asked of buildbox: requirements, links and settings."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import archives
from bench import PYTHON, TWIN, Bench, json_lines
from index import HARMLESS
from installing import indexes, requiring
from leftovers import Leftovers
from run import Run
from verdict import Vector, Verdict, failed, judge, require

BUILT = 0
BUILD_FAILED = 1
USAGE = 2
REFUSED = 6
SECRET = "a secret of the host"
WHEEL = "hello_intree-1.0-py3-none-any.whl"
# {other} is the address of a service that nothing may ask, {folder} a folder with a wheel.
REQUIREMENTS = {
    "option-line": "--index-url={other}/simple",
    "option-of-a-file": "-r {folder}/requirements.txt",
    "editable": "-e {folder}",
    "url": "buildbox-harmless @ {other}/files/buildbox_harmless-1.0-py3-none-any.whl",
    "bare-url": "{other}/files/buildbox_harmless-1.0-py3-none-any.whl",
    "vcs": "buildbox-harmless @ git+{other}/repository",
    "bare-vcs": "git+{other}/repository",
    "file-url": "buildbox-harmless @ file://{folder}/buildbox_harmless-1.0-py3-none-any.whl",
    "path": "{folder}/buildbox_harmless-1.0-py3-none-any.whl",
    "relative-path": "./buildbox_harmless-1.0-py3-none-any.whl",
    "bare-file-name": "buildbox_harmless-1.0-py3-none-any.whl",
    "second-line": "buildbox-harmless\n--index-url {other}/simple",
    "hash-option": "buildbox-harmless --index-url {other}/simple",
    "variable": "buildbox-harmless @ {other}/${{HOME}}",
}


def vectors(bench: Bench) -> list[Vector]:
    return [
        *(Vector(f"requests/requirement-{name}", require_odd(text)) for name, text in REQUIREMENTS.items()),
        *archives.vectors(bench),
        Vector("requests/link-out-of-the-source", follow_link_of_source),
        Vector("requests/default-dist-is-a-link", deliver_through_link),
        Vector("requests/dist-is-a-link-to-a-link", deliver_through_links),
        Vector("requests/root-shown-through-a-link", show_through("/", "{file}")),
        Vector("requests/proc-shown-through-a-link", show_through("/proc", "/{process}/status")),
        Vector("requests/link-of-the-project-shown", show_link_of_project),
        Vector("requests/setting-like-an-option", pass_option("-C", "--outdir={elsewhere}")),
        Vector("requests/json-like-an-option", pass_option("--config-json", '{{"--outdir": "{elsewhere}"}}')),
        Vector("requests/setting-moves-source", pass_option("-C", "--srcdir={elsewhere}")),
        Vector("requests/variable-moves-output", pass_option("-e", "PYPROJECT_OUTDIR={elsewhere}")),
        Vector("requests/archive-like-an-option", build_archive_like_option),
    ]


def require_odd(text: str) -> Callable[[Bench], Verdict]:
    """The control: the same requirement by its name alone is installed, from the configured index."""

    def attempt(bench: Bench) -> Verdict:
        found = indexes(bench)
        folder = bench.room("wheels")
        file = "buildbox_harmless-1.0-py3-none-any.whl"
        (folder / file).write_bytes(found.other.answers[f"/files/{file}"])
        bench.write(folder / "requirements.txt", f"{HARMLESS}\n")
        project = requiring(bench, text.format(other=found.other.root, folder=folder))
        (project / file).write_bytes((folder / file).read_bytes())
        found.other.asked.clear()
        run = bench.build(project, "-w", environment=found.configured.environment)
        faults = [f"another service was asked for {path}" for path in found.other.asked[:3]]
        faults += [f"delivered {name}" for name in run.delivered()] + Leftovers.of(run).faults
        if run.code == BUILT:
            faults.append("it was installed")
        elif run.code not in (BUILD_FAILED, REFUSED):
            return failed(f"unexpected: {run.last_words}")
        return judge(faults, f"by name it is installed; {run.last_words}")

    return attempt


def secret_of(bench: Bench) -> Path:
    """A file of the user's own outside the project: only the sandbox keeps it from the build."""
    return bench.once("secret", lambda: bench.write(bench.room("secret") / "secret", SECRET))


def holds_secret(wheel: Path) -> bool:
    with zipfile.ZipFile(wheel) as archive:
        return any(SECRET.encode() in archive.read(name) for name in archive.namelist())


def follow_link_of_source(bench: Bench) -> Verdict:
    """The control: outside, the same backend packs what the link leads to."""
    project = bench.project(TWIN)
    (project / "src" / "hello_intree" / "secret.txt").symlink_to(secret_of(bench))
    room = bench.room("outside")
    backend = f"import sys; sys.path.insert(0, 'backend'); import plain_backend as b; b.build_wheel({str(room)!r})"
    bench.host([PYTHON, "-c", backend], folder=project)
    require(holds_secret(room / WHEEL), "outside, the wheel does not hold the secret")
    run = bench.build(project, "-w")
    faults = Leftovers.of(run).faults
    if any(holds_secret(run.output / name) for name in run.delivered()):
        faults.append("the delivered wheel holds a secret of the host")
    return judge(faults, f"outside, the wheel holds the secret; inside: {run.last_words}")


def deliver_through_link(bench: Bench) -> Verdict:
    return deliver(bench, bench.project(TWIN), bench.room("elsewhere"))


def deliver_through_links(bench: Bench) -> Verdict:
    project, elsewhere = bench.project(TWIN), bench.room("elsewhere")
    (project / "second").symlink_to(elsewhere)
    return deliver(bench, project, project / "second")


def deliver(bench: Bench, project: Path, elsewhere: Path) -> Verdict:
    (project / "dist").symlink_to(elsewhere)
    run = bench.run("-w", project)
    faults = Leftovers.of(run).faults + [f"wrote {name} there" for name in os.listdir(elsewhere)]
    named = bench.run("-w", "-o", elsewhere, project)
    require(named.code == BUILT and os.listdir(elsewhere), f"the caller cannot name it either: {named.last_words}")
    if run.code == BUILT:
        faults.append("it counts as a success")
    return judge(faults, f"named with -o it is written to; {run.last_words}")


def show_through(target: str, below: str) -> Callable[[Bench], Verdict]:
    """
    What is refused by its name must not be shown by another. The controls: a folder that is named
    as it is can be read inside, and what the link leads to, outside.
    """

    def attempt(bench: Bench) -> Verdict:
        secret = secret_of(bench)
        plain, line = read_inside(bench, secret.parent, secret)
        require(plain.code == BUILT and line["reached"], f"a plain folder is not shown: {plain.last_words}")
        link = bench.room("links") / "link"
        link.symlink_to(target)
        file = Path(f"{link}{below.format(file=secret, process=os.getpid())}")
        require(file.read_bytes(), "outside, the link does not lead there")
        run, line = read_inside(bench, link, file)
        faults = Leftovers.of(run).faults
        if line and line["reached"]:
            faults.append(f"--ro of a link to {target}: {line['detail']}")
        return judge(faults, f"a plain folder is shown; {line['detail'] if line else run.last_words}")

    return attempt


def show_link_of_project(bench: Bench) -> Verdict:
    """A folder of the project that the caller names may have become a link meanwhile."""
    secret = secret_of(bench)
    plain, line = read_inside(bench, secret.parent, secret)
    require(plain.code == BUILT and line["reached"], f"a plain folder is not shown: {plain.last_words}")
    project = bench.project("hostile")
    (project / "data").symlink_to(secret.parent)
    run, line = read_inside(bench, project / "data", project / "data" / "secret", project)
    faults = Leftovers.of(run).faults
    if line and line["reached"]:
        faults.append(f"--ro of a link that the project made: {line['detail']}")
    return judge(faults, f"a plain folder is shown; {line['detail'] if line else run.last_words}")


def read_inside(bench: Bench, shown: Path, file: Path, project: Path | None = None) -> tuple[Run, dict | None]:
    words = ("-w", "--ro", shown, "-C", f"probe-file={file}")
    run = bench.run(*words, "-o", bench.room("out"), project or bench.project("hostile"))
    lines = [line for line in json_lines(run.stderr) if line.get("probe") == "read-host-file"]
    return run, lines[0] if lines else None


def pass_option(option: str, value: str) -> Callable[[Bench], Verdict]:
    """The control: the same setting with a harmless name is accepted, and the wheel is where it belongs."""

    def attempt(bench: Bench) -> Verdict:
        bench.twin_builds(TWIN, "-w", "-C", "harmless=1", "-e", "HARMLESS=1")
        elsewhere = bench.room("elsewhere", 0o777)
        run = bench.build(bench.project(TWIN), "-w", option, value.format(elsewhere=elsewhere))
        faults = Leftovers.of(run).faults + [f"wrote {name} elsewhere" for name in os.listdir(elsewhere)]
        if run.code == BUILT and run.delivered() != [WHEEL]:
            faults.append(f"delivered {run.delivered()}")
        elif run.code not in (BUILT, BUILD_FAILED, USAGE):
            return failed(f"unexpected: {run.last_words}")
        return judge(faults, f"harmless settings are accepted; {run.last_words}")

    return attempt


def build_archive_like_option(bench: Bench) -> Verdict:
    """The control: the same bytes under their own name are built."""
    folder, elsewhere = bench.room("archive"), bench.room("elsewhere", 0o777)
    archive = archives.good_archive(bench, folder / "hello_intree-1.0.tar.gz")
    require(bench.build(archive, "-w").code == BUILT, "the archive is not built under its own name")
    odd = archive.rename(folder / f"--outdir={str(elsewhere).replace('/', '_')}-1.0.tar.gz")
    faults = []
    for words in ((f"./{odd.name}",), ("--", odd.name), (odd,)):
        run = bench.run("-w", "-o", bench.room("out"), *words, folder=folder)
        faults += Leftovers.of(run).faults + [f"wrote {name} elsewhere" for name in os.listdir(elsewhere)]
        strangers = set(os.listdir(folder)) - {odd.name}
        faults += [f"wrote {name} beside the archive" for name in strangers]
    return judge(faults, f"under its own name it is built; {run.last_words}")
