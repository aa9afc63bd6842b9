"""Builds validly, after running every probe of what lies outside the sandbox."""

from __future__ import annotations

import plain_backend
import probes


def build_sdist(sdist_directory, config_settings=None):
    probes.report_inside(config_settings)
    return plain_backend.build_sdist(sdist_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    probes.report_inside(config_settings)
    return plain_backend.build_wheel(wheel_directory, config_settings)
