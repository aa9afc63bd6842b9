"""Asks for a different distribution in each step, and refuses to see the other's."""

from __future__ import annotations

from importlib.util import find_spec

import plain_backend

FOR_SDIST = "iniconfig"
FOR_WHEEL = "tomli"


def require(present: str, absent: str) -> None:
    if find_spec(present) is None:
        raise SystemExit(f"{present} was asked for and is not importable")
    if find_spec(absent) is not None:
        raise SystemExit(f"{absent} was not asked for and is importable")
    print(f"{present} is importable and {absent} is not", flush=True)


def get_requires_for_build_sdist(config_settings=None):
    return [FOR_SDIST]


def get_requires_for_build_wheel(config_settings=None):
    return [FOR_WHEEL]


def build_sdist(sdist_directory, config_settings=None):
    require(FOR_SDIST, FOR_WHEEL)
    return plain_backend.build_sdist(sdist_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    require(FOR_WHEEL, FOR_SDIST)
    return plain_backend.build_wheel(wheel_directory, config_settings)
