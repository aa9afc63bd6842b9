"""Read archives of project folders (.tar.gz, .tar.zst, .zip) member by member, and refuse what could do harm.

A module of inspect.py, stage.py and pack.py, not a program. What is refused is refused for all that read it: names
that are absolute, climb, repeat, or lie below what is no folder; links that lead out; special files; members that
are sparse or encrypted; bytes in front or behind; more than the limits.
"""

import gzip
import lzma
import re
import stat
import struct
import sys
import tarfile
import zipfile
import zlib
from calendar import timegm

try:
    from compression import zstd
except ImportError:
    sys.path.append("/buildbox/zstd")
    try:
        from backports import zstd
    except ImportError:
        zstd = None

FILE, FOLDER, LINK, HARD_LINK = "file", "folder", "link", "hard link"
LONGEST_PATH = 4000  # bytes; PATH_MAX (limits.h) is 4096, and the folder that they go to has a name, too
LONGEST_NAME = 255
LARGEST_NAMES = 64 << 20  # bytes of all names together: they are held in memory
LARGEST_DIRECTORY = 32 << 20  # bytes of a zip's central directory, which is held in memory, too
LARGEST_HEADER = 1 << 20  # bytes of one tar header and what extends it
CHUNK = 1 << 20
MOST_FOLLOWED = 40  # as the kernel (path_resolution(7))
MOST_STEPS = 1 << 20
LATEST = (1 << 33) - 1  # seconds; what os.utime takes in nanoseconds is not much more
UNIX = 3  # zip: made on a system with modes (APPNOTE 4.4.2)
ENCRYPTED = 1  # zip: general purpose bit 0
UNREADABLE = (
    OSError, EOFError, ValueError, NotImplementedError, RuntimeError, OverflowError, struct.error, zlib.error,
    lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError,
)  # fmt: skip
if zstd is not None:
    UNREADABLE += (zstd.ZstdError,)


class Refusal(Exception):
    """Why an archive is not used. `limit` is set where it is too large: its kind, the limit, what was seen."""

    def __init__(self, message, limit=None):
        super().__init__(message)
        self.limit = limit


class Entry:
    """A member: a path of names alone, relative, without a slash at its end; "" is the top itself."""

    __slots__ = ("path", "kind", "mode", "time", "target")

    def __init__(self, path, kind, mode, time, target=""):
        self.path, self.kind, self.target = path, kind, target
        self.mode = mode & 0o777
        self.time = time  # nanoseconds


class Inventory:
    """All that was seen of an archive, and what it may have together."""

    def __init__(self, most_bytes, most_entries):
        self.most_bytes, self.most_entries = most_bytes, most_entries
        self.bytes = 0
        self.kinds = {}
        self._links = {}
        self._names = 0

    def count(self, size):
        self.bytes += size
        if self.bytes > self.most_bytes:
            raise Refusal(
                f"it unpacks to more than the disk limit of {self.most_bytes} bytes",
                {"kind": "disk", "limit": self.most_bytes, "observed": self.bytes},
            )

    def admit(self, entry):
        path, kind = entry.path, entry.kind
        if not path:
            if kind != FOLDER:
                raise Refusal(f"the member for its top is a {kind}")
            return
        self._admit_parents(path)
        earlier = self.kinds.get(path)
        if earlier is not None and (earlier, kind) != (FOLDER, FOLDER):
            raise Refusal(f"it has two members named {shown(path)}, a {earlier} and a {kind}")
        if kind == HARD_LINK:
            if self.kinds.get(entry.target) != FILE:
                raise Refusal(
                    f"the hard link {shown(path)} leads to {shown(entry.target)}, which is no file in front of it"
                )
            kind = FILE
        elif kind == LINK:
            check_text(entry.target, f"the target of the link {shown(path)}")
            self._links[path] = entry.target
        if earlier is None:
            self._add(path, kind)

    def _admit_parents(self, path):
        while (slash := path.rfind("/")) > 0:
            path = path[:slash]
            kind = self.kinds.get(path)
            if kind == FOLDER:
                return
            if kind is not None:
                raise Refusal(f"it has a {kind} named {shown(path)} and members below it")
            self._add(path, FOLDER)

    def _add(self, path, kind):
        self.kinds[path] = kind
        if len(self.kinds) > self.most_entries:
            raise Refusal(
                f"it has more than {self.most_entries} files, folders and links",
                {"kind": "inodes", "limit": self.most_entries, "observed": len(self.kinds)},
            )
        self._names += len(path)
        if self._names > LARGEST_NAMES:
            raise Refusal(f"its names have more than {LARGEST_NAMES} characters together")

    def check_links(self):
        for path, leading in links_leading_out(self._links):
            raise Refusal(f"the link {shown(path)} leads out of it, to {shown(leading)}")


def links_leading_out(links):
    """Those of {path: target} that lead out of the top, be it through others. Folding `..` as text would not tell."""
    steps = [MOST_STEPS]
    for path, target in links.items():
        if leads_out(path, links, steps):
            yield path, target


