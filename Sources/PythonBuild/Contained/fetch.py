"""Fetch one source distribution. It is not opened, and nothing of it runs.

Usage: fetch.py OPTIONS_JSON with {"location", "name", "sha256", "bytes", "index", "timeout"}
`location` is a URL or a path; `index` are the installer's options, which say whose credentials are whose and whose
certificates need not be checked. Leaves /out/NAME.
"""

import base64
import hashlib
import http.client
import json
import os
import ssl
import sys
import urllib.parse
import urllib.request

PIECE = 1 << 20


def open_location(options):
    location = options["location"]
    parts = urllib.parse.urlsplit(location)
    if parts.scheme == "file":
        return open(urllib.parse.unquote(parts.path), "rb")
    if not parts.scheme:
        return open(location, "rb")
    if parts.scheme not in ("http", "https"):
        sys.exit(f"{parts.scheme} is no way to fetch a source distribution")
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


def copy(source, target, most):
    """The digest of what was copied, which is all that was announced."""
    digest, size = hashlib.sha256(), 0
    announced = getattr(source, "headers", {}).get("Content-Length")
    while piece := source.read(PIECE):
        size += len(piece)
        if size > most:
            sys.exit(f"it is larger than the disk limit of {most} bytes")
        digest.update(piece)
        target.write(piece)
    if announced is not None and int(announced) != size:
        raise OSError(f"only {size} of {announced} bytes came")
    return digest.hexdigest()


def main():
    options = json.loads(sys.argv[1])
    try:
        with open_location(options) as source, open(f"/out/{options['name']}", "wb") as target:
            found = copy(source, target, options["bytes"])
    except (OSError, ValueError, http.client.HTTPException) as error:
        sys.exit(f"{options['name']} cannot be fetched: {error}")
    if options["sha256"] and found != options["sha256"]:
        sys.exit(f"{options['name']} is not what the index promised: its sha256 is {found}, not {options['sha256']}")


if __name__ == "__main__":
    os.umask(0o022)
    main()
