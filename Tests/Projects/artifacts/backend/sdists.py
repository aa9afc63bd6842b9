"""Members that an sdist must not have, beside the good ones."""

from __future__ import annotations

import tarfile

from plain_backend import Project

Member = tuple[tarfile.TarInfo, bytes]
PAYLOAD = b"raise SystemExit('the payload ran')\n"


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> Member:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info, PAYLOAD if kind == tarfile.REGTYPE else b""


def links_out(project: Project) -> list[Member]:
    return [
        member(f"{project.stem}/passwd", tarfile.SYMTYPE, "../../../../etc/passwd"),
        member(f"{project.stem}/folder", tarfile.SYMTYPE, "/tmp"),
        member(f"{project.stem}/folder/written-through-a-link"),
        member(f"{project.stem}/shadow", tarfile.LNKTYPE, "/etc/shadow"),
    ]


def two_tops(project: Project) -> list[Member]:
    return [member("somebody_else-9.9/setup.py")]


def absolute(project: Project) -> list[Member]:
    return [member("/tmp/written-by-an-sdist")]


def climbing(project: Project) -> list[Member]:
    return [member(f"{project.stem}/../../../../tmp/written-by-an-sdist")]


def special_files(project: Project) -> list[Member]:
    device, data = member(f"{project.stem}/null", tarfile.CHRTYPE)
    device.devmajor, device.devminor = 1, 3
    return [(device, data), member(f"{project.stem}/fifo", tarfile.FIFOTYPE)]


def duplicate(project: Project) -> list[Member]:
    return [member(f"{project.stem}/src/{project.name}/__init__.py")]


SDISTS = {
    "sdist-link-out": links_out,
    "sdist-two-tops": two_tops,
    "sdist-absolute": absolute,
    "sdist-dotdot": climbing,
    "sdist-device": special_files,
    "sdist-duplicate": duplicate,
}
