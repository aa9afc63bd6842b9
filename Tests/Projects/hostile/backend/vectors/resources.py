"""Taking more of the machine than one build is given, in one step."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import resource

from . import kernel
from .outcome import Outcome, Surroundings, held, reached, reached_if

TERABYTE = 1 << 40
MANY_DESCRIPTORS = 8192
LOCKED = 1 << 20
HUGE_PAGE = 2 << 20
MAP_HUGETLB = 0x40000
CORE = 1 << 30
IOPRIO_WHO_PROCESS = 1
IOPRIO_REAL_TIME = 1 << 13


def make_sparse_file(surroundings: Surroundings) -> Outcome:
    path = surroundings.scratch / "sparse"
    try:
        with open(path, "wb") as file:
            file.truncate(TERABYTE)
        return reached(f"a file of {path.stat().st_size} bytes")
    finally:
        path.unlink()


def open_many_descriptors(surroundings: Surroundings) -> Outcome:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = 0
    try:
        while count < MANY_DESCRIPTORS:
            os.open(os.devnull, os.O_RDONLY)
            count += 1
    except OSError as error:
        return held(f"{error.strerror} after {count}")
    return reached(f"{count} at once")


def lock_memory(surroundings: Surroundings) -> Outcome:
    memory = mmap.mmap(-1, LOCKED)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(LOCKED)) != 0:
        return held(os.strerror(ctypes.get_errno()))
    return reached(f"{LOCKED} bytes")


def take_huge_page(surroundings: Surroundings) -> Outcome:
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_HUGETLB
    mmap.mmap(-1, HUGE_PAGE, flags=flags)
    return reached("reserved one")


def allow_core_dumps(surroundings: Surroundings) -> Outcome:
    """Of the process of this probe alone, which does not crash."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard != resource.RLIM_INFINITY and hard < CORE:
        return held(f"the hard limit is {hard}")
    resource.setrlimit(resource.RLIMIT_CORE, (CORE, hard))
    return reached(f"up to {CORE} bytes")


def use_disks_first(surroundings: Surroundings) -> Outcome:
    answer = kernel.call("ioprio_set", IOPRIO_WHO_PROCESS, 0, IOPRIO_REAL_TIME)
    return kernel.judged(answer)


def flush_disks(surroundings: Surroundings) -> Outcome:
    """The kernel complains about the descriptor; what only pretends to flush does not."""
    answer = kernel.call("syncfs", -1)
    return reached_if(answer.errno == errno.EBADF, answer.reason)
