"""
A package index on the loopback, with packages that are in order and others that are not.

Usage: loopback_index.py FOLDER. Prints one line of JSON with its addresses, and serves until its input ends.
"""

import json
import socket
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Escape"))

from index import HARMLESS, Index  # noqa: E402


def stall(listener):
    """Begins an answer, and never goes on with it."""
    held = []
    while True:
        connection, _ = listener.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n<a href=")
        held.append(connection)


def main():
    folder = Path(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=stall, args=(listener,), daemon=True).start()
    with Index() as index, Index() as other:
        index.add_wheel(folder, HARMLESS, {"buildbox_harmless/__init__.py": b""})
        wheel = index.add_wheel(folder, "other-hash", {"other_hash/__init__.py": b""}).name
        page = f'<a href="/files/{wheel}#sha256={"0" * 64}">{wheel}</a>'
        index.answers["/simple/other-hash"] = page.encode()
        index.answers["/simple/garbage-page"] = bytes(range(256)) * 16
        name = "garbage_wheel-1.0-py3-none-any.whl"
        index.answers["/simple/garbage-wheel"] = f'<a href="/files/{name}">{name}</a>'.encode()
        index.answers[f"/files/{name}"] = bytes(range(256)) * 16
        index.answers["/simple/to-metadata"] = "http://169.254.169.254/latest/meta-data/"
        index.answers["/simple/to-loopback"] = f"{other.url}/to-loopback/"
        addresses = {
            "index": index.url,
            "other": other.root.removeprefix("http://"),
            "stalled": f"http://127.0.0.1:{listener.getsockname()[1]}/simple",
        }
        print(json.dumps(addresses), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
