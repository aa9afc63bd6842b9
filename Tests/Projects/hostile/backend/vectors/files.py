"""Reading and writing what belongs to the host, the environment or the frontend."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

from .outcome import Act, Outcome, Surroundings, held, not_tried, reached, reached_if

ROOT_ENTRIES = """
usr bin sbin lib lib32 lib64 libx32 etc proc dev tmp src out env frontend home buildbox .overlay
"""
ETC_ENTRIES = """
alternatives debian_version group hosts ld.so.cache nsswitch.conf passwd pki ssl
"""
DEVICES = """
null zero full random urandom shm fd stdin stdout stderr
"""
PASSWD_ENTRIES = 5
OPEN_TO_ALL = "ns_last_pid"


def read_host_file(surroundings: Surroundings) -> Outcome:
    data = Path(surroundings.targets["probe-file"]).read_bytes()
    return reached(f"{len(data)} bytes: {data[:40]!r}")


def read_shadow(surroundings: Surroundings) -> Outcome:
    return reached(f"{len(Path('/etc/shadow').read_bytes())} bytes")


def read_passwd_of_host(surroundings: Surroundings) -> Outcome:
    lines = Path("/etc/passwd").read_text(encoding="utf-8").splitlines()
    return reached_if(len(lines) > PASSWD_ENTRIES, f"{len(lines)} users")


def strangers_in(folder: Path) -> list[str]:
    """What is visible below a folder, but for the home of this build and the interpreter."""
    known = [Path(os.environ.get("HOME", "/nonexistent")), Path(sys.base_prefix)]
    strangers = []
    for entry in sorted(folder.iterdir()):
        if not any(entry == path or entry in path.parents for path in known):
            strangers.append(str(entry))
        elif entry not in known:
            strangers += strangers_in(entry)
    return strangers


def list_home_folders(folder: str) -> Act:
    def act(surroundings: Surroundings) -> Outcome:
        strangers = strangers_in(Path(folder))
        return reached_if(strangers, f"{len(strangers)} others: {strangers[:5]}")

    return act


def list_root_folder(surroundings: Surroundings) -> Outcome:
    prefix = Path(sys.base_prefix).resolve().parts[1:2]
    own = {*ROOT_ENTRIES.split(), *prefix}
    unexpected = sorted(set(os.listdir("/")) - own)
    return reached_if(unexpected, unexpected)


def list_etc(surroundings: Surroundings) -> Outcome:
    unexpected = sorted(set(os.listdir("/etc")) - {*ETC_ENTRIES.split()})
    return reached_if(unexpected, unexpected)


def list_dev(surroundings: Surroundings) -> Outcome:
    unexpected = sorted(set(os.listdir("/dev")) - {*DEVICES.split()})
    return reached_if(unexpected, unexpected)


def list_sys(surroundings: Surroundings) -> Outcome:
    entries = sorted(os.listdir("/sys"))
    return reached_if(entries, entries)


def list_shared_memory(surroundings: Surroundings) -> Outcome:
    entries = sorted(os.listdir("/dev/shm"))
    return reached_if(entries, entries)


def write_host_folder(surroundings: Surroundings) -> Outcome:
    path = Path(surroundings.targets["probe-write"], f"written-by-probe-{os.getpid()}")
    path.write_text("written\n", encoding="utf-8")
    return reached(path)


def can_write_in(folder: str | Path) -> Outcome:
    """Writes in a file without a name, so that nothing is left where it succeeds."""
    try:
        descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR):
            raise
        return can_make_folder_in(folder)
    os.write(descriptor, b"written")
    os.close(descriptor)
    return reached(f"wrote in {folder}")


def can_make_folder_in(folder: str | Path) -> Outcome:
    path = Path(folder, f"probe-{os.getpid()}")
    path.mkdir()
    path.rmdir()
    return reached(f"made {path}")


def write_in(folder: str) -> Act:
    return lambda surroundings: can_write_in(folder)


def write_environment(surroundings: Surroundings) -> Outcome:
    return can_write_in(sys.prefix)


def write_site_packages(surroundings: Surroundings) -> Outcome:
    folders = [path for path in sys.path if path.endswith(("-packages", "lib-dynload"))]
    return first_reached(can_write_in, folders)


def write_toolchain(surroundings: Surroundings) -> Outcome:
    return can_write_in(sys.base_prefix)


def write_own_interpreter(surroundings: Surroundings) -> Outcome:
    return open_without_change("/proc/self/exe", os.O_WRONLY)


def write_frontend(surroundings: Surroundings) -> Outcome:
    """The frontend's own folder is its working directory, wherever that is mounted."""
    folders = ["/frontend"]
    try:
        folders.append(os.readlink(f"/proc/{surroundings.parent}/cwd"))
    except OSError:
        pass
    return first_reached(can_write_in, folders)


