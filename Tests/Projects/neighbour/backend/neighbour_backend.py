"""Builds validly, after holding what another build might reach, until it is released."""

from __future__ import annotations

import holder
import plain_backend


def build_sdist(sdist_directory, config_settings=None):
    holder.hold(config_settings)
    return plain_backend.build_sdist(sdist_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    holder.hold(config_settings)
    return plain_backend.build_wheel(wheel_directory, config_settings)
