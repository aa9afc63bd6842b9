"""
Uses up one resource, chosen by the config setting `bomb`, in whichever hook comes first.

Settings: bomb=NAME, and for disk and inodes target=FOLDER instead of the temporary folder.
"""

from __future__ import annotations

import charges
import plain_backend
import processes
from fuse import limit_harm

BOMBS = {**charges.BOMBS, **processes.BOMBS}


def ignite(config_settings) -> None:
    settings = config_settings or {}
    if "bomb" not in settings:
        return
    name = settings["bomb"]
    if name not in BOMBS:
        raise SystemExit(f"bomb is one of {', '.join(BOMBS)}, not {name}")
    limit_harm()
    print(f"bomb: {name}", flush=True)
    BOMBS[name](settings)


def build_sdist(sdist_directory, config_settings=None):
    ignite(config_settings)
    return plain_backend.build_sdist(sdist_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    ignite(config_settings)
    return plain_backend.build_wheel(wheel_directory, config_settings)
