"""The projects' source folders: unpacked from pinned source distributions, and copied for every run."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from measure import call, give_up

# hello lies in this repository. The others are in the corpus, where their releases are pinned.
NAMES = ("hello", "six", "attrs", "packaging", "flit_core", "poetry-core", "MarkupSafe", "pybind11")


@dataclass(frozen=True)
class Project:
    name: str
    version: str
    folder: Path


def key_of(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def pins(corpus: Path) -> dict[str, str]:
    """The lines of projects.txt by the names in them."""
    lines = (line.split("#")[0].strip() for line in (corpus / "projects.txt").read_text(encoding="utf-8").splitlines())
    return {key_of(line.partition("==")[0]): line for line in lines if "==" in line}


def fetch(names: list[str], corpus: Path, scratch: Path, python: Path, environment: dict[str, str]) -> list[Project]:
    """The named projects, unpacked. The corpus' own program downloads them; nothing of a project is run."""
    wanted = {name: pins(corpus)[key_of(name)] for name in names if name != "hello"}
    downloads, log = scratch / "corpus", scratch / "log"
    manifest = {}
    if wanted:
        program = [python, corpus / "fetch.py", *wanted.values()]
        printed = call(program, {**environment, "CORPUS_DIR": str(downloads)}, scratch, log)
        manifest = json.loads((downloads / "manifest.json").read_text(encoding="utf-8"))
        missing = [
            pin for name, pin in wanted.items() if manifest.get(key_of(name), {}).get("index_hash_ok") is not True
        ]
        if missing:
            log.write_text(printed, encoding="utf-8")
            give_up(f"could not fetch {', '.join(missing)}", log)
    return [hello(scratch) if name == "hello" else unpacked(name, manifest[key_of(name)], scratch) for name in names]


def unpacked(name: str, entry: dict[str, str], scratch: Path) -> Project:
    place = scratch / "sources" / key_of(name)
    place.mkdir(parents=True)
    archive = scratch / "corpus" / "sdists" / entry["file"]
    call(["tar", "--extract", "--no-same-owner", "--file", archive], dict(os.environ), place, scratch / "log")
    (folder,) = place.iterdir()
    return Project(name, entry["version"], folder)


def hello(scratch: Path) -> Project:
    """Without what builds may have left in the checkout."""
    source = Path(__file__).resolve().parents[2] / "Tests" / "Projects" / "hello"
    place = scratch / "sources" / "hello" / "hello-1.0.0"
    shutil.copytree(source, place, ignore=shutil.ignore_patterns("dist", "build", "*.egg-info", "__pycache__"))
    return Project("hello", "1.0.0", place)


def fresh(project: Project, place: Path) -> tuple[Path, Path]:
    """A pristine copy with its times kept, and an empty output folder, in a new folder `place`."""
    remove(place)
    place.mkdir(parents=True)
    source, output = place / project.folder.name, place / "out"
    shutil.copytree(project.folder, source, symlinks=True)
    output.mkdir()
    return source, output


def fault_of(output: Path) -> str:
    """What is wrong with an output folder, empty where it holds one wheel and one source distribution."""
    # `uv build` leaves a .gitignore.
    names = sorted(name for name in os.listdir(output) if name != ".gitignore")
    wheels = [name for name in names if name.endswith(".whl")]
    sdists = [name for name in names if name.endswith(".tar.gz")]
    good = len(wheels) == len(sdists) == 1 and len(names) == 2
    return "" if good else f"left {', '.join(names) or 'nothing'}"


def remove(place: Path) -> None:
    if os.path.lexists(place):
        shutil.rmtree(place)


def backend_of(output: Path) -> str:
    """What made the wheel, and its version."""
    (wheel,) = output.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (member,) = [name for name in archive.namelist() if name.endswith(".dist-info/WHEEL")]
        lines = archive.read(member).decode().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("Generator:")), "")
