"""
What an installer could try that an index's answer has taken over, as one program with no options.

It stands in for `uv` in a toolchain, and so runs where provisioning runs. TARGETS is written before it by
whoever installs it. It prints what each try came to as one line of JSON, and fails, so that the line is told.
"""

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request

TARGETS = {}  # replaced where it is installed
WAIT = 2
MOST_SECONDS = 60


def address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


def connect(target):
    with socket.create_connection(address(target), timeout=WAIT):
        return f"connected to {target}"


def route(target):
    """Asks the kernel for a way there; connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(address(target))
        return f"{target} from {sender.getsockname()[0]}"


def abstract(name):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + name)
        return "connected"


def tunnel(target):
    """Asks the proxy of this place for a tunnel."""
    proxy = os.environ["HTTPS_PROXY"].removeprefix("http://")
    with socket.create_connection(address(proxy), timeout=WAIT) as client:
        client.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        status = client.recv(4096).decode(errors="replace").splitlines()[0]
        if " 200 " not in status:
            raise OSError(status)
        return status


def forward(url):
    """Asks the proxy of this place for a page."""
    with urllib.request.urlopen(url, timeout=WAIT) as answer:
        return f"status {answer.status}"


def wait_for(url):
    """Until the page is there: so long, this place and its proxy stay."""
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        try:
            return forward(url)
        except urllib.error.HTTPError:
            time.sleep(0.05)
    raise OSError("nobody let go")


ACTS = {
    "connect": connect, "route": route, "abstract": abstract, "tunnel": tunnel, "forward": forward,
    "wait": wait_for,
}  # fmt: skip


def main():
    tries = {}
    for name, (act, target) in TARGETS.items():
        try:
            tries[name] = {"reached": True, "detail": ACTS[act](target)}
        except (OSError, KeyError, IndexError) as error:
            tries[name] = {"reached": False, "detail": repr(error)}
    # One line: of a failed installer's output, the last lines are told.
    print(json.dumps({"tries": tries}), file=sys.stderr, flush=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
