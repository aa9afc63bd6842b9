"""What the kernel counts for nobody, or lets one process do to all others; and what of the kernel can be written to."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import re
import socket
import struct
from collections.abc import Iterator

from . import kernel
from .outcome import REFUSALS, Outcome, Surroundings, held, reached, reached_if

# What a process may write of itself. The kernel bounds each by the process: one line of text, or a setting of its own.
REVIEWED = re.compile(
    r"/proc/(?!1/)[0-9]+/(task/[0-9]+/)?(attr/([a-z]+/)?[a-z]+|autogroup|clear_refs|comm|coredump_filter|latency|loginuid"
    r"|make-it-fail|fail-nth|mem|oom_adj|oom_score_adj|sched|seccomp_cache|setgroups|timens_offsets|timerslack_ns"
    r"|(gid|uid|projid)_map)"
)
ENOUGH = 5
BACKLOG = 1024
MOST_WAITING = 64
SOMAXCONN = "/proc/sys/net/core/somaxconn"
MFD_HUGETLB = 4
IP_ADD_MEMBERSHIP = 35
IPV6_JOIN_GROUP = 20
IPV6_FLOWLABEL_MGR = 32
MCAST_JOIN_GROUP = 42
PR_SET_VMA = 0x53564D41


def write_kernel_files(surroundings: Surroundings) -> Outcome:
    found = []
    for path in kernel_files():
        if os.access(path, os.W_OK) and not REVIEWED.fullmatch(path):
            found.append(path)
        if len(found) == ENOUGH:
            break
    return reached_if(found, f"writable: {', '.join(found) or 'nothing but what is reviewed'}")


def kernel_files() -> Iterator[str]:
    """Of processes, those of this one and of the first alone: outside there are many."""
    own = {"1", str(os.getpid())}
    for top in ("/proc", "/sys"):
        for folder, folders, names in os.walk(top):
            if folder == "/proc":
                folders[:] = [name for name in folders if not name.isdigit() or name in own]
            for name in names:
                path = f"{folder}/{name}"
                if not os.path.islink(path):
                    yield path


def watch_pressure(surroundings: Surroundings) -> Outcome:
    """The kernel ends such a watch only after a while, and has a thread for all of them."""
    descriptor = os.open("/proc/pressure/cpu", os.O_RDWR)
    try:
        os.write(descriptor, b"some 1000000 2000000\0")
    finally:
        os.close(descriptor)
    return reached("made one")


def set_option(family: int, level: int, option: int):
    """With a value that is too short: the kernel says so where it takes the option at all."""

    def act(surroundings: Surroundings) -> Outcome:
        with socket.socket(family, socket.SOCK_DGRAM) as opened:
            try:
                opened.setsockopt(level, option, b"")
            except OSError as error:
                return reached_if(error.errno not in REFUSALS, error.strerror)
        return reached("it was set")

    return act


join_group = set_option(socket.AF_INET, socket.IPPROTO_IP, IP_ADD_MEMBERSHIP)
join_group_by_name = set_option(socket.AF_INET, socket.IPPROTO_IP, MCAST_JOIN_GROUP)
join_group_6 = set_option(socket.AF_INET6, socket.IPPROTO_IPV6, IPV6_JOIN_GROUP)
take_flow_label = set_option(socket.AF_INET6, socket.IPPROTO_IPV6, IPV6_FLOWLABEL_MGR)


def make_huge_memory_file(surroundings: Surroundings) -> Outcome:
    os.close(os.memfd_create("huge", MFD_HUGETLB))
    return reached("made one")


def name_memory(surroundings: Surroundings) -> Outcome:
    """Every area of memory can have a name of its own."""
    memory = mmap.mmap(-1, mmap.PAGESIZE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    answer = kernel.call("prctl", PR_SET_VMA, 0, address, mmap.PAGESIZE, ctypes.c_char_p(b"name"))
    return reached_if(answer.value == 0, answer.reason)


def leave_waiting(surroundings: Surroundings) -> Outcome:
    """Connections that nobody accepts, and that are counted for nobody."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        listener.bind(("127.0.0.1", 0))
        listener.listen(BACKLOG)
        for count in range(MOST_WAITING + 1):
            caller = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            caller.settimeout(0.2)
            # Closed at once, so that nothing lingers.
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            try:
                caller.connect(listener.getsockname())
            except OSError as error:
                return held(f"{error} after {count}")
    if not os.path.exists(SOMAXCONN):
        return held("older kernels keep this setting from a user's namespace: there the count bounds a run")
    return reached(f"{MOST_WAITING} wait at one socket")
