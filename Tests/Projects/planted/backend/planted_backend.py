"""Builds validly, and takes the traps along into the sdist."""

from __future__ import annotations

import plain_backend

TRAPS = (
    "json.py",
    "tomllib.py",
    "build.py",
    "sitecustomize.py",
    "usercustomize.py",
    "python",
    "python3",
    ".python-version",
    ".venv",
    "uv.toml",
    "uv.lock",
    "pip.conf",
)


def build_sdist(sdist_directory, config_settings=None):
    contents = plain_backend.SDIST_CONTENTS + TRAPS
    return plain_backend.write_sdist(
        sdist_directory, plain_backend.read_project(), contents
    )


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return plain_backend.build_wheel(wheel_directory, config_settings)
