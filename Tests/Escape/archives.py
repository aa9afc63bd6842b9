"""Vectors in a source distribution that somebody else made."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from bench import PYTHON, TWIN, Bench
from leftovers import Leftovers
from verdict import Vector, Verdict, escaped, failed, judge, require, skipped

NAME = "hello_intree-1.0.tar.gz"
TOP = "hello_intree-1.0"
PACKAGE = f"{TOP}/src/hello_intree"
LIMITS = ("-w", "--disk", "64MiB")
MANY = 20_000
ZEROS = 1 << 30
SECRET = b"a secret that an archive wants"
STOPPED = 3
# A build may succeed where the hostile member was harmless inside; buildbox itself must not stumble.
CLEAR_ENDS = (0, 1, 2, STOPPED, 7)
EXTRACT = """
import sys, tarfile
how = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
with tarfile.open(sys.argv[1]) as archive:
    archive.extractall(sys.argv[2], **how)
"""
Member = tuple[tarfile.TarInfo, bytes]


def vectors(bench: Bench) -> list[Vector]:
    return [
        Vector("requests/archive-absolute-path", write_out(lambda mark, _: [member(str(mark), data=b"out")])),
        Vector("requests/archive-climbing-path", write_out(climb)),
        Vector("requests/archive-through-a-link", write_out(write_through_link)),
        Vector("requests/archive-link-to-secret", read_out(tarfile.SYMTYPE)),
        Vector("requests/archive-hard-link-to-secret", read_out(tarfile.LNKTYPE)),
        Vector("requests/archive-device", make_special(tarfile.CHRTYPE), ("root",)),
        Vector("requests/archive-fifo", make_special(tarfile.FIFOTYPE)),
        Vector("requests/archive-duplicate", duplicate),
        Vector("requests/archive-many-members", bounded("many members", many_members)),
        Vector("requests/archive-1000-to-1", bounded("zeros", zeros)),
    ]


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", data: bytes = b"") -> Member:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, target, len(data)
    info.devmajor, info.devminor = 1, 3
    return info, data


def good_archive(bench: Bench, path: Path, more: Iterable[Member] = (), first: Iterable[Member] = ()) -> Path:
    """The harmless project, with hostile members behind it or in front of it."""
    template = bench.projects / TWIN
    metadata = b"Metadata-Version: 2.2\nName: hello-intree\nVersion: 1.0\n"
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for info, data in first:
            archive.addfile(info, io.BytesIO(data))
        info, data = member(f"{TOP}/PKG-INFO", data=metadata)
        archive.addfile(info, io.BytesIO(data))
        for name in ("pyproject.toml", "backend", "src"):
            archive.add(template / name, f"{TOP}/{name}")
        for info, data in more:
            archive.addfile(info, io.BytesIO(data) if data else Zeros(info.size))
    bench.user.own(path)
    return path


class Zeros(io.RawIOBase):
    """As many as are asked for, without holding them."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1) -> bytes:
        size = min(self._left, size if size >= 0 else self._left)
        self._left -= size
        return bytes(size)


def twin(bench: Bench) -> None:
    def build() -> None:
        run = bench.build(good_archive(bench, bench.room("archive") / NAME), *LIMITS)
        require(run.code == 0, f"the harmless archive is not built: {run.last_words}")

    bench.once("twin archive", build)


def extract_outside(bench: Bench, archive: Path) -> Path:
    """The control of most: what careless tools do with the archive, as the user."""
    room = bench.room("extracted")
    bench.host([PYTHON, "-c", EXTRACT, archive, room])
    return room


def climb(mark: Path, _: Bench) -> list[Member]:
    return [member(f"{TOP}/{'../' * 20}{str(mark).lstrip('/')}", data=b"out")]


def write_through_link(mark: Path, _: Bench) -> list[Member]:
    link = member(f"{TOP}/link", tarfile.SYMTYPE, str(mark.parent))
    return [link, member(f"{TOP}/link/{mark.name}", data=b"out")]


