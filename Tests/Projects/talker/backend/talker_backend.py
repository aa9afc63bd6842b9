"""
Says what it is told to, then builds.

Settings, all for the wheel's hook: `say` begins each line, which goes on with the line's number and the time of the day
in seconds; `lines` is how many (0); `every` the seconds between them (0); `flood` then prints so many bytes more.
"""

from __future__ import annotations

import os
import time

import plain_backend

BLOCK = b"0123456789abcdef" * 4095 + b"0123456789abcde\n"


def talk(settings) -> None:
    word, pause = settings.get("say", "talker"), float(settings.get("every", "0"))
    for number in range(int(settings.get("lines", "0"))):
        if number and pause:
            time.sleep(pause)
        print(f"{word} {number} {time.time():.6f}", flush=True)
    left = int(settings.get("flood", "0"))
    while left > 0:
        left -= os.write(1, BLOCK[:left])


def build_sdist(sdist_directory, config_settings=None):
    return plain_backend.build_sdist(sdist_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    talk(config_settings or {})
    return plain_backend.build_wheel(wheel_directory, config_settings)
