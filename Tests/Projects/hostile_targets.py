"""What the hostile project tries to reach, set up on the host: harmless, and gone with this program.

Usage: hostile_targets.py FOLDER
Prints one JSON object of probe settings (file, write, tcp, udp, abstract, pid, hostname,
namespaces, segment, queue, memory), then waits until its input ends. FOLDER must be readable and
writable for everybody.
"""

import contextlib
import ctypes
import json
import os
import socket
import sys
import threading

IPC_PRIVATE = 0
IPC_RMID = 0
PATIENCE = 1


def listen(family, address):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)
    server.listen(64)

    def accept():
        while True:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.settimeout(PATIENCE)
                # Who has something to hand over does so at once; the others hang up.
                connection.recv(64)

    threading.Thread(target=accept, daemon=True).start()
    return server


@contextlib.contextmanager
def shared_things(name):
    """A segment of System V, a message queue and shared memory: they outlive a process unless removed."""
    libc = ctypes.CDLL(None, use_errno=True)
    segment = libc.shmget(IPC_PRIVATE, 4096, 0o666)
    queue = libc.mq_open(f"/{name}".encode(), os.O_CREAT | os.O_RDWR, 0o666, None)
    memory = os.path.join("/dev/shm", name)
    with open(memory, "wb") as file:
        file.write(b"of the host\n")
    os.chmod(memory, 0o644)
    found = {"memory": name}
    if segment >= 0:
        found["segment"] = str(segment)
    if queue >= 0:
        found["queue"] = f"/{name}"
    try:
        yield found
    finally:
        libc.shmctl(segment, IPC_RMID, None)
        libc.mq_unlink(f"/{name}".encode())
        os.unlink(memory)


def echo(datagrams):
    while True:
        _, sender = datagrams.recvfrom(4096)
        datagrams.sendto(b"heard", sender)


def main():
    folder = sys.argv[1]
    secret = os.path.join(folder, "secret")
    with open(secret, "w", encoding="utf-8") as file:
        file.write("of the host\n")
    os.chmod(secret, 0o644)
    inbox = os.path.join(folder, "inbox")
    os.makedirs(inbox, exist_ok=True)
    os.chmod(inbox, 0o777)
    tcp = listen(socket.AF_INET, ("127.0.0.1", 0))
    abstract = f"buildbox-hostile-{os.getpid()}"
    listen(socket.AF_UNIX, f"\0{abstract}")
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    threading.Thread(target=echo, args=(udp,), daemon=True).start()
    _pipe = os.pipe()  # what a thief of descriptors could want
    # Without capabilities the clocks of the host's time namespace can only be read.
    names = sorted(name for name in os.listdir("/proc/self/ns") if not name.startswith("time"))
    settings = {
        "file": secret,
        "write": inbox,
        "tcp": f"127.0.0.1:{tcp.getsockname()[1]}",
        "udp": f"127.0.0.1:{udp.getsockname()[1]}",
        "abstract": abstract,
        "pid": str(os.getpid()),
        "hostname": socket.gethostname(),
        "namespaces": ",".join(os.readlink(f"/proc/self/ns/{name}") for name in names),
    }
    with shared_things(abstract) as shared:
        print(json.dumps({**settings, **shared}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
