"""Gaining a privilege, a namespace or a limit that a build is not given."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import struct
from pathlib import Path

from .kernel import Answer, call, judged
from .outcome import Act, Outcome, Surroundings, held, reached, reached_if

CAPABILITIES = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
CLONE_FLAGS = {
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
SIGCHLD = 17
AT_FDCWD = -100
MNT_DETACH = 2
OPEN_TREE_CLONE = 1
MOUNT_ATTR_SIZE = 32
PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_READ = 23
LAST_CAPABILITY = 63
SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3
BPF_RETURN = 0x06
SECCOMP_RET_ALLOW = 0x7FFF0000
OTHER_USER = 12345


class FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def status_field(name: str) -> str:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return value.strip()
    raise OSError(f"/proc/self/status has no {name}")


def hold_capabilities(surroundings: Surroundings) -> Outcome:
    sets = {name: status_field(name) for name in CAPABILITIES}
    return reached_if(any(int(value, 16) for value in sets.values()), sets)


def bounded_capabilities(surroundings: Surroundings) -> Outcome:
    """Asks the kernel instead of /proc."""
    left = [
        number
        for number in range(LAST_CAPABILITY + 1)
        if call("prctl", PR_CAPBSET_READ, number, 0, 0, 0).value == 1
    ]
    return reached_if(left, left)


def lack_no_new_privileges(surroundings: Surroundings) -> Outcome:
    value = status_field("NoNewPrivs")
    return reached_if(value != "1", f"NoNewPrivs is {value}")


def lack_seccomp_filter(surroundings: Surroundings) -> Outcome:
    value = status_field("Seccomp")
    return reached_if(value != "2", f"Seccomp is {value}")


def become_root(surroundings: Surroundings) -> Outcome:
    os.setuid(0)
    return reached(f"user ids {os.getresuid()}")


def become_other_user(surroundings: Surroundings) -> Outcome:
    os.setresuid(OTHER_USER, OTHER_USER, OTHER_USER)
    return reached(f"user ids {os.getresuid()}")


def clone_namespace(surroundings: Surroundings) -> Outcome:
    answer = call("clone", CLONE_FLAGS["user"] | SIGCHLD, 0, 0, 0, 0)
    if answer.value == 0:
        os._exit(0)
    if answer.value > 0:
        os.waitpid(answer.value, 0)
    return reached_if(answer.value > 0, answer.reason)


def join_namespace(surroundings: Surroundings) -> Outcome:
    descriptor = os.open("/proc/self/ns/uts", os.O_RDONLY)
    return judged(call("setns", descriptor, 0))


def mount_on_scratch(kind: bytes | None, flags: int) -> Act:
    """What does get mounted lies on an empty folder and is detached at once."""

    def act(surroundings: Surroundings) -> Outcome:
        folder = os.fsencode(surroundings.scratch)
        answer = call("mount", folder, folder, kind, flags, None)
        if answer.value == 0:
            call("umount2", folder, MNT_DETACH)
        return reached_if(answer.value == 0, answer.reason)

    return act


def unmount_scratch(surroundings: Surroundings) -> Outcome:
    return judged(call("umount2", os.fsencode(surroundings.scratch), 0))


def pivot_scratch(surroundings: Surroundings) -> Outcome:
    folder = os.fsencode(surroundings.scratch)
    return judged(call("pivot_root", folder, folder))


def change_root(surroundings: Surroundings) -> Outcome:
    os.chroot(surroundings.scratch)
    return reached(f"the root folder is {surroundings.scratch}")


def change_mount_attributes(surroundings: Surroundings) -> Outcome:
    """Asks for no change at all, which takes the same privilege."""
    attributes = bytes(MOUNT_ATTR_SIZE)
    return judged(call("mount_setattr", AT_FDCWD, b"/", 0, attributes, MOUNT_ATTR_SIZE))


def open_by_handle(surroundings: Surroundings) -> Outcome:
    handle = struct.pack("IiQ", 8, 1, 2)
    return judged(call("open_by_handle_at", AT_FDCWD, handle, 0))


def set_host_name(surroundings: Surroundings) -> Outcome:
    name = socket.gethostname().encode()
    return judged(call("sethostname", name, len(name)))


def add_seccomp_listener(surroundings: Surroundings) -> Outcome:
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    allow = struct.pack("HBBI", BPF_RETURN, 0, 0, SECCOMP_RET_ALLOW)
    program = FilterProgram(1, allow)
    answer: Answer = call(
        "seccomp",
        SECCOMP_SET_MODE_FILTER,
        SECCOMP_FILTER_FLAG_NEW_LISTENER,
        ctypes.byref(program),
    )
    return reached_if(answer.value >= 0, answer.reason)


def run_in_real_time(surroundings: Surroundings) -> Outcome:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return reached("scheduled first in, first out")


def run_before_others(surroundings: Surroundings) -> Outcome:
    os.setpriority(os.PRIO_PROCESS, 0, -5)
    return reached("niceness is -5")


def raise_limits(surroundings: Surroundings) -> Outcome:
    raised = []
    for name in ("RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_CORE", "RLIMIT_MEMLOCK"):
        number = getattr(resource, name)
        soft, hard = resource.getrlimit(number)
        if hard == resource.RLIM_INFINITY:
            continue
        try:
            resource.setrlimit(number, (soft, hard + 1))
        except (OSError, ValueError):
            continue
        raised.append(name)
    return (
        reached_if(raised, raised) if raised else held("no hard limit could be raised")
    )
