"""Every kind of wheel and sdist that readers read differently, or might, with what verify.py has to say to it."""

from __future__ import annotations

import gzip
import struct
import tarfile
from typing import NamedTuple

from archives_by_hand import (
    DATA,
    FIRST,
    INFO,
    METADATA,
    SECOND,
    TOP,
    WHEEL,
    Member,
    Zip,
    entry_points,
    named_twice,
    sdist,
    tar,
    wheel,
)  # fmt: skip

REFUSED, REMARKED, ACCEPTED = "refused", "remarked", "accepted"
WHEEL_NAME, SDIST_NAME = "artifacts-1.0-py3-none-any.whl", "artifacts-1.0.tar.gz"
OTHER = METADATA.replace(b"first", b"second")


class Kind(NamedTuple):
    words: str
    verdict: str
    said: str
    data: bytes
    name: str = WHEEL_NAME
    for_others: bool = False  # as an artifact that other builds resolve by


def refused(words: str, said: str, data: bytes, **more) -> Kind:
    return Kind(words, REFUSED, said, data, **more)


def more(*members: Member, **parts) -> bytes:
    return wheel(list(members), **parts)


def module(name: str, data: bytes = SECOND, **attributes) -> Member:
    return Member(name.encode(), data, **attributes)


def unicode_name(name: str, other: str) -> bytes:
    import zlib

    data = struct.pack("<BL", 1, zlib.crc32(name.encode())) + other.encode()
    return struct.pack("<HH", 0x7075, len(data)) + data


def requiring(line: bytes) -> bytes:
    return wheel(metadata=METADATA + line + b"\n")


def scripts(line: bytes) -> bytes:
    return wheel(entry_points(b"[console_scripts]\n" + line + b"\n"))


def descriptor(name: str) -> Member:
    return module(name, method=8, flags=8)


LINK, HARD = {"type": tarfile.SYMTYPE}, {"type": tarfile.LNKTYPE}
PKG = f"{TOP}/PKG-INFO"

