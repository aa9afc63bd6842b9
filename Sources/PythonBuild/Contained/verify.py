"""Check built artifacts as data: nothing in them is run, extracted or trusted.

Usage: verify.py FOLDER OPTIONS_JSON
Writes {"artifacts": [{"name", "kind", "project", "version"}]} or {"error": {"artifact", "message"}}
to descriptor 3. Sources: PEP 427 and PEP 491 (wheels), PEP 376 (RECORD), PEP 625 (sdists).
"""

import base64
import csv
import gzip
import hashlib
import io
import json
import lzma
import os
import re
import stat
import sys
import tarfile
import zipfile
import zlib

MOST_MEMBERS = 200_000
# All that the readers of archives raise on bytes that are none; zlib.error is no OSError.
UNREADABLE = (
    OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error, lzma.LZMAError,
    zipfile.BadZipFile, tarfile.TarError,
)  # fmt: skip
SIGNATURES = {"RECORD", "RECORD.jws", "RECORD.p7s"}


class Fault(Exception):
    """Why an artifact is not handed out."""


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def check_member_path(path):
    if not path or "\0" in path or "\\" in path or path.startswith("/"):
        raise Fault(f"the member name {path!r} is not a relative path")
    if ".." in path.split("/"):
        raise Fault(f"the member name {path!r} leaves the archive")


def metadata(data, where):
    headers = plain_headers(data) or parsed_headers(data)
    name, version = headers.get("Name"), headers.get("Version")
    if not name or not version:
        raise Fault(f"{where} has no Name or no Version")
    # Bytes that are not ASCII make an object of another kind of it.
    if not isinstance(name, str) or not isinstance(version, str):
        raise Fault(f"{where} has a Name or a Version that is not ASCII")
    return name, version


def plain_headers(data):
    """Name and Version where they are what every reader of headers takes them for; nothing where any doubt is left."""
    headers = {}
    for line in data.split(b"\n"):
        line = line.removesuffix(b"\r")
        key, colon, value = line.partition(b":")
        if not line:
            break
        if not colon or b"\r" in line or not line.isascii() or not re.fullmatch(rb"[A-Za-z-]+", key):
            return {}
        if key.lower() in (b"name", b"version"):
            headers.setdefault(key.decode().capitalize(), value.strip(b" \t").decode())
        if len(headers) == 2:
            return headers
    return {}


def parsed_headers(data):
    # Not at the top: hardly any artifact needs it, and it is slow to load.
    import email.parser

    return email.parser.BytesParser().parsebytes(data, headersonly=True)


def check_claim(claimed, told, what, where):
    if claimed != told:
        raise Fault(f"the file name says {what} {claimed!r}, but {where} says {told!r}")


def check_version(claimed, told, where):
    if claimed != told:
        check_claim(canonical_version(claimed), canonical_version(told), "version", where)


def canonical_version(version):
    sys.path.insert(0, "/frontend")
    from packaging.version import Version

    try:
        return str(Version(version))
    except ValueError:  # InvalidVersion is one; so is a number of thousands of digits.
        return version


def read_limited(archive, info, budget):
    """The member's bytes, counted as they come: the header's word for the size is hostile."""
    parts = []
    with archive.open(info) as file:
        while part := file.read(1 << 20):
            budget[0] -= len(part)
            if budget[0] < 0:
                raise Fault("the members are larger than the limit on unpacked bytes")
            parts.append(part)
    return b"".join(parts)