def write_out(make: Callable[[Path, Bench], list[Member]]) -> Callable[[Bench], Verdict]:
    def attempt(bench: Bench) -> Verdict:
        twin(bench)
        mark = bench.room("marks", 0o777) / "mark"
        archive = good_archive(bench, bench.room("archive") / NAME, make(mark, bench))
        extract_outside(bench, archive)
        require(mark.exists(), "outside, careless unpacking writes nothing either")
        mark.unlink()
        run = bench.build(archive, *LIMITS)
        faults = Leftovers.of(run).faults + (["wrote outside"] if mark.exists() else [])
        if not faults and run.code not in CLEAR_ENDS:
            return failed(f"unexpected: {run.last_words}")
        return judge(faults, f"careless tools write outside; {run.last_words}")

    return attempt


def read_out(kind: bytes) -> Callable[[Bench], Verdict]:
    """As a symbolic link it is followed when the wheel is packed, as a hard link it is the file itself."""

    def attempt(bench: Bench) -> Verdict:
        twin(bench)
        secret = bench.write(bench.room("secret") / "secret", SECRET.decode())
        links = [member(f"{PACKAGE}/secret.txt", kind, str(secret))]
        archive = good_archive(bench, bench.room("archive") / NAME, links)
        unpacked = extract_outside(bench, archive) / PACKAGE / "secret.txt"
        if not unpacked.exists() or unpacked.read_bytes() != SECRET:
            return skipped("outside, careless unpacking does not reach it either")
        run = bench.build(archive, *LIMITS)
        faults = Leftovers.of(run).faults
        for name in run.delivered():
            with zipfile.ZipFile(run.output / name) as wheel:
                if any(SECRET in wheel.read(inner) for inner in wheel.namelist()):
                    faults.append("the delivered wheel holds the secret")
        if not faults and run.code not in CLEAR_ENDS:
            return failed(f"unexpected: {run.last_words}")
        return judge(faults, f"careless tools reach it; {run.last_words}")

    return attempt


def make_special(kind: bytes) -> Callable[[Bench], Verdict]:
    """A device gives access; a FIFO makes whoever opens it wait for ever."""

    def attempt(bench: Bench) -> Verdict:
        twin(bench)
        archive = good_archive(bench, bench.room("archive") / NAME, [member(f"{PACKAGE}/special", kind)])
        unpacked = extract_outside(bench, archive) / PACKAGE / "special"
        if not unpacked.exists():
            return skipped("outside, careless unpacking does not make it either")
        unpacked.unlink()
        run = bench.build(archive, *LIMITS, "--timeout", bench.seconds(30))
        faults = Leftovers.of(run).faults + run.odd_deliveries(bench.user.number)
        if not faults and run.code not in CLEAR_ENDS:
            return failed(f"unexpected: {run.last_words}")
        return judge(faults, f"careless tools make it; {run.last_words}")

    return attempt


def duplicate(bench: Bench) -> Verdict:
    """What is declared is read once on the way: it must be what is built."""
    twin(bench)
    odd = b'[build-system]\nrequires = ["buildbox-no-such-distribution"]\n'
    first = [member(f"{TOP}/pyproject.toml", data=odd)]
    run = bench.build(good_archive(bench, bench.room("archive") / NAME, (), first), *LIMITS)
    faults = Leftovers.of(run).faults
    if run.code == 0 and run.document["environment"]["requires"]:
        faults.append("built with requirements that were not installed")
    if not faults and run.code not in (*CLEAR_ENDS, 6):
        return failed(f"unexpected: {run.last_words}")
    return judge(faults, f"without it the archive is built; {run.last_words}")


def many_members(archive: Path) -> list[Member]:
    return [member(f"{TOP}/many/{number}") for number in range(MANY)]


def zeros(archive: Path) -> list[Member]:
    info, _ = member(f"{TOP}/zeros")
    info.size = ZEROS
    return [(info, b"")]


def bounded(what: str, make: Callable[[Path], list[Member]]) -> Callable[[Bench], Verdict]:
    """The control: the archive without them is built within the same limits."""

    def attempt(bench: Bench) -> Verdict:
        twin(bench)
        archive = good_archive(bench, bench.room("archive") / NAME, make(bench.folder))
        run = bench.build(archive, *LIMITS)
        faults = Leftovers.of(run).faults
        if run.code == 0:
            return escaped(f"{what} were unpacked in full in {run.seconds:.1f} s")
        if not faults and run.code not in CLEAR_ENDS:
            return failed(f"unexpected: {run.last_words}")
        size = archive.stat().st_size
        return judge(faults, f"{size} bytes of {what}, ended in {run.seconds:.1f} s: {run.last_words}")

    return attempt