def first_reached(act, candidates: list[str]) -> Outcome:
    details = []
    for candidate in candidates:
        try:
            outcome = act(candidate)
        except OSError as error:
            details.append(f"{candidate}: {error.strerror}")
            continue
        if outcome.reached:
            return outcome
        details.append(f"{candidate}: {outcome.detail}")
    return held("; ".join(details)) if details else not_tried("no candidate here")


def open_without_change(path: str, flags: int) -> Outcome:
    """An executable that is running cannot be opened for writing, but was within reach."""
    try:
        descriptor = os.open(path, flags | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ETXTBSY:
            return reached(f"{path}: {error.strerror}")
        raise
    os.close(descriptor)
    return reached(f"opened {path}")


def open_for_reading(path: str) -> Act:
    return lambda surroundings: open_without_change(path, os.O_RDONLY)


def open_for_writing(path: str) -> Act:
    return lambda surroundings: open_without_change(path, os.O_WRONLY)


def write_back(path: str) -> Act:
    """Writes the value that a kernel setting has already."""

    def act(surroundings: Surroundings) -> Outcome:
        descriptor = os.open(path, os.O_RDWR)
        try:
            value = os.read(descriptor, 4096)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, value)
        finally:
            os.close(descriptor)
        return reached(f"{path} accepts {value!r}")

    return act


def read_kernel_addresses(surroundings: Surroundings) -> Outcome:
    with open("/proc/kallsyms", encoding="ascii", errors="replace") as symbols:
        shown = next((line for line in symbols if line.split()[0].strip("0")), None)
    return reached_if(shown, shown or "no address is shown")


def read_kernel_keys(surroundings: Surroundings) -> Outcome:
    keys = Path("/proc/keys").read_text(encoding="ascii", errors="replace")
    return reached_if(keys, keys[:80])


def change_settings(surroundings: Surroundings) -> Outcome:
    """
    Looks for any kernel setting that can be opened for writing, and writes nothing. Those of
    the network belong to the namespace, and one is open to all who then may not write it.
    """
    for folder, folders, names in os.walk("/proc/sys"):
        folders[:] = [name for name in folders if name != "net"]
        for name in names:
            if name == OPEN_TO_ALL:
                continue
            path = os.path.join(folder, name)
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                continue
            return reached(f"opened {path}")
    return held("none can be opened")


def climb_to_host(surroundings: Surroundings) -> Outcome:
    """Looks for a file of the host above every folder that is a start of its own."""
    file = surroundings.targets["probe-file"].lstrip("/")
    starts = [".", "/proc/self/cwd", "/proc/self/root", "/proc/thread-self/root"]
    starts += [f"/proc/self/fd/{number}" for number in range(64)]
    up = "../" * 64
    return first_reached(
        lambda start: open_without_change(f"{start}/{up}{file}", os.O_RDONLY), starts
    )


def write_cgroups(surroundings: Surroundings) -> Outcome:
    names = ("cgroup.procs", "tasks", "release_agent", "memory.max", "pids.max")
    files = [
        os.path.join(folder, name)
        for folder, _, found in os.walk("/sys/fs/cgroup")
        for name in names
        if name in found
    ]
    if not files:
        return held("no cgroup file is visible")
    return first_reached(lambda path: open_without_change(path, os.O_WRONLY), files)


def make_device(surroundings: Surroundings) -> Outcome:
    path = surroundings.scratch / "null"
    os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    path.unlink()
    return reached("made a device node")
