"""
Holds sockets, shared memory and a queue, says which, and waits until a file is filled.

Inside, the file is seen through an overlay, and a new one would not be.

As a program, `holder.py NAME RELEASE` does the same outside any sandbox: the control.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import socket
import sys
import threading
import time

LONGEST = 300
PAUSE = 0.05
IPC_PRIVATE = 0
IPC_RMID = 0


def hold(config_settings) -> None:
    """Settings: name, of everything that has one; release, the empty file that ends this once it is filled."""
    settings = config_settings or {}
    if "name" in settings:
        hold_as(settings["name"], settings["release"])


def hold_as(name: str, release: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    abstract = listen(socket.AF_UNIX, f"\0{name}")
    tcp = listen(socket.AF_INET, ("127.0.0.1", 0))
    segment = libc.shmget(IPC_PRIVATE, 4096, 0o666)
    libc.mq_open(f"/{name}".encode(), os.O_CREAT | os.O_RDWR, 0o666, None)
    memory = f"/dev/shm/{name}"
    with open(memory, "wb") as file:
        file.write(b"of a neighbour\n")
    line = {
        "holding": name,
        "abstract": name,
        "tcp": f"127.0.0.1:{tcp.getsockname()[1]}",
        "segment": str(segment),
        "queue": f"/{name}",
        "memory": name,
    }
    print(json.dumps(line), flush=True)
    deadline = time.monotonic() + LONGEST
    while os.path.getsize(release) == 0 and time.monotonic() < deadline:
        time.sleep(PAUSE)
    libc.shmctl(segment, IPC_RMID, None)
    libc.mq_unlink(f"/{name}".encode())
    os.unlink(memory)
    abstract.close()


def listen(family: int, address) -> socket.socket:
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)
    server.listen(64)
    threading.Thread(target=welcome, args=(server,), daemon=True).start()
    return server


def welcome(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            connection.settimeout(1)
            connection.recv(64)


if __name__ == "__main__":
    hold_as(sys.argv[1], sys.argv[2])
