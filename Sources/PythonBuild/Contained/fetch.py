"""Fetch wheels and source distributions. They are not opened, and nothing of them runs.

Usage: fetch.py
/order/fetch.json has {"files": [{"location", "name", "sha256"}], "bytes", "index", "timeout"}: `location` is a URL or a
path; `bytes` is the most for all files together; `index` are the installer's options, which say whose credentials are
whose and whose certificates need not be checked. Leaves /out/NAME of each.
"""

import base64
import hashlib
import http.client
import json
import os
import ssl
import sys
import threading
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

PIECE = 1 << 20
AT_ONCE = 8


class Fault(Exception):
    """Why a file is not there."""


class Budget:
    """Bytes that all files together may have."""

    def __init__(self, most):
        self._most, self._taken, self._lock = most, 0, threading.Lock()

    def take(self, size):
        with self._lock:
            self._taken += size
            if self._taken > self._most:
                raise Fault(f"what is fetched is larger than the disk limit of {self._most} bytes")


def open_location(location, options):
    parts = urllib.parse.urlsplit(location)
    if parts.scheme == "file":
        return open(urllib.parse.unquote(parts.path), "rb")
    if not parts.scheme:
        return open(location, "rb")
    if parts.scheme not in ("http", "https"):
        raise Fault(f"{parts.scheme} is no way to fetch a file")
    request = urllib.request.Request(parts._replace(netloc=host_of(parts), fragment="").geturl())
    credentials = userinfo(parts) or configured_credentials(parts, options["index"])
    if credentials:
        # Not sent on to where a redirect leads.
        token = base64.b64encode(credentials.encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {token}")
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trust(parts, options["index"])))
    return opener.open(request, timeout=options["timeout"])


def host_of(parts):
    return parts.netloc.rpartition("@")[2]


def userinfo(parts):
    return urllib.parse.unquote(parts.netloc.rpartition("@")[0])


def configured_credentials(parts, index):
    """Those of an index on the same host, as the installer sends them."""
    for option in index:
        known = urllib.parse.urlsplit(option.partition("=")[2] if "=http" in option else option)
        if known.scheme == parts.scheme and host_of(known) == host_of(parts) and userinfo(known):
            return userinfo(known)
    return ""


def trust(parts, index):
    context = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE"))
    if os.environ.get("SSL_CLIENT_CERT"):
        context.load_cert_chain(os.environ["SSL_CLIENT_CERT"])
    insecure = [index[place + 1] for place, option in enumerate(index) if option == "--allow-insecure-host"]
    if parts.hostname in insecure or host_of(parts) in insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def copy(source, target, budget):
    """The digest of what was copied, which is all that was announced."""
    digest, size = hashlib.sha256(), 0
    announced = getattr(source, "headers", {}).get("Content-Length")
    while piece := source.read(PIECE):
        size += len(piece)
        budget.take(len(piece))
        digest.update(piece)
        target.write(piece)
    if announced is not None and int(announced) != size:
        raise OSError(f"only {size} of {announced} bytes came")
    return digest.hexdigest()


def fetch(file, options, budget):
    """Why it could not be fetched, or nothing."""
    name, promised = file["name"], file.get("sha256")
    try:
        with open_location(file["location"], options) as source, open(f"/out/{name}", "wb") as target:
            found = copy(source, target, budget)
    except Fault as fault:
        return f"{name} cannot be fetched: {fault}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"{name} cannot be fetched: {error}"
    if promised and found != promised:
        return f"{name} is not what the index promised: its hash is sha256:{found}, not sha256:{promised}"
    return None


def main():
    with open("/order/fetch.json", encoding="utf-8") as file:
        options = json.load(file)
    budget = Budget(options["bytes"])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        faults = list(pool.map(lambda file: fetch(file, options, budget), options["files"]))
    if any(faults):
        sys.exit("\n".join(fault for fault in faults if fault))


if __name__ == "__main__":
    os.umask(0o022)
    main()