WHEELS = [
    Kind("nothing wrong", ACCEPTED, "", wheel()),
    Kind("deflated, with sizes behind the data", ACCEPTED, "", more(descriptor("artifacts/more.py"))),
    Kind("digests of another strong algorithm", ACCEPTED, "", wheel(algorithm="sha512")),
    Kind("scripts as they should be", ACCEPTED, "", scripts(b"artifacts = artifacts:main")),
    Kind(
        "a licence in several lines",
        ACCEPTED,
        "",
        wheel(metadata=METADATA + b"License: one\n        two\n"),
    ),
    refused(
        "two end-of-directory records",
        "right in front of its end",
        wheel(comment=Zip([module("artifacts/__init__.py")]).bytes()),
    ),
    refused("an archive comment", "a comment", wheel(comment=b"a comment")),
    refused("bytes behind the end", "bytes behind", wheel(behind=b"more")),
    refused("bytes in front of the first member", "bytes in front", wheel(front=b"more")),
    refused("bytes between the last member and the directory", "bytes behind the member", wheel(gap=b"more")),
    refused("fewer entries counted than there are", "more in it than its end tells", wheel(count=3)),
    refused("two members of one name", "two members named", more(module("artifacts/__init__.py"))),
    refused("a name that folds to another (.)", "longer way", more(module("./artifacts/__init__.py"))),
    refused("a name that folds to another (//)", "longer way", more(module("artifacts//__init__.py"))),
    Kind("names that differ only in case", REMARKED, "only in case", more(module("artifacts/__INIT__.py"))),
    refused("a zero byte in a name", "not a relative path", more(module("artifacts/more.py\0.txt"))),
    refused("a control character in a name", "control characters", more(module("artifacts/mo\nre.py"))),
    refused(
        "a name that is not marked as UTF-8", "neither ASCII nor", more(module("artifacts/m\u00e4.py", recorded=False))
    ),
    refused(
        "an extra field that renames the member",
        "another name",
        more(module("artifacts/more.py", extra=unicode_name("artifacts/more.py", "artifacts/other.py"))),
    ),
    refused(
        "a local header with another name",
        "differs",
        more(module("artifacts/more.py", local_name=b"artifacts/less.py")),
    ),
    refused("a local header with another size", "differs", more(module("artifacts/more.py", local_size=3))),
    refused("a local header with another method", "differs", more(module("artifacts/more.py", local_method=8))),
    refused("a local header with another checksum", "differs", more(module("artifacts/more.py", local_crc=1))),
    refused("bytes between members", "bytes behind", more(module("artifacts/more.py", behind=b"more"))),
    refused("members that overlap", "overlap", more(module("artifacts/__main__.py", FIRST, offset=0))),
    refused(
        "bytes behind a deflated stream",
        "bytes behind its data",
        more(module("artifacts/more.py", b"", method=8, packed=b"\3\0more")),
    ),
    refused("stored, with sizes behind the data", "two sizes", more(module("artifacts/more.py", flags=8))),
    refused("packed by a method of few readers", "neither stored nor", more(module("artifacts/more.py", method=12))),
    refused("an encrypted member", "encrypted", more(module("artifacts/more.py", flags=1))),
    refused("a member with a set-user-ID bit", "set-user-ID", more(module("artifacts/more.py", mode=0o104755))),
    refused("a file with members below it", "members below", more(module("a"), module("a/b"))),
    refused("a second .dist-info", "2 .dist-info", more(module("other-1.0.dist-info/METADATA", OTHER))),
    refused(
        "a second .dist-info that differs in case", "2 .dist-info", more(module(f"{INFO.upper()}/METADATA", OTHER))
    ),
    refused(
        "a second .dist-info through .data",
        "a second .dist-info",
        more(module(f"{DATA}/purelib/o-1.dist-info/METADATA")),
    ),
    refused("a .dist-info of another version", "says version", wheel(info="artifacts-2.0.dist-info")),
    refused("a .dist-info of another project", "says project", wheel(info="other-1.0.dist-info")),
    refused("a .dist-info in capitals", "not named as", wheel(info="artifacts-1.0.DIST-INFO")),
    refused("a METADATA in small letters beside it", "is meant", more(module(f"{INFO}/metadata", OTHER))),
    Kind("an .egg-info beside it", REMARKED, "second account", more(module("o-1.egg-info/PKG-INFO", OTHER))),
    refused("Name twice", "Name twice", wheel(metadata=METADATA + b"Name: other\n")),
    refused("Version twice", "version twice", wheel(metadata=METADATA + b"version: 2.0\n")),
    refused(
        "a continued Version",
        "continues version",
        wheel(metadata=b"Name: artifacts\nVersion: 1.0\n .1\nSummary: first\n"),
    ),
    refused("a continued requirement", "continues requires-dist", requiring(b"Requires-Dist: six\n  ; extra == 'a'")),
    refused("an encoded word in a header", "do not read alike", requiring(b"Requires-Dist: =?utf-8?q?six?=")),
    refused("a carriage return in a header", "carriage return", requiring(b"Summary: a\rRequires-Dist: six")),
    refused("a line that is no header", "no header", requiring(b"no header\nRequires-Dist: six")),
    refused("a continued Wheel-Version", "continues", wheel(wheel=WHEEL.replace(b"1.0\n", b"1.0\n .9\n"))),
    refused("a Wheel-Version to come", "Wheel-Version", wheel(wheel=WHEEL.replace(b"1.0", b"2.0"))),
    refused("no Wheel-Version", "Wheel-Version", wheel(wheel=WHEEL.partition(b"\n")[2])),
    refused("a script with a path separator", "not named as a file", scripts(b"../more = artifacts:main")),
    refused("a script that leads to no object", "does not lead", scripts(b"more = artifacts")),
    refused("a continued script", "continues", scripts(b"more = artifacts:main\n  less = artifacts:main")),
    refused("a script twice", "twice", scripts(b"more = artifacts:main\nmore = artifacts:other")),
    refused("a script named like an interpreter", "as an interpreter", scripts(b"python3 = artifacts:main")),
    refused("a script file named like an interpreter", "as an interpreter", more(module(f"{DATA}/scripts/python3.11"))),
    refused("a data file among scripts, so named", "as an interpreter", more(module(f"{DATA}/data/bin/python"))),
    refused("an unknown scheme in .data", "no scheme", more(module(f"{DATA}/other/more.py"))),
    refused("a .data of another name", "is not named", more(module("other-1.0.data/purelib/more.py"))),
    refused("a climbing name in .data", "leaves the archive", more(module(f"{DATA}/purelib/../more.py"))),
    refused("a module and its like in .data", "to one place", more(module(f"{DATA}/purelib/artifacts/__init__.py"))),
    refused("a member that RECORD does not list", "does not list", more(module("artifacts/more.py", recorded=False))),
    Kind(
        "a requirement by address, of one's own",
        ACCEPTED,
        "",
        requiring(b"Requires-Dist: six @ https://localhost/s.zip"),
    ),
    Kind("a requirement that is none, of one's own", REMARKED, "not a requirement", requiring(b"Requires-Dist: ./six")),
    refused(
        "a requirement by address, for others",
        "names an address",
        requiring(b"Requires-Dist: six @ https://localhost/s.zip"),
        for_others=True,
    ),
    refused(
        "a path as a requirement, for others", "not a requirement", requiring(b"Requires-Dist: ./six"), for_others=True
    ),
    refused("no specifier set, for others", "not a set", requiring(b"Requires-Python: three"), for_others=True),
    refused("no name of an extra, for others", "name of an extra", requiring(b"Provides-Extra: ../a"), for_others=True),
    Kind(
        "requirements as they should be, for others",
        ACCEPTED,
        "",
        requiring(b"Requires-Dist: six[a]>=1,<2 ; (python_version < '4') and extra == 'b'\nRequires-Python: >=3.8"),
        for_others=True,
    ),
]