def check_record(record, digests, record_path):
    try:
        rows = list(csv.reader(io.StringIO(record.decode("utf-8"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Fault(f"{record_path} is not a UTF-8 CSV file: {error}") from None
    listed = {}
    for row in rows:
        if len(row) != 3:
            raise Fault(f"{record_path} has a row of {len(row)} fields")
        if row[0] in listed:
            raise Fault(f"{record_path} lists {row[0]!r} twice")
        listed[row[0]] = row[1]
    folder = record_path.rsplit("/", 1)[0]
    exempt = {f"{folder}/{name}" for name in SIGNATURES}
    for path, digest in digests.items():
        if path in exempt:
            continue
        if path not in listed:
            raise Fault(f"{record_path} does not list {path!r}")
        algorithm, _, value = listed[path].partition("=")
        if algorithm != "sha256":
            raise Fault(f"{record_path} has no sha256 digest of {path!r}")
        if value.rstrip("=") != digest:
            raise Fault(f"{path!r} does not have the digest that {record_path} lists")
    for path in listed:
        if path not in digests:
            raise Fault(f"{record_path} lists {path!r}, which is not in the wheel")


def verify_wheel(path, name, budget):
    claimed_project, claimed_version = name[: -len(".whl")].split("-")[:2]
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_MEMBERS:
                raise Fault(f"it has more than {MOST_MEMBERS} members")
            if infos and min(info.header_offset for info in infos) != 0:
                raise Fault("it has bytes in front of its first member")
            digests, kept = {}, {}
            for info in infos:
                check_member_path(info.filename)
                if info.filename in digests:
                    raise Fault(f"it has two members named {info.filename!r}")
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise Fault(f"the member {info.filename!r} is not a regular file")
                if info.is_dir():
                    continue
                data = read_limited(archive, info, budget)
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
                digests[info.filename] = digest.decode().rstrip("=")
                if info.filename.split("/")[0].endswith(".dist-info"):
                    kept[info.filename] = data
    except UNREADABLE as error:
        raise Fault(f"it cannot be read as a zip archive: {error}") from None
    folders = {member.split("/")[0] for member in kept}
    if len(folders) != 1:
        raise Fault(f"it has {len(folders)} .dist-info folders where it should have one")
    folder = folders.pop()
    for required in ("METADATA", "WHEEL", "RECORD"):
        if f"{folder}/{required}" not in kept:
            raise Fault(f"it has no {folder}/{required}")
    check_record(kept[f"{folder}/RECORD"], digests, f"{folder}/RECORD")
    project, version = metadata(kept[f"{folder}/METADATA"], f"{folder}/METADATA")
    check_claim(normalized(claimed_project), normalized(project), "project", "METADATA")
    check_version(claimed_version.replace("_", "-"), version, "METADATA")
    return project, version


def verify_sdist(path, name, budget):
    stem = name[: -len(".tar.gz")]
    claimed_project, _, claimed_version = stem.rpartition("-")
    information, tops, seen, links = None, set(), {}, {}
    try:
        with gzip.open(path) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            for count, member in enumerate(archive):
                if count >= MOST_MEMBERS:
                    raise Fault(f"it has more than {MOST_MEMBERS} members")
                check_member_path(member.name)
                tops.add(member.name.split("/")[0])
                budget[0] -= member.size
                if budget[0] < 0:
                    raise Fault("the members are larger than the limit on unpacked bytes")
                earlier = seen.setdefault(member.name, member)
                if earlier is not member and not may_repeat(member, earlier, stem):
                    raise Fault(f"it has two members named {member.name!r}")
                check_tar_member(member, links)
                if member.name == f"{stem}/PKG-INFO" and member.isfile():
                    information = archive.extractfile(member).read()
            check_rest(stream, archive.offset, budget)
            check_links(links)
    except UNREADABLE as error:
        raise Fault(f"it cannot be read as a gzipped tar archive: {error}") from None
    if tops != {stem}:
        raise Fault(f"its members lie in {sorted(tops)[:5]} instead of one folder {stem!r}")
    if information is None:
        raise Fault(f"it has no {stem}/PKG-INFO")
    project, version = metadata(information, "PKG-INFO")
    check_claim(normalized(claimed_project), normalized(project), "project", "PKG-INFO")
    check_version(claimed_version, version, "PKG-INFO")
    return project, version


def may_repeat(member, earlier, stem):
    """Folders may; and some backends write PKG-INFO anew behind the one they found."""
    if member.isdir():
        return earlier.isdir()
    return member.name == f"{stem}/PKG-INFO" and member.isfile() and earlier.isfile()


def check_rest(stream, offset, budget):
    """Where this reader stops, others may go on. Reading to the end checks the CRC, too."""
    stream.seek(offset)
    while block := stream.read(1 << 20):
        budget[0] -= len(block)
        if budget[0] < 0:
            raise Fault("the members are larger than the limit on unpacked bytes")
        if block.strip(b"\0"):
            raise Fault("it has bytes behind its last member")


def check_tar_member(member, links):
    if member.isfile() or member.isdir():
        return
    if not (member.issym() or member.islnk()):
        raise Fault(f"the member {member.name!r} is a device or another special file")
    start = os.path.dirname(member.name) if member.issym() else ""
    target = os.path.join(start, member.linkname)
    top = member.name.split("/")[0]
    if os.path.isabs(member.linkname) or os.path.normpath(target).split("/")[0] != top:
        raise Fault(f"the link {member.name!r} points out of the archive, to {member.linkname!r}")
    if member.issym():
        links[os.path.normpath(member.name)] = member.linkname


def check_links(links):
    """Folding `..` as text holds only where no other link is on the way: follow them all."""
    for name, target in links.items():
        if leaves_top(f"{os.path.dirname(name)}/{target}", links):
            raise Fault(f"the link {name!r} points out of the archive through another link, to {target!r}")


def leaves_top(path, links):
    rest, place, followed = path.split("/")[::-1], [], 0
    while rest:
        part = rest.pop()
        if part in ("", "."):
            continue
        if part == "..":
            place = place[:-1]
            if not place:
                return True
            continue
        target = links.get("/".join([*place, part]))
        if target is None:
            place.append(part)
            continue
        followed += 1
        if followed > 1000:
            return False  # a circle leads nowhere
        rest += target.split("/")[::-1]
    return False


def identity(artifact):
    return normalized(artifact["project"]), canonical_version(artifact["version"])


def main():
    folder, options = sys.argv[1], json.loads(sys.argv[2])
    budget = [options["unpacked_bytes"]]
    artifacts, answer = [], None
    for name in sorted(os.listdir(folder)):
        kind, verify = ("wheel", verify_wheel) if name.endswith(".whl") else ("sdist", verify_sdist)
        try:
            project, version = verify(os.path.join(folder, name), name, budget)
        except Fault as fault:
            answer = {"error": {"artifact": name, "message": str(fault)}}
            break
        artifacts.append({"name": name, "kind": kind, "project": project, "version": version})
    expected = options.get("expected")
    for artifact in artifacts:
        if expected is not None and answer is None and identity(artifact) != identity(expected):
            found, wanted = (f"{it['project']} {it['version']}" for it in (artifact, expected))
            message = f"it is {found}, not {wanted}"
            answer = {"error": {"artifact": artifact["name"], "message": message}}
    versions = {artifact["version"] for artifact in artifacts}
    if len(versions) > 1:
        versions = {canonical_version(version) for version in versions}
    if answer is None and len(versions) > 1:
        message = f"its version is another than its fellow's: {', '.join(sorted(versions))}"
        answer = {"error": {"artifact": artifacts[-1]["name"], "message": message}}
    with open(3, "w", encoding="utf-8") as report:
        json.dump(answer or {"artifacts": artifacts}, report)


if __name__ == "__main__":
    main()
