"""What the hostile project tries to reach, set up on the host: harmless, and gone with this program.

Usage: hostile_targets.py FOLDER
Prints one JSON object of probe settings (file, write, tcp, udp, abstract, pid, hostname,
namespaces), then waits until its input ends. FOLDER must be readable and writable for everybody.
"""

import json
import os
import socket
import sys
import threading


def listen(family, address):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)
    server.listen(64)

    def accept():
        while True:
            server.accept()[0].close()

    threading.Thread(target=accept, daemon=True).start()
    return server


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
    json.dump(
        {
            "file": secret,
            "write": inbox,
            "tcp": f"127.0.0.1:{tcp.getsockname()[1]}",
            "udp": f"127.0.0.1:{udp.getsockname()[1]}",
            "abstract": abstract,
            "pid": str(os.getpid()),
            "hostname": socket.gethostname(),
            "namespaces": ",".join(os.readlink(f"/proc/self/ns/{name}") for name in names),
        },
        sys.stdout,
    )
    print(flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
