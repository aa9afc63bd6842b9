"""System calls by number, since libc offers few of the ones that a build has no use for."""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
from typing import NamedTuple

from .outcome import REFUSALS, Act, Outcome, Surroundings, not_tried, reached_if

# Numbers from asm/unistd.h: x86_64, then the generic table of aarch64 and riscv64.
NUMBERS = {
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clone": (56, 220),
    "clone3": (435, 435),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsopen": (430, 430),
    "init_module": (175, 105),
    "inotify_init1": (294, 26),
    "io_uring_setup": (425, 425),
    "ioctl": (16, 29),
    "ioprio_set": (251, 30),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "prctl": (157, 167),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "seccomp": (317, 277),
    "setgroups": (116, 159),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "sched_setaffinity": (203, 122),
    "setpriority": (141, 140),
    "settimeofday": (164, 170),
    "socket": (41, 198),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syncfs": (306, 267),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
X32_BIT = 0x40000000
GETPID_X86_64 = 39
# mov eax, 20 (getpid of i386); int 0x80; ret
GETPID_I386 = bytes.fromhex("b814000000cd80c3")
AF_VSOCK = 40


class Answer(NamedTuple):
    value: int
    errno: int

    @property
    def reason(self) -> str:
        return os.strerror(self.errno) if self.value < 0 else f"returned {self.value}"


def on_x86_64() -> bool:
    return platform.machine() == "x86_64"


def call_number(number: int, *arguments: object) -> Answer:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [
        ctypes.c_long(argument) if isinstance(argument, int) else argument
        for argument in arguments
    ]
    ctypes.set_errno(0)
    value = libc.syscall(ctypes.c_long(number), *words)
    return Answer(value, ctypes.get_errno())


def call(name: str, *arguments: object) -> Answer:
    return call_number(NUMBERS[name][0 if on_x86_64() else 1], *arguments)


def judged(answer: Answer) -> Outcome:
    """Any complaint but a refusal means that the kernel looked at the arguments."""
    refused = answer.value < 0 and answer.errno in REFUSALS
    return reached_if(not refused, answer.reason)


def system_call(name: str, *arguments: object) -> Act:
    """Made with arguments that the kernel rejects, or that change nothing, once admitted."""
    return lambda surroundings: judged(call(name, *arguments))


def i386_call(surroundings: Surroundings) -> Outcome:
    if not on_x86_64():
        return not_tried("only x86_64 has it")
    memory = mmap.mmap(
        -1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    )
    memory.write(GETPID_I386)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    value = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    return reached_if(value == os.getpid(), f"int 0x80 returned {value}")


def x32_call(surroundings: Surroundings) -> Outcome:
    if not on_x86_64():
        return not_tried("only x86_64 has it")
    return judged(call_number(GETPID_X86_64 | X32_BIT))


def vsock_with_high_bits(surroundings: Surroundings) -> Outcome:
    """A filter that compares 64 bits lets pass what the kernel then cuts to 32."""
    answer = call("socket", AF_VSOCK | 1 << 32, 1, 0)
    return reached_if(answer.value >= 0, answer.reason)
