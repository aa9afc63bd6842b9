"""A whole PEP 517 backend for pure Python packages under src, in the standard library alone."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import os
import re
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

SDIST_CONTENTS = ("pyproject.toml", "backend", "src")
MODIFIED = 1577836800
ZIP_MODIFIED = (2020, 1, 1, 0, 0, 0)


class Project(NamedTuple):
    name: str
    version: str

    @property
    def stem(self) -> str:
        """The first two parts of every artifact name (PEP 427, PEP 625)."""
        name = re.sub(r"[-_.]+", "_", self.name).lower()
        return f"{name}-{self.version}"

    @property
    def metadata(self) -> bytes:
        text = f"Metadata-Version: 2.2\nName: {self.name}\nVersion: {self.version}\n"
        return text.encode()


def read_project() -> Project:
    text = Path("pyproject.toml").read_text(encoding="utf-8")
    name, version = (
        re.search(rf'^{key} = "(.+)"$', text, re.MULTILINE).group(1)
        for key in ("name", "version")
    )
    return Project(name, version)


def files_below(root: str) -> list[Path]:
    if os.path.isfile(root):
        return [Path(root)]
    return sorted(
        path
        for path in Path(root).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def sdist_members(
    project: Project, contents: tuple[str, ...] = SDIST_CONTENTS
) -> list[tuple[tarfile.TarInfo, bytes]]:
    """Every member of the sdist with its data, PKG-INFO first."""
    pkg_info = tarfile.TarInfo(f"{project.stem}/PKG-INFO")
    members = [(pkg_info, project.metadata)]
    for path in (path for root in contents for path in files_below(root)):
        info = tarfile.TarInfo(f"{project.stem}/{path.as_posix()}")
        info.mode = 0o755 if os.access(path, os.X_OK) else 0o644
        members.append((info, path.read_bytes()))
    return members


def write_tar(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    with (
        gzip.GzipFile(path, "wb", mtime=MODIFIED) as compressed,
        tarfile.open(
            mode="w", fileobj=compressed, format=tarfile.PAX_FORMAT
        ) as archive,
    ):
        for info, data in members:
            info.size = len(data)
            info.mtime = MODIFIED
            archive.addfile(info, io.BytesIO(data))


def wheel_members(project: Project) -> dict[str, bytes]:
    """Every member of the wheel but its RECORD."""
    members = {
        path.relative_to("src").as_posix(): path.read_bytes()
        for path in files_below("src")
    }
    members[f"{project.stem}.dist-info/METADATA"] = project.metadata
    members[f"{project.stem}.dist-info/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: plain_backend\n"
        b"Root-Is-Purelib: true\nTag: py3-none-any\n"
    )
    return members


def record_line(name: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()
    return f"{name},sha256={digest.rstrip('=')},{len(data)}\n"


def with_record(project: Project, members: dict[str, bytes]) -> dict[str, bytes]:
    record = f"{project.stem}.dist-info/RECORD"
    lines = "".join(record_line(name, data) for name, data in members.items())
    return {**members, record: f"{lines}{record},,\n".encode()}


def write_zip(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, ZIP_MODIFIED)
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)


def wheel_name(project: Project) -> str:
    return f"{project.stem}-py3-none-any.whl"


def sdist_name(project: Project) -> str:
    return f"{project.stem}.tar.gz"


def write_sdist(
    directory: str, project: Project, contents: tuple[str, ...] = SDIST_CONTENTS
) -> str:
    name = sdist_name(project)
    write_tar(Path(directory, name), sdist_members(project, contents))
    return name


def write_wheel(directory: str, project: Project) -> str:
    name = wheel_name(project)
    write_zip(Path(directory, name), with_record(project, wheel_members(project)))
    return name


def build_sdist(sdist_directory, config_settings=None):
    return write_sdist(sdist_directory, read_project())


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(wheel_directory, read_project())
