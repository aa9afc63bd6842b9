"""Asks for the same distribution in both steps."""

from __future__ import annotations

from importlib.util import find_spec

import plain_backend

NEEDED = "iniconfig"


def require() -> None:
    if find_spec(NEEDED) is None:
        raise SystemExit(f"{NEEDED} was asked for and is not importable")


def get_requires_for_build_sdist(config_settings=None):
    return [NEEDED]


def get_requires_for_build_wheel(config_settings=None):
    return [NEEDED]


def build_sdist(sdist_directory, config_settings=None):
    require()
    return plain_backend.build_sdist(sdist_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    require()
    return plain_backend.build_wheel(wheel_directory, config_settings)
