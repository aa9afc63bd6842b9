"""Takes the version from `git describe`, or in an unpacked sdist from its PKG-INFO."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from plain_backend import Project, write_sdist, write_wheel

NAME = "git_versioned"


def read_project() -> Project:
    if Path("PKG-INFO").is_file():
        return Project(NAME, recorded_version())
    return Project(NAME, described_version())


def recorded_version() -> str:
    text = Path("PKG-INFO").read_text(encoding="utf-8")
    return re.search(r"^Version: (.+)$", text, re.MULTILINE).group(1)


def described_version() -> str:
    """The tag 1.2, or 1.2.post3+gabc1234 after three more commits."""
    answer = subprocess.run(
        ["git", "describe", "--tags", "--long"],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise SystemExit(f"git describe failed: {answer.stderr.strip()}")
    tag, distance, commit = answer.stdout.strip().rsplit("-", 2)
    version = tag.removeprefix("v")
    return version if distance == "0" else f"{version}.post{distance}+{commit}"


def build_sdist(sdist_directory, config_settings=None):
    return write_sdist(sdist_directory, read_project())


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(wheel_directory, read_project())
