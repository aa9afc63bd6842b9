"""Let real readers read every kind of kinds.py, and compare with the table of how they did.

Usage: readers.py TABLE UV PIP PYTHON... [--record], where PIP is the folder that has the package pip

Each cell tells which of the two contents a reader shows: `first` is what an archive with nothing wrong has, `second`
is what a kind adds; `both`, `neither`, or `refuses`. pip and uv install the wheel; an sdist is unpacked by pip's own
function, by tarfile and by tar. All contents are harmless. With --record the table is written anew.
"""

import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kinds import KINDS  # noqa: E402

SECONDS = 60
NAMES = """
import importlib.metadata as metadata, sys
print(*[distribution.metadata["Summary"] for distribution in metadata.distributions(path=[sys.argv[1]])])
"""
IMPORT = "import sys; sys.path.insert(0, sys.argv[1]); import artifacts; print(artifacts.SEEN)"
UNTAR = "import sys; from pip._internal.utils.unpacking import untar_file; untar_file(sys.argv[1], sys.argv[2])"
TARFILE = """
import sys, tarfile
safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
tarfile.open(sys.argv[1]).extractall(sys.argv[2], **safe)
"""


def run(*command, path=""):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "PYTHONPATH": path}
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, env=environment, check=False)
    return done.returncode == 0, done.stdout.decode("utf-8", "replace")


def seen(words):
    found = [word for word in ("first", "second") if word in words]
    return "both" if len(found) == 2 else found[0] if found else "neither"


def unpacked(target):
    """The contents that were written; METADATA, too, has one or the other."""
    words = []
    for folder, _, names in os.walk(target):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path) and name != "RECORD":
                with open(path, "rb") as file:
                    words.append(file.read().decode("utf-8", "replace"))
    return seen(" ".join(words))


def wheel_readers(uv, pythons):
    install = ("--no-deps", "--no-index", "--quiet", "--target")
    yield (
        "pip",
        lambda path, target: (pythons[0], "-m", "pip", "install", "--no-cache-dir", *install, target, path),
        unpacked,
    )
    yield (
        "uv",
        lambda path, target: (uv, "pip", "install", "--no-cache", "--python", pythons[0], *install, target, path),
        unpacked,
    )
    for python in pythons:
        version = run(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")[1].strip()
        yield f"importlib.metadata {version}", lambda path, _, p=python: (p, "-I", "-c", NAMES, path), None
        yield f"zipimport {version}", lambda path, _, p=python: (p, "-I", "-c", IMPORT, path), None
    if shutil.which("unzip"):
        yield "unzip", lambda path, target: ("unzip", "-q", "-o", path, "-d", target), unpacked


def sdist_readers(pythons):
    yield "pip's unpacking", lambda path, target: (pythons[0], "-c", UNTAR, path, target), unpacked
    yield "tarfile", lambda path, target: (pythons[0], "-I", "-c", TARFILE, path, target), unpacked
    yield "tar", lambda path, target: ("tar", "-xf", path, "-C", target), unpacked


def read(kind, uv, pip, pythons):
    cells = {}
    readers = wheel_readers(uv, pythons) if kind.name.endswith(".whl") else sdist_readers(pythons)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, kind.name)
        with open(path, "wb") as file:
            file.write(kind.data)
        for reader, command, look in readers:
            target = os.path.join(folder, "target")
            os.makedirs(target)
            good, output = run(*command(path, target), path=pip)
            cells[reader] = "refuses" if not good else look(target) if look else seen(output)
            run("chmod", "-R", "u+rwX", target)
            shutil.rmtree(target)
    return cells


def row_of(kind, uv, pip, pythons):
    artifact = "wheel" if kind.name.endswith(".whl") else "sdist"
    own = {"artifact": artifact, "kind": kind.words, "buildbox": kind.verdict}
    return {**own, **read(kind, uv, pip, pythons)}


def main():
    words = [word for word in sys.argv[1:] if word != "--record"]
    table, uv, pip, *pythons = words
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as several:
        rows = list(several.map(lambda kind: row_of(kind, uv, pip, pythons), KINDS))
    for row in rows:
        if row["kind"] == "nothing wrong" and set(list(row.values())[3:]) != {"first"}:
            sys.exit(f"a reader does not read what every reader reads: {row}")
    if "--record" in sys.argv:
        with open(table, "w", encoding="utf-8") as file:
            file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
        return
    with open(table, encoding="utf-8") as file:
        known = json.load(file)
    wrong = 0
    for row, told in zip(rows, known):
        for reader in row.keys() & told.keys():
            if row[reader] != told[reader]:
                wrong += 1
                print(f"{row['artifact']}, {row['kind']}: {reader} says {row[reader]!r}, the table {told[reader]!r}")
    if len(rows) != len(known):
        wrong += 1
        print(f"the table has {len(known)} kinds where there are {len(rows)}")
    print(f"{len(rows)} kinds, {wrong} cells differ")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
