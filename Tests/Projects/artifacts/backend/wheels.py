"""Files with the name of a good wheel, and something wrong inside."""

from __future__ import annotations

import base64
import hashlib
import warnings
import zipfile
from pathlib import Path

from plain_backend import Project, record_line, wheel_members, with_record, write_zip

BOMB_BLOCK = bytes(1 << 20)
BOMB_BLOCKS = 1024
SLIP = "../../../../tmp/written-by-zip-slip"
PAYLOAD = b"raise SystemExit('the payload ran')\n"


def write_not_a_zip(path: Path, project: Project) -> None:
    path.write_bytes(b"this is not a zip archive\n")


def write_zip_slip(path: Path, project: Project) -> None:
    members = {**wheel_members(project), SLIP: PAYLOAD}
    write_zip(path, with_record(project, members))


def write_absolute_member(path: Path, project: Project) -> None:
    members = {**wheel_members(project), "/tmp/written-by-zip-slip": PAYLOAD}
    write_zip(path, with_record(project, members))


def write_duplicate(path: Path, project: Project) -> None:
    """RECORD tells of the first of two members with one name."""
    members = with_record(project, wheel_members(project))
    write_zip(path, members)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(f"{project.name}/__init__.py", PAYLOAD)


def write_bad_record(path: Path, project: Project) -> None:
    """A member is not what RECORD says it is."""
    members = with_record(project, wheel_members(project))
    members[f"{project.name}/__init__.py"] = PAYLOAD
    write_zip(path, members)


def write_unrecorded_file(path: Path, project: Project) -> None:
    """RECORD is missing a file that the wheel has."""
    members = with_record(project, wheel_members(project))
    write_zip(path, {**members, f"{project.name}/unrecorded.py": PAYLOAD})


def write_absent_file(path: Path, project: Project) -> None:
    """The wheel is missing a file that RECORD has."""
    members = {**wheel_members(project), f"{project.name}/absent.py": PAYLOAD}
    recorded = with_record(project, members)
    del recorded[f"{project.name}/absent.py"]
    write_zip(path, recorded)


def write_without_record(path: Path, project: Project) -> None:
    write_zip(path, wheel_members(project))


def write_zip_bomb(path: Path, project: Project) -> None:
    """Zeros that shrink a thousandfold, honestly recorded."""
    name = f"{project.name}/zeros.bin"
    digest = hashlib.sha256()
    members = wheel_members(project)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(name, "w") as member:
            for _ in range(BOMB_BLOCKS):
                member.write(BOMB_BLOCK)
                digest.update(BOMB_BLOCK)
        lines = [record_line(member, data) for member, data in members.items()]
        encoded = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
        lines.append(f"{name},sha256={encoded},{len(BOMB_BLOCK) * BOMB_BLOCKS}\n")
        record = f"{project.stem}.dist-info/RECORD"
        members[record] = "".join([*lines, f"{record},,\n"]).encode()
        for member, data in members.items():
            archive.writestr(member, data)


WHEELS = {
    "not-a-zip": write_not_a_zip,
    "zip-slip": write_zip_slip,
    "zip-absolute": write_absolute_member,
    "duplicate": write_duplicate,
    "bad-record": write_bad_record,
    "record-missing-file": write_unrecorded_file,
    "record-absent-file": write_absent_file,
    "no-record": write_without_record,
    "zip-bomb": write_zip_bomb,
}
