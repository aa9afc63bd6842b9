"""What processes of one machine share by a name or a number, without any network."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
from pathlib import Path

from .outcome import Outcome, Surroundings, reached

WAIT = 1
SHM_RDONLY = 0o10000
FAILED = ctypes.c_void_p(-1).value


def standard_library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def refusal() -> OSError:
    return OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def attach_segment(surroundings: Surroundings) -> Outcome:
    """System V shared memory of the host, by its number."""
    number = int(surroundings.targets["probe-segment"])
    attach = standard_library().shmat
    attach.restype = ctypes.c_void_p
    if attach(number, None, SHM_RDONLY) == FAILED:
        raise refusal()
    return reached(f"attached segment {number}")


def open_queue(surroundings: Surroundings) -> Outcome:
    name = surroundings.targets["probe-queue"]
    if standard_library().mq_open(name.encode(), os.O_RDONLY) < 0:
        raise refusal()
    return reached(f"opened the message queue {name}")


def open_shared_memory(surroundings: Surroundings) -> Outcome:
    path = Path("/dev/shm", surroundings.targets["probe-memory"])
    return reached(f"{path}: {len(path.read_bytes())} bytes")


def pass_output(surroundings: Surroundings) -> Outcome:
    """Whoever is handed the build's output could go on writing to it after its end."""
    name = surroundings.targets["probe-abstract"].lstrip("@")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(WAIT)
        connection.connect("\0" + name)
        socket.send_fds(connection, [b"output"], [1])
    return reached(f"handed standard output to @{name}")


def direct_signals(surroundings: Surroundings) -> Outcome:
    """The kernel sends signals for a descriptor to whom its owner names."""
    process = int(surroundings.targets["probe-pid"])
    reading, writing = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, process)
    os.close(writing)
    return reached(f"signals of a pipe would go to process {process}")
