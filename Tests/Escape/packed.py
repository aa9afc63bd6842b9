"""Archives of project folders in every form that buildbox takes, good and hostile, by the standard library alone."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

FORMS = ("tar.gz", "tar.zst", "zip")
TARS = ("tar.gz", "tar.zst")
TIME = (2024, 1, 2, 3, 4, 6)
BLOCK = 128 << 10  # the most that one block of zstd holds
ZEROS = 1 << 30
MANY = 20_000


class Member(NamedTuple):
    name: str
    data: bytes = b""
    kind: int = stat.S_IFREG
    target: str = ""
    mode: int = 0o644
    hard: bool = False


def link(name: str, target: str) -> Member:
    return Member(name, kind=stat.S_IFLNK, target=target)


def hard_link(name: str, target: str) -> Member:
    return Member(name, target=target, hard=True)


def special(name: str, kind: int) -> Member:
    return Member(name, kind=kind)


def project(folder: Path, top: str = "") -> list[Member]:
    """What a project folder has, as members."""
    found = []
    for path in sorted(folder.rglob("*")):
        if "__pycache__" in path.parts:
            continue
        name = top + path.relative_to(folder).as_posix()
        kind = stat.S_IFDIR if path.is_dir() else stat.S_IFREG
        data, mode = (b"", 0o755) if path.is_dir() else (path.read_bytes(), 0o644)
        found.append(Member(name, data, kind, mode=mode))
    return found


def pack(members: list[Member], form: str) -> bytes:
    if form == "zip":
        return pack_zip(members)
    return compress(pack_tar(members), form)


def compress(data: bytes, form: str) -> bytes:
    return zstandard(data) if form == "tar.zst" else gzip.compress(data, 1)


def pack_tar(members: list[Member]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as archive:
        for member in members:
            archive.addfile(header(member), io.BytesIO(member.data))
    return file.getvalue()


def header(member: Member) -> tarfile.TarInfo:
    info = tarfile.TarInfo(member.name)
    kinds = {
        stat.S_IFDIR: tarfile.DIRTYPE, stat.S_IFLNK: tarfile.SYMTYPE, stat.S_IFCHR: tarfile.CHRTYPE,
        stat.S_IFIFO: tarfile.FIFOTYPE,
    }  # fmt: skip
    info.type = tarfile.LNKTYPE if member.hard else kinds.get(member.kind, tarfile.REGTYPE)
    info.linkname, info.mode, info.size = member.target, member.mode, len(member.data)
    info.mtime, info.devmajor, info.devminor = 1704164646, 1, 3
    return info


def pack_zip(members: list[Member], change: Callable[[zipfile.ZipInfo], None] = lambda info: None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # members of the same name
        for member in members:
            name = member.name + ("/" if member.kind == stat.S_IFDIR else "")
            info = zipfile.ZipInfo(name, TIME)
            info.create_system, info.external_attr = 3, (member.kind | member.mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.target.encode() if member.kind == stat.S_IFLNK else member.data)
        # What is changed here is what the central directory says, which is written last.
        for info in archive.infolist()[-1:]:
            change(info)
    return file.getvalue()


def zstandard(data: bytes) -> bytes:
    """One frame of blocks that are not compressed (RFC 8878, 3.1.1): it needs no library."""
    return frame((data[start : start + BLOCK], 0, 0) for start in range(0, len(data), BLOCK))


def frame(blocks: Iterator[tuple[bytes, int, int]]) -> bytes:
    """Blocks are (bytes, kind, size); the size counts where the bytes are one that is repeated (kind 1)."""
    parts = [struct.pack("<LBB", 0xFD2FB528, 0, 10 << 3)]  # a window of 1 MiB
    parts += [struct.pack("<L", (size or len(data)) << 3 | kind << 1)[:3] + data for data, kind, size in blocks]
    return b"".join([*parts, struct.pack("<L", 1)[:3]])


def zeros_zstandard(start: bytes, size: int) -> bytes:
    """`start`, then zeros: 4 bytes for each 128 KiB of them."""
    def blocks() -> Iterator[tuple[bytes, int, int]]:
        for offset in range(0, len(start), BLOCK):
            yield start[offset : offset + BLOCK], 0, 0
        for _ in range(size // BLOCK):
            yield b"\0", 1, BLOCK

    return frame(blocks())


def scatter(members: list[Member], target: Path) -> None:
    """What a tool does that believes every member: the control of most attacks."""
    for member in members:
        place = os.path.join(target, member.name)
        if member.kind == stat.S_IFDIR:
            os.makedirs(place, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if member.hard:
            os.link(os.path.join(target, member.target), place)
        elif member.kind == stat.S_IFLNK:
            os.symlink(member.target, place)
        elif member.kind == stat.S_IFREG:
            with open(place, "wb") as file:
                file.write(member.data)
        else:
            os.mknod(place, member.kind | 0o666, os.makedev(1, 3))


class Attack(NamedTuple):
    """`make` gives the bytes of the archive; `says` is what the refusal has to say."""

    make: Callable[[list[Member], str], bytes]
    says: str
    forms: tuple[str, ...] = FORMS


def adding(*hostile: Member) -> Callable[[list[Member], str], bytes]:
    return lambda good, form: pack([*good, *hostile], form)


def many(good: list[Member], form: str) -> bytes:
    return pack([*good, *(Member(f"many/{number}") for number in range(MANY))], form)


def zeros(good: list[Member], form: str) -> bytes:
    if form == "zip":
        return zip_of_zeros(good)
    tar = pack_tar([*good, Member("zeros")])
    info = header(Member("zeros"))
    info.size = ZEROS
    start = tar[: tar.index(b"zeros\0")] + info.tobuf(tarfile.GNU_FORMAT)
    if form == "tar.zst":
        return zeros_zstandard(start, ZEROS + BLOCK)
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1) as stream:
        stream.write(start)
        for _ in range(ZEROS // BLOCK + 1):
            stream.write(bytes(BLOCK))
    return file.getvalue()


def zip_of_zeros(good: list[Member]) -> bytes:
    file = io.BytesIO(pack_zip(good))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("zeros", "w") as member:
            for _ in range(ZEROS // BLOCK):
                member.write(bytes(BLOCK))
    return file.getvalue()


def not_utf8(good: list[Member], form: str) -> bytes:
    if form != "zip":
        return pack([*good, Member("src/\udcff.py")], form)
    return pack([*good, Member("src/\u00ff.py")], form).replace("\u00ff".encode(), b"\xff\xff")


def sparse(good: list[Member], form: str) -> bytes:
    """A member that says it is sparse (GNU, 0.1): 1 TiB of nothing."""
    info = tarfile.TarInfo("src/sparse")
    info.pax_headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 40)}
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in good:
            archive.addfile(header(member), io.BytesIO(member.data))
        archive.addfile(info)
    return compress(file.getvalue(), form)


def broken_header(good: list[Member], form: str) -> bytes:
    """In front of a member that the reader then does not see."""
    tar = pack_tar([*good, Member("src/hidden.py", b"x = 1\n")])
    place = tar.index(b"src/hidden.py")
    return compress(tar[:place] + b"y" + tar[place + 1 :], form)


def behind(good: list[Member], form: str) -> bytes:
    if form == "zip":
        return pack(good, form) + b"behind"
    return compress(pack_tar(good) + b"behind" + bytes(506), form)


def behind_stream(good: list[Member], form: str) -> bytes:
    return pack(good, form) + b"behind"


def in_front(good: list[Member], form: str) -> bytes:
    return b"in front" + pack(good, form)


def cut(good: list[Member], form: str) -> bytes:
    archive = pack(good, form)
    return archive[: len(archive) * 2 // 3]


def no_end(good: list[Member], form: str) -> bytes:
    tar = pack_tar(good).rstrip(b"\0")
    return compress(tar + bytes(-len(tar) % 512), form)


def changed(change: Callable[[zipfile.ZipInfo], None]) -> Callable[[list[Member], str], bytes]:
    return lambda good, form: pack_zip([*good, Member("src/changed.py", b"x = 1\n")], change)


def encrypted(info: zipfile.ZipInfo) -> None:
    info.flag_bits |= 1


def longer(info: zipfile.ZipInfo) -> None:
    info.file_size += 1


def shorter(info: zipfile.ZipInfo) -> None:
    info.file_size -= 1


def other_digest(info: zipfile.ZipInfo) -> None:
    info.CRC ^= 1


ATTACKS = {
    "absolute-path": Attack(adding(Member("/tmp/written-by-an-archive")), "is absolute"),
    "climbing-path": Attack(adding(Member("src/../../written-by-an-archive")), "climbs with `..`"),
    "through-a-link": Attack(adding(link("inner", "src"), Member("inner/written")), "and members below it"),
    "below-a-file": Attack(adding(Member("pyproject.toml/written")), "and members below it"),
    "link-absolute": Attack(adding(link("src/passwd", "/etc/passwd")), "leads out of it"),
    "link-climbing": Attack(adding(link("src/passwd", "../../etc/passwd")), "leads out of it"),
    "link-through-links": Attack(adding(link("src/up", ".."), link("out", "src/up/../etc")), "leads out of it"),
    "hard-link-absolute": Attack(adding(hard_link("src/passwd", "/etc/passwd")), "is absolute", TARS),
    "hard-link-climbing": Attack(adding(hard_link("src/passwd", "../etc/passwd")), "climbs with `..`", TARS),
    "hard-link-to-nothing": Attack(adding(hard_link("src/passwd", "nothing")), "is no file in front of it", TARS),
    "hard-link-to-link": Attack(
        adding(link("inner", "src"), hard_link("other", "inner")), "is no file in front of it", TARS
    ),
    "device": Attack(adding(special("src/null", stat.S_IFCHR)), "special file"),
    "fifo": Attack(adding(special("src/fifo", stat.S_IFIFO)), "special file"),
    "duplicate": Attack(adding(Member("pyproject.toml", b"[build-system]\nrequires = []\n")), "two members named"),
    "file-over-folder": Attack(adding(Member("src")), "two members named 'src', a folder and a file"),
    "folder-over-file": Attack(adding(Member("pyproject.toml", kind=stat.S_IFDIR)), "two members named"),
    "many-members": Attack(many, "files, folders and links"),
    "1000-to-1": Attack(zeros, "the disk limit"),
    "not-utf8": Attack(not_utf8, "utf-8"),
    "long-name": Attack(adding(Member("n" * 256)), "a part of more than 255 bytes"),
    "long-path": Attack(adding(Member("/".join(["n" * 200] * 30))), "longer than 4000 bytes"),
    "sparse": Attack(sparse, "sparse", TARS),
    "broken-header": Attack(broken_header, "broken header", TARS),
    "bytes-behind": Attack(behind, "bytes behind"),
    "bytes-behind-the-stream": Attack(behind_stream, "cannot be read as", TARS),
    "bytes-in-front": Attack(in_front, "in front of its first member", ("zip",)),
    "cut-short": Attack(cut, "cannot be used"),
    "no-end": Attack(no_end, "cut short", TARS),
    "encrypted": Attack(changed(encrypted), "encrypted", ("zip",)),
    "size-too-large": Attack(changed(longer), "cannot be read as", ("zip",)),
    "size-too-small": Attack(changed(shorter), "cannot be read as", ("zip",)),
    "other-digest": Attack(changed(other_digest), "cannot be read as", ("zip",)),
    "backslashes": Attack(adding(Member("src\\windows.py")), "backslash", ("zip",)),
}
