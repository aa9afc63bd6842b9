"""Reaching another machine, the host's own services, or any interface but the loopback."""

from __future__ import annotations

import ctypes
import glob
import os
import socket
import struct
import time

from .outcome import Act, Outcome, Surroundings, held, not_tried, reached, reached_if

WAIT = 1
SLOW_LOOKUP = 2.0
CONTROL_SOCKETS = (
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/run/dbus/system_bus_socket",
    "/run/systemd/private",
    "/run/systemd/journal/stdout",
    "/run/user/*/bus",
    "/run/user/*/systemd/private",
)
NETLINK_ROUTE = 0
NETLINK_AUDIT = 9
NETLINK_KOBJECT_UEVENT = 15
AF_XDP = 44
SO_ATTACH_FILTER = 26
BPF_RETURN = 0x06


def address_of(target: str) -> tuple[str, int]:
    host, _, port = target.rpartition(":")
    return host.strip("[]"), int(port)


def connect_tcp(surroundings: Surroundings) -> Outcome:
    address = address_of(surroundings.targets["probe-tcp"])
    with socket.create_connection(address, timeout=WAIT) as connection:
        return reached(f"connected to {connection.getpeername()}")


def send_udp(surroundings: Surroundings) -> Outcome:
    """Without a listener on the loopback, the second call on the socket is refused."""
    host, port = address_of(surroundings.targets["probe-udp"])
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.settimeout(WAIT)
        sender.connect((host, port))
        sender.send(b"probe")
        try:
            return reached(f"answered with {sender.recv(64)!r}")
        except TimeoutError:
            return reached("sent, and nobody refused it")


def route_to(family: int, address: str) -> Act:
    """Asks the kernel for a route; connecting a datagram socket sends nothing."""

    def act(surroundings: Surroundings) -> Outcome:
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.connect((address, 80))
            return reached(f"{address} from {sender.getsockname()[0]}")

    return act


def resolve_name(surroundings: Surroundings) -> Outcome:
    name = surroundings.targets.get("probe-dns", "example.org")
    try:
        found = socket.getaddrinfo(name, 443)
    except socket.gaierror as error:
        return held(error)
    return reached(f"{name} is {found[0][4][0]}")


def wait_for_resolver(surroundings: Surroundings) -> Outcome:
    """A resolver that cannot answer must say so at once."""
    start = time.monotonic()
    try:
        socket.getaddrinfo("buildbox-probe.invalid", 443)
    except socket.gaierror:
        pass
    elapsed = time.monotonic() - start
    return reached_if(elapsed > SLOW_LOOKUP, f"{elapsed:.3f} s")


def list_interfaces(surroundings: Surroundings) -> Outcome:
    with open("/proc/net/dev", encoding="ascii") as devices:
        names = [line.partition(":")[0].strip() for line in devices if ":" in line]
    names = [name for name in names if name != "lo"]
    return reached_if(names, names)


def connect_abstract(surroundings: Surroundings) -> Outcome:
    name = surroundings.targets["probe-abstract"].lstrip("@")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(WAIT)
        connection.connect("\0" + name)
    return reached(f"connected to @{name}")


def list_abstract_sockets(surroundings: Surroundings) -> Outcome:
    with open("/proc/net/unix", encoding="utf-8", errors="replace") as table:
        names = [line.split()[-1] for line in table if " @" in line]
    return reached_if(names, names[:10])


def connect_control_sockets(surroundings: Surroundings) -> Outcome:
    paths = [path for pattern in CONTROL_SOCKETS for path in glob.glob(pattern)]
    refusals = []
    for path in paths:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_UNIX, kind) as connection:
                connection.settimeout(WAIT)
                try:
                    connection.connect(path)
                except OSError as error:
                    refusals.append(f"{path}: {error.strerror}")
                else:
                    return reached(f"connected to {path}")
    return held("; ".join(refusals) or "none is visible")


def open_socket(family: str | int, kind: int, protocol: int = 0) -> Act:
    def act(surroundings: Surroundings) -> Outcome:
        number = getattr(socket, family, None) if isinstance(family, str) else family
        if number is None:
            return not_tried(f"this Python has no {family}")
        with socket.socket(number, kind, protocol):
            return reached(f"opened a socket of family {family}, protocol {protocol}")

    return act


def attach_filter(surroundings: Surroundings) -> Outcome:
    """The kernel compiles such a program and has room for only so many on the whole host."""
    program = struct.pack("HBBI", BPF_RETURN, 0, 0, 0xFFFF)
    memory = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HP", 1, ctypes.addressof(memory))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filtered:
        filtered.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, header)
        return reached("attached a program of one instruction")


def share_host_namespaces(surroundings: Surroundings) -> Outcome:
    """The caller names the host's namespaces as readlink shows them, with commas."""
    host = set(surroundings.targets["probe-namespaces"].split(","))
    folder = "/proc/self/ns"
    own = {os.readlink(f"{folder}/{name}") for name in os.listdir(folder)}
    return reached_if(own & host, sorted(own & host))
