"""
A package index on the loopback with requirements that exist as source distributions alone, or as newer ones.

Usage: sdist_index.py FOLDER. Prints one line of JSON with its address, and serves until its input ends. Then it prints
another: what it was asked for, a path each time.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Escape"))

from index import HARMLESS, PLAIN, Index  # noqa: E402

BACKEND = (PLAIN / "plain_backend.py").read_text(encoding="utf-8")
LIES = BACKEND.replace("read_project())", 'Project("sdist-lies", "99.0"))')
FAILING = "def build_wheel(*_):\n    raise SystemExit('a backend that fails')\n\n\ndef unused("
FAILS = BACKEND.replace("def build_wheel(", FAILING)
# A build that could reach the index from its sandbox would fail: the proxy listens where provisioning has it.
LOOKS = f"""{BACKEND}
import socket
for port in (3128, 80):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2)
    except OSError:
        pass
    else:
        raise SystemExit("the network of provisioning is in reach")
"""
# Its wheel requires a folder, which an installer could be told to build.
METADATA = "/METADATA\"] = project.metadata"
PATHS = BACKEND.replace(METADATA, f'{METADATA} + b"Requires-Dist: ./somewhere\\n"')
# Wherever it is built it leaves a mark, if it can.
MARKS = """{backend}
for place in ("/env/mark", "/tmp/mark", "{folder}/mark"):
    try:
        open(place, "a").close()
    except OSError:
        pass
"""


def main():
    folder = Path(sys.argv[1])
    with Index() as index:
        index.add_wheel(folder, HARMLESS, {"buildbox_harmless/__init__.py": b""})
        add_sdist(index, folder, "sdist-only", "1.0")
        add_sdist(index, folder, "sdist-needs", "1.0", ["sdist-only"])
        add_sdist(index, folder, "sdist-looks", "1.0", backend=LOOKS)
        add_sdist(index, folder, "sdist-lies", "1.0", backend=LIES)
        add_sdist(index, folder, "sdist-paths", "1.0", backend=PATHS)
        add_sdist(index, folder, "sdist-fails", "1.0", backend=FAILS)
        add_sdist(
            index, folder, "sdist-marks", "1.0", backend=MARKS.format(backend=BACKEND, folder=folder), dynamic=True
        )
        add_sdist(index, folder, "sdist-other-hash", "1.0", sha256="0" * 64)
        add_sdist(index, folder, "circle-a", "1.0", ["circle-b"])
        add_sdist(index, folder, "circle-b", "1.0", ["circle-a"])
        for depth in range(8):
            add_sdist(index, folder, f"deep-{depth}", "1.0", [f"deep-{depth + 1}"])
        # A wheel, and something newer without one; and a wheel that requires what has none.
        index.add_wheel(folder, "sdist-newer", {"sdist_newer/__init__.py": b""})
        add_sdist(index, folder, "sdist-newer", "2.0")
        index.add_wheel(
            folder, "wheel-needs", {"wheel_needs/__init__.py": b""}, requires=["sdist-newer", "sdist-only"]
        )
        # Harmless, and large once it is unpacked.
        index.add_wheel(folder, "large-wheel", {"large_wheel/zeros.bin": bytes(16 << 20)})
        print(json.dumps({"index": index.url}), flush=True)
        sys.stdin.read()
        print(json.dumps(index.asked), flush=True)


def add_sdist(index, folder, name, version, requires=(), backend=BACKEND, sha256=None, dynamic=False):
    """With `dynamic` nobody can know its dependencies without building it."""
    stem = f"{name.replace('-', '_')}-{version}"
    members = {
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "pyproject.toml": f"""
[build-system]
requires = {json.dumps(list(requires))}
build-backend = "plain_backend"
backend-path = ["backend"]

[project]
name = "{name}"
{'dynamic = ["version", "dependencies"]' if dynamic else ""}
{"[tool.plain]" if dynamic else ""}
version = "{version}"
""",
        "backend/plain_backend.py": backend,
        f"src/{name.replace('-', '_')}/__init__.py": f"version = {version!r}\n",
    }
    path = folder / f"{stem}.tar.gz"
    with gzip.open(path, "wb") as compressed, tarfile.open(mode="w", fileobj=compressed) as archive:
        for member, text in members.items():
            info = tarfile.TarInfo(f"{stem}/{member}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    index.add(name, path, sha256 or hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