SDISTS = [
    ("nothing wrong", ACCEPTED, "", sdist()),
    ("PKG-INFO twice: the last stays", ACCEPTED, "", sdist((PKG, {}, OTHER))),
    ("PKG-INFO again under a name that folds", REFUSED, "two members", sdist((f"{TOP}/./PKG-INFO", {}, OTHER))),
    ("a link in place of PKG-INFO", REFUSED, "two members", sdist((PKG, {**LINK, "linkname": "more"}, b""))),
    ("a hard link in place of PKG-INFO", REFUSED, "two members", sdist((PKG, {**HARD, "linkname": PKG}, b""))),
    (
        "a hard link onto PKG-INFO, replaced",
        REFUSED,
        "two members",
        sdist((f"{TOP}/a", {**HARD, "linkname": PKG}, b""), (f"{TOP}/a", {}, OTHER)),
    ),
    (
        "a hard link to what comes later",
        REFUSED,
        "no file in front",
        sdist((f"{TOP}/a", {**HARD, "linkname": f"{TOP}/b"}, b""), (f"{TOP}/b", {}, OTHER)),
    ),
    (
        "a member below a link",
        REFUSED,
        "below a link",
        sdist((f"{TOP}/a", {**LINK, "linkname": "."}, b""), (f"{TOP}/a/PKG-INFO", {}, OTHER)),
    ),
    ("a member below a file", REFUSED, "below a file", sdist((f"{TOP}/a", {}, FIRST), (f"{TOP}/a/b", {}, SECOND))),
    ("a file with a set-user-ID bit", REFUSED, "set-user-ID", sdist((f"{TOP}/a", {"mode": 0o4755}, FIRST))),
    (
        "a folder with a set-group-ID bit",
        REMARKED,
        "set-id bits",
        sdist((f"{TOP}/a", {"mode": 0o2755, "type": tarfile.DIRTYPE}, b"")),
    ),
    ("a header that renames all members", REFUSED, "gives all members", sdist(pax={"path": f"{TOP}/more"})),
    ("two gzip streams", REFUSED, "second stream", gzip.compress(tar()[:1024]) + gzip.compress(tar()[1024:])),
    (
        "a zero byte in a name",
        REFUSED,
        "not a relative path",
        sdist((f"{TOP}/a", {"pax_headers": {"path": f"{TOP}/a\0b"}}, FIRST)),
    ),
    ("a member that two headers name", REFUSED, "several headers", named_twice()),
    ("two sizes", REFUSED, "two sizes", sdist((f"{TOP}/a", {"pax_headers": {"size": "15"}}, FIRST))),
]

KINDS = WHEELS + [Kind(words, verdict, said, data, SDIST_NAME) for words, verdict, said, data in SDISTS]
