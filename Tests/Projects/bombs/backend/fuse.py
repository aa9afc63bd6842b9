"""Keeps a bomb from going off where nothing contains it."""

from __future__ import annotations

import os
import resource

CPU_SECONDS = 900
MOST_PROCESSES = 16


def limit_harm() -> None:
    refuse_outside()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or hard > CPU_SECONDS:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def refuse_outside() -> None:
    """A sandbox has no interface but its loopback, and few processes at first."""
    with open("/proc/net/dev", encoding="ascii") as devices:
        names = [line.partition(":")[0].strip() for line in devices if ":" in line]
    interfaces = [name for name in names if name != "lo"]
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    if interfaces or len(processes) > MOST_PROCESSES:
        raise SystemExit(
            "refusing to use up the resources of this machine: no sandbox has"
            f" {len(processes)} processes and the interfaces {interfaces or 'lo'}"
        )
