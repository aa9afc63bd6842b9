"""
Leaves in the output folder what the config setting `artifact` names, in place of the wheel
or, where the name begins with sdist, of the sdist; without it, what any backend leaves.
"""

from __future__ import annotations

from pathlib import Path

import plain_backend
import terminal
from outputs import OUTPUTS
from sdists import SDISTS
from wheels import WHEELS

ESCAPES = "escapes"
CHOICES = (ESCAPES, *WHEELS, *OUTPUTS, *SDISTS)


def chosen(config_settings) -> str | None:
    name = (config_settings or {}).get("artifact")
    if name is not None and name not in CHOICES:
        raise SystemExit(f"artifact is one of {', '.join(CHOICES)}, not {name}")
    if name == ESCAPES:
        terminal.deface()
    return name


def build_sdist(sdist_directory, config_settings=None):
    name = chosen(config_settings)
    project = plain_backend.read_project()
    if name not in SDISTS:
        return plain_backend.write_sdist(sdist_directory, project)
    members = plain_backend.sdist_members(project)
    members += SDISTS[name](project)
    file_name = plain_backend.sdist_name(project)
    plain_backend.write_tar(Path(sdist_directory, file_name), members)
    return file_name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = chosen(config_settings)
    project = plain_backend.read_project()
    if name in WHEELS:
        path = Path(wheel_directory, plain_backend.wheel_name(project))
        WHEELS[name](path, project)
        return path.name
    file_name = plain_backend.write_wheel(wheel_directory, project)
    if name in OUTPUTS:
        return OUTPUTS[name](Path(wheel_directory, file_name))
    return file_name