def leads_out(path, links, steps):
    rest, place, followed = path.split("/")[::-1], [], 0
    while rest:
        steps[0] -= 1
        if steps[0] < 0:
            raise Refusal("its links lead through too many others")
        part = rest.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not place:
                return True
            place.pop()
            continue
        target = links.get("/".join([*place, part]))
        if target is None:
            place.append(part)
            continue
        followed += 1
        if followed > MOST_FOLLOWED:
            return False  # nor does the kernel go on
        if target.startswith("/"):
            return True
        rest += target.split("/")[::-1]
    return False


def shown(text):
    """A hostile name for people."""
    return repr(text if len(text) <= 120 else text[:117] + "...")


def check_text(text, what):
    """What a name or the target of a link must be, to be one on disk."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise Refusal(f"{what}, {shown(text)}, is not UTF-8") from None
    if not text or "\0" in text:
        raise Refusal(f"{what} is empty or has a zero byte")
    if size > LONGEST_PATH:
        raise Refusal(f"{what}, {shown(text)}, is longer than {LONGEST_PATH} bytes")


def clean(name, what="the member name"):
    check_text(name, what)
    if name.startswith("/"):
        raise Refusal(f"{what} {shown(name)} is absolute")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Refusal(f"{what} {shown(name)} climbs with `..`")
    if any(len(part.encode()) > LONGEST_NAME for part in parts):
        raise Refusal(f"{what} {shown(name)} has a part of more than {LONGEST_NAME} bytes")
    return "/".join(parts)


def read(path, form, inventory):
    """Each entry with a function that reads its content, which is valid until the next: call(size) -> bytes.

    What a caller leaves of the content is read all the same, so that at the end the whole archive was sound.
    """
    members = {"tar.gz": tar_gzip, "tar.zst": tar_zstandard, "zip": zip_members}[form]
    try:
        for entry, call in members(path, inventory):
            yield entry, call and guarded(call, form)
    except UNREADABLE as error:
        raise unreadable(error, form) from None
    inventory.check_links()


def guarded(call, form):
    """What fails while a caller reads fails at the caller, not here."""

    def guard(size):
        try:
            return call(size)
        except UNREADABLE as error:
            raise unreadable(error, form) from None

    return guard


def unreadable(error, form):
    return Refusal(f"it cannot be read as .{form}: {str(error) or type(error).__name__}")


def tar_gzip(path, inventory):
    with gzip.open(path) as stream:
        yield from tar_members(stream, inventory)


def tar_zstandard(path, inventory):
    if zstd is None:
        raise Refusal("the toolchain has nothing that reads zstd: start buildbox through scripts/buildbox")
    with zstd.open(path) as stream:
        yield from tar_members(stream, inventory)


class Forward:
    """A stream that goes forward only, in steps of a bounded size, to a bounded end: what tarfile reads from."""

    def __init__(self, stream, most):
        self._stream, self._most, self._position = stream, most, 0
        self.last = b""  # what the last step gave

    def tell(self):
        return self._position

    def read(self, size):
        if not 0 <= size <= LARGEST_HEADER:
            raise Refusal(f"it has a header of {size} bytes")
        if self._position > self._most:
            raise Refusal(
                f"it unpacks to more than the disk limit of {self._most} bytes and its headers",
                {"kind": "disk", "limit": self._most, "observed": self._position},
            )
        self.last = self._stream.read(size)
        self._position += len(self.last)
        return self.last

    def seek(self, position):
        if position < self._position:
            raise Refusal("it has a member that begins in front of the one before")
        while self._position < position:
            if not self.read(min(CHUNK, position - self._position)):
                raise EOFError("it ends inside a member")


def tar_members(stream, inventory):
    headers = 8 * tarfile.BLOCKSIZE * inventory.most_entries
    forward = Forward(stream, inventory.most_bytes + headers + CHUNK)
    with tarfile.open(fileobj=forward, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
        while (member := archive.next()) is not None:
            archive.members = []  # It keeps them all; nobody asks it for them.
            entry = tar_entry(member)
            inventory.admit(entry)
            if entry.kind == FILE:
                forward.seek(member.offset_data)
                yield from content(entry, reader(forward, member.size), inventory)
            else:
                yield entry, None
    # The reader takes whatever is no header for the end. Where it stops, others may go on; and reading on checks the
    # digest of the compression.
    if len(forward.last) < tarfile.BLOCKSIZE:
        raise Refusal("it is cut short: the block of zeros at its end is missing")
    while forward.last:
        if forward.last.strip(b"\0"):
            raise Refusal("it has a broken header, or bytes behind its last member")
        forward.read(CHUNK)


def tar_entry(member):
    path = clean(member.name)
    if member.size < 0 or member.offset_data < 0:
        raise Refusal(f"the member {shown(path)} has a size below zero")
    if member.issparse() or member.type == tarfile.GNUTYPE_SPARSE:
        raise Refusal(f"the member {shown(path)} is sparse: pack it whole")
    time = tar_time(member)
    if member.isreg():
        return Entry(path, FILE, member.mode, time)
    if member.isdir():
        return Entry(path, FOLDER, member.mode, time)
    if member.issym():
        return Entry(path, LINK, 0o777, time, member.linkname)
    if member.islnk():
        return Entry(path, HARD_LINK, 0, time, clean(member.linkname, f"the target of the hard link {shown(path)}"))
    raise Refusal(f"the member {shown(path)} is a device, a pipe or another special file")


def tar_time(member):
    """To the nanosecond: as a number it would have been rounded."""
    match = re.fullmatch(r"([0-9]{1,11})(?:\.([0-9]*))?", member.pax_headers.get("mtime", ""))
    if match is None:
        return min(max(0, int(member.mtime)), LATEST) * 10**9 if abs(member.mtime) < 1 << 62 else 0
    return min(int(match[1]), LATEST) * 10**9 + int((match[2] or "")[:9].ljust(9, "0"))


def reader(stream, size):
    left = size

    def call(most):
        nonlocal left
        data = stream.read(min(most, left, CHUNK))
        left -= len(data)
        if not data and left and most:
            raise EOFError("it ends inside a member")
        return data

    return call


def content(entry, call, inventory):
    """Hands an entry and its content on, counts the content as it comes and reads what was left of it."""

    def counted(size):
        data = call(size)
        inventory.count(len(data))
        return data

    yield entry, counted
    while counted(CHUNK):
        pass


def zip_members(path, inventory):
    with open(path, "rb") as file:
        check_zip_end(file)
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            if infos and min(info.header_offset for info in infos) != 0:
                raise Refusal("it has bytes in front of its first member")
            for info in infos:
                entry = zip_entry(info)
                if entry.kind == LINK:
                    entry.target = zip_link(archive, info, inventory)
                inventory.admit(entry)
                if entry.kind == FILE:
                    # Reading all that it says it has checks its digest, too.
                    with archive.open(info) as stream:
                        yield from content(entry, reader(stream, info.file_size), inventory)
                else:
                    yield entry, None


def check_zip_end(file):
    """The end of central directory is the end of the file, and what it leads to fits into memory (APPNOTE 4.3.16)."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - 22 - 76))
    tail = file.read()
    start = tail.rfind(b"PK\5\6")
    if start < 0 or len(tail) - start < 22:
        raise Refusal("it cannot be read as .zip: it has no end of central directory; it is cut short, or no zip")
    directory, comment = struct.unpack("<12xL4xH", tail[start : start + 22])
    if start + 22 + comment != len(tail):
        raise Refusal("it has bytes behind its end, or is cut short")
    if start >= 76 and tail[start - 20 : start].startswith(b"PK\6\7") and tail[start - 76 :].startswith(b"PK\6\6"):
        (directory,) = struct.unpack("<40xQ8x", tail[start - 76 : start - 20])  # zip64 (APPNOTE 4.3.14)
    if directory > LARGEST_DIRECTORY:
        raise Refusal(f"its central directory has {directory} bytes; {LARGEST_DIRECTORY} are allowed")


