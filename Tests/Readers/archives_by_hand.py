"""Zip and tar archives, put together byte by byte, so that any of their parts can differ from the others."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import struct
import tarfile
import zlib
from dataclasses import dataclass, field

INFO = "artifacts-1.0.dist-info"
DATA = "artifacts-1.0.data"
TOP = "artifacts-1.0"
FIRST, SECOND = b"SEEN = 'first'\n", b"SEEN = 'second'\n"
METADATA = b"Metadata-Version: 2.1\nName: artifacts\nVersion: 1.0\nSummary: first\n"
WHEEL = b"Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass
class Member:
    """A zip member. What is `local_...` stands in its local header where that is to differ from the directory."""

    name: bytes
    data: bytes
    method: int = 0
    flags: int = 0
    mode: int = 0o100644
    extra: bytes = b""
    local_extra: bytes = b""
    local_name: bytes | None = None
    local_size: int | None = None
    local_method: int | None = None
    local_crc: int | None = None
    offset: int | None = None  # in the directory
    behind: bytes = b""
    packed: bytes | None = None
    recorded: bool = True

    def bytes_packed(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.data
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflate.compress(self.data) + deflate.flush()


@dataclass
class Zip:
    members: list[Member]
    front: bytes = b""
    gap: bytes = b""  # between the last member and the directory
    comment: bytes = b""
    behind: bytes = b""
    count: int | None = None
    places: list[int] = field(default_factory=list)

    def bytes(self) -> bytes:
        body, directory = bytearray(self.front), bytearray()
        for member in self.members:
            packed, crc, offset = member.bytes_packed(), zlib.crc32(member.data), len(body)
            name = member.name if member.local_name is None else member.local_name
            size = len(member.data) if member.local_size is None else member.local_size
            told = (crc if member.local_crc is None else member.local_crc), len(packed), size
            descriptor = b""
            if member.flags & 8:
                told, descriptor = (0, 0, 0), struct.pack("<4s3L", b"PK\7\x08", crc, len(packed), len(member.data))
            method = member.method if member.local_method is None else member.local_method
            body += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, member.flags, method, 0, 33, *told, len(name), len(member.local_extra)
            )
            body += name + member.local_extra + packed + descriptor + member.behind
            directory += struct.pack(
                "<4s6H3L5H2L", b"PK\1\2", 3 << 8 | 20, 20, member.flags, member.method, 0, 33, crc, len(packed),
                len(member.data), len(member.name), len(member.extra), 0, 0, 0, member.mode << 16,
                offset if member.offset is None else member.offset,
            )  # fmt: skip
            directory += member.name + member.extra
        body += self.gap
        count = len(self.members) if self.count is None else self.count
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), len(self.comment))
        return bytes(body + directory + end + self.comment + self.behind)


def digest(data: bytes, algorithm: str = "sha256") -> str:
    value = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest())
    return f"{algorithm}={value.decode().rstrip('=')}"


def wheel(
    more: list[Member] = (), metadata: bytes = METADATA, wheel: bytes = WHEEL, info: str = INFO,
    algorithm: str = "sha256", **parts,
) -> bytes:  # fmt: skip
    members = [
        Member(b"artifacts/__init__.py", FIRST),
        *more,
        Member(f"{info}/METADATA".encode(), metadata),
        Member(f"{info}/WHEEL".encode(), wheel),
    ]
    rows = [
        f"{member.name.decode('utf-8', 'replace')},{digest(member.data, algorithm)},\n"
        for member in members
        if member.recorded and not member.name.endswith(b"/")
    ]
    record = f"{info}/RECORD"
    members.append(Member(record.encode(), "".join([*rows, f"{record},,\n"]).encode()))
    return Zip(members, **parts).bytes()


def entry_points(text: bytes) -> list[Member]:
    return [Member(f"{INFO}/entry_points.txt".encode(), text)]


def tar(*members: tuple[str, dict, bytes], form: int = tarfile.PAX_FORMAT, pax: dict | None = None) -> bytes:
    """An uncompressed tar archive with PKG-INFO and the members given."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, pax_headers=pax) as archive:
        for name, attributes, data in [(f"{TOP}/PKG-INFO", {}, METADATA), *members]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in attributes.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def sdist(*members: tuple[str, dict, bytes], **more) -> bytes:
    return gzip.compress(tar(*members, **more), mtime=0)


def named_twice() -> bytes:
    """A member that a GNU header and a pax header name, each otherwise."""
    long = tarfile.TarInfo(f"{TOP}/{'long' * 40}").tobuf(tarfile.GNU_FORMAT)
    named = tarfile.TarInfo(f"{TOP}/short")
    named.size, named.pax_headers = len(SECOND), {"path": f"{TOP}/other"}
    member = long[: -tarfile.BLOCKSIZE] + named.tobuf(tarfile.PAX_FORMAT) + SECOND.ljust(tarfile.BLOCKSIZE, b"\0")
    return gzip.compress(tar()[: 2 * tarfile.BLOCKSIZE] + member + bytes(2 * tarfile.BLOCKSIZE), mtime=0)
