"""Things that a good wheel is turned into, renamed to, or kept company by."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from plain_backend import Project, write_wheel

TARGET = "/etc/passwd"
LONGEST_NAME = 255
SWAP_SECONDS = 60


def leave_link(wheel: Path) -> str:
    wheel.unlink()
    wheel.symlink_to(TARGET)
    return wheel.name


def leave_hard_link(wheel: Path) -> str:
    os.link(wheel, wheel.with_name(f".{wheel.name}"))
    return wheel.name


def leave_fifo(wheel: Path) -> str:
    wheel.unlink()
    os.mkfifo(wheel)
    return wheel.name


def leave_socket(wheel: Path) -> str:
    """The address of a socket is short, hence the change of folder."""
    wheel.unlink()
    before = os.getcwd()
    os.chdir(wheel.parent)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(wheel.name)
    os.chdir(before)
    return wheel.name


def leave_device(wheel: Path) -> str:
    """Anyone may make the device 0:0, which overlays take for a deleted file."""
    wheel.unlink()
    for number in (os.makedev(1, 3), os.makedev(0, 0)):
        try:
            os.mknod(wheel, stat.S_IFCHR | 0o666, number)
        except PermissionError as error:
            print(f"no device node: {error}", flush=True)
        else:
            return wheel.name
    raise SystemExit("no device node can be made here")


def leave_directory(wheel: Path) -> str:
    wheel.unlink()
    wheel.mkdir()
    (wheel / "METADATA").write_text("Name: directory\n", encoding="utf-8")
    return wheel.name


def leave_unreadable(wheel: Path) -> str:
    wheel.chmod(0)
    return wheel.name


def leave_setuid(wheel: Path) -> str:
    wheel.chmod(0o6755)
    return wheel.name


def renamed_to(name: str) -> str:
    def leave(wheel: Path) -> str:
        wheel.rename(wheel.with_name(name))
        return name

    return leave


def leave_undecodable_name(wheel: Path) -> str:
    """The frontend could not print that name, so it hears the good one."""
    name = b"artifacts\xff-1.0-py3-none-any.whl"
    os.rename(wheel, os.path.join(os.fsencode(wheel.parent), name))
    return wheel.name


def leave_long_name(wheel: Path) -> str:
    head, tail = "artifacts-1.0-py3-none-", ".whl"
    return renamed_to(head + "x" * (LONGEST_NAME - len(head + tail)) + tail)(wheel)


def leave_outside(wheel: Path) -> str:
    """One copy under a name that climbs, and one that has climbed."""
    outside = Path(tempfile.mkdtemp(), wheel.name)
    outside.write_bytes(wheel.read_bytes())
    wheel.rename(wheel.with_name(f"..{wheel.name}"))
    return os.path.relpath(outside, wheel.parent)


def leave_other_project(wheel: Path) -> str:
    wheel.unlink()
    return write_wheel(str(wheel.parent), Project("somebody_else", "9.9"))


def leave_other_version(wheel: Path) -> str:
    wheel.unlink()
    return write_wheel(str(wheel.parent), Project("artifacts", "9.9"))


def leave_two(wheel: Path) -> str:
    write_wheel(str(wheel.parent), Project("somebody_else", "9.9"))
    return wheel.name


def leave_nothing(wheel: Path) -> str:
    wheel.unlink()
    return wheel.name


def leave_swapping(wheel: Path) -> str:
    """Turns the wheel into a link and back."""
    return leave_daemon(swap_until, wheel)


def leave_writing(wheel: Path) -> str:
    """Changes a byte of the wheel and changes it back, through a descriptor that stays open."""
    return leave_daemon(write_until, wheel)


def leave_daemon(act: Callable[[float, Path], None], wheel: Path) -> str:
    """A daemon that outlives the hook, and has begun when the hook ends."""
    begun, begin = os.pipe()
    child = os.fork()
    if child:
        os.close(begin)
        os.waitpid(child, 0)
        os.read(begun, 1)
        print("the daemon has begun", flush=True)
        return wheel.name
    os.setsid()
    if os.fork():
        os._exit(0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    try:
        os.write(begin, b".")
        act(time.monotonic() + SWAP_SECONDS, wheel)
    finally:
        os._exit(0)


def write_until(deadline: float, wheel: Path) -> None:
    with open(wheel, "rb+", buffering=0) as file:
        data = file.read()
        middle = len(data) // 2
        good = data[middle : middle + 1]
        while time.monotonic() < deadline:
            for byte in (bytes([good[0] ^ 0xFF]), good):
                file.seek(middle)
                file.write(byte)


def swap_until(deadline: float, wheel: Path) -> None:
    data = wheel.read_bytes()
    while time.monotonic() < deadline:
        wheel.unlink()
        wheel.symlink_to(TARGET)
        wheel.unlink()
        wheel.write_bytes(data)


def leave_linked_folder(wheel: Path) -> str:
    """Where the output folder is a mount point, only ./dist is left to link."""
    outside = Path(tempfile.mkdtemp())
    folder = wheel.parent
    try:
        folder.rename(outside / "moved")
        folder.symlink_to(outside / "moved")
    except OSError as error:
        print(f"the output folder stays: {error}", flush=True)
        Path("dist").symlink_to(outside)
    return wheel.name


OUTPUTS = {
    "link": leave_link,
    "hardlink": leave_hard_link,
    "fifo": leave_fifo,
    "socket": leave_socket,
    "device": leave_device,
    "directory": leave_directory,
    "mode-000": leave_unreadable,
    "setuid": leave_setuid,
    "newline-name": renamed_to("artifacts-1.0\n-py3-none-any.whl"),
    "bidi": renamed_to("artifacts-1.0-py3-none-\u202eyna\u202c.whl"),
    "non-utf8": leave_undecodable_name,
    "long-name": leave_long_name,
    "dotdot": leave_outside,
    "wrong-name": leave_other_project,
    "wrong-version": leave_other_version,
    "two-wheels": leave_two,
    "nothing": leave_nothing,
    "swap": leave_swapping,
    "writing": leave_writing,
    "linked-dist": leave_linked_folder,
}