def zip_entry(info):
    path = clean(info.filename)
    if "\\" in path:
        raise Refusal(f"the member name {shown(info.filename)} has a backslash: pack it with slashes")
    if info.flag_bits & ENCRYPTED:
        raise Refusal(f"the member {shown(path)} is encrypted")
    mode = info.external_attr >> 16 if info.create_system == UNIX else 0
    kind = stat.S_IFMT(mode)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
        raise Refusal(f"the member {shown(path)} is a device, a pipe or another special file")
    if info.is_dir() != (kind == stat.S_IFDIR) and kind:
        raise Refusal(f"the member {shown(path)} is a folder by its name or by its mode, but not by both")
    if kind == stat.S_IFLNK:
        return Entry(path, LINK, 0o777, zip_time(info))
    if info.is_dir():
        if info.file_size:
            raise Refusal(f"the folder {shown(path)} has content")
        return Entry(path, FOLDER, mode or 0o755, zip_time(info))
    return Entry(path, FILE, mode or 0o644, zip_time(info))


def zip_link(archive, info, inventory):
    """The target is the content."""
    if info.file_size > LONGEST_PATH:
        raise Refusal(f"the target of the link {shown(info.filename)} is longer than {LONGEST_PATH} bytes")
    with archive.open(info) as stream:
        data = stream.read(LONGEST_PATH + 1)
    inventory.count(len(data))
    return data.decode("utf-8", "surrogateescape")


def zip_time(info):
    """In UTC where the archive says so (Info-ZIP's extended timestamp, 0x5455); local time is taken for UTC."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return max(0, struct.unpack("<l", extra[5:9])[0]) * 10**9
        extra = extra[4 + size :]
    try:
        return timegm((*info.date_time, 0, 0, 0)) * 10**9
    except ValueError:  # the month 0
        return 315532800 * 10**9  # 1980-01-01, the first day that a zip knows
