"""Read a zip archive so that no other reader can see something else in it.

A module of verify.py, not a program. Readers that go by the directory at the end, readers that look for its end in
other ways, and readers that stream from the front must all meet the same members: the whole file is laid out without
gaps, each local header repeats the directory, and each name is a path that nothing folds. Source: APPNOTE 6.3.10.
"""

import re
import stat
import struct
import zlib

MOST_MEMBERS = 200_000
LARGEST_DIRECTORY = 64 << 20  # bytes; it is held in memory
CHUNK = 1 << 20
END, DIRECTORY, LOCAL = struct.Struct("<4s4H2LH"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s5H3L2H")
END64, LOCATOR = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
STORED, DEFLATED = 0, 8
# General purpose bits: how hard deflate tried (1, 2), sizes behind the data (3), the name is UTF-8 (11).
DESCRIPTOR, UTF8 = 1 << 3, 1 << 11
KNOWN_FLAGS = 1 << 1 | 1 << 2 | DESCRIPTOR | UTF8
FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF
ZIP64, OTHER_NAME = 0x0001, 0x7075
CONTROLS = re.compile("[\0-\x1f\x7f-\x9f]")


class Fault(Exception):
    """Why an artifact is not handed out."""


class Unreadable(Fault):
    """It is no zip archive, or a broken one."""

    def __init__(self, reason):
        super().__init__(f"it cannot be read as a zip archive: {reason}")


class Member:
    __slots__ = ("name", "raw", "is_folder", "flags", "method", "crc", "packed", "size", "offset", "data", "mode")


def check_path(path):
    """A member's name is the path that every reader makes of it."""
    if not path or "\\" in path or path.startswith("/") or "\0" in path:
        raise Fault(f"the member name {path!r} is not a relative path")
    parts = path.split("/")
    if ".." in parts:
        raise Fault(f"the member name {path!r} leaves the archive")
    if CONTROLS.search(path):
        raise Fault(f"the member name {path!r} has control characters")


def check_unfolded(path):
    if any(part in ("", ".") for part in path.removesuffix("/").split("/")):
        raise Fault(f"the member name {path!r} is a longer way to write another path")


def members(file):
    """All members, in the order in which they lie in the file; their data is where `data` says."""
    size = file.seek(0, 2)
    directory, count, offset = end(file, size)
    found, at = [], 0
    for _ in range(count):
        member, at = entry(directory, at)
        found.append(member)
    if at != len(directory):
        raise Unreadable("its directory has more in it than its end tells")
    found.sort(key=lambda member: member.offset)
    place = 0
    for member, after in zip(found, [member.offset for member in found[1:]] + [offset]):
        if member.offset != place:
            what = "in front of its first member" if member is found[0] else f"in front of the member {member.name!r}"
            raise Fault(f"it has bytes {what}, or members that overlap")
        check_local(file, member, after)
        place = after
    if not found:
        raise Unreadable("it has no members")
    check_names(found)
    return found


def end(file, size):
    """The directory, how many entries it has, and where it begins."""
    file.seek(max(0, size - END.size - LOCATOR.size - END64.size))
    tail = file.read()
    start = len(tail) - END.size
    if start < 0 or tail[start : start + 4] != b"PK\5\6":
        if b"PK\5\6" in tail:
            raise Unreadable("it has a comment, or bytes behind its end")
        raise Unreadable("its end is not that of a zip archive without a comment")
    _, disk, first_disk, here, count, length, offset, comment = END.unpack_from(tail, start)
    # Readers look for the last of these signatures, or for the first from behind whose comment fits.
    if comment or tail.find(b"PK\5\6", start + 1) >= 0:
        raise Fault("it has an archive comment, or two ends of its directory")
    if disk or first_disk or here != count:
        raise Unreadable("it is one of several disks")
    directory_end = size - END.size
    told = (count, length, offset)
    if start >= LOCATOR.size and tail.startswith(b"PK\6\7", start - LOCATOR.size):
        _, disk, where, disks = LOCATOR.unpack_from(tail, start - LOCATOR.size)
        directory_end -= LOCATOR.size + END64.size
        if start < LOCATOR.size + END64.size or where != directory_end or disk or disks != 1:
            raise Fault("the locator of its zip64 end does not lead in front of itself")
        signature, rest, *_, disk, first_disk, here, count, length, offset = END64.unpack_from(tail, 0)
        if signature != b"PK\6\6" or rest != END64.size - 12 or disk or first_disk or here != count:
            raise Fault("its zip64 end is not one")
        for short, full, most in zip(told, (count, length, offset), (FULL16, FULL32, FULL32)):
            if short not in (full, most):
                raise Fault("its two ends of directory say different things")
    elif FULL32 in told or count == FULL16:
        raise Unreadable("its zip64 end is missing")
    if count > MOST_MEMBERS:
        raise Fault(f"it has more than {MOST_MEMBERS} members")
    if length > LARGEST_DIRECTORY:
        raise Fault(f"its directory has more than {LARGEST_DIRECTORY} bytes")
    if offset + length != directory_end:
        raise Fault("its directory does not lie right in front of its end: it has bytes there or in front of its start")
    file.seek(offset)
    return file.read(length), count, offset


def entry(directory, at):
    """One entry of the directory, and where the next begins."""
    if len(directory) - at < DIRECTORY.size:
        raise Unreadable("its directory is cut short")
    (
        signature, made, _, flags, method, _, _, crc, packed, size, name, extra, comment, disk, _, attributes, offset,
    ) = DIRECTORY.unpack_from(directory, at)  # fmt: skip
    at += DIRECTORY.size
    if signature != b"PK\1\2" or len(directory) - at < name + extra + comment:
        raise Unreadable("its directory is broken")
    member = Member()
    member.raw = directory[at : at + name]
    member.name = decoded(member.raw, flags)
    sizes = [size, packed, offset]
    wide(directory[at + name : at + name + extra], sizes, member.name, 0 if disk != FULL16 else 4)
    member.size, member.packed, member.offset = sizes
    member.flags, member.method, member.crc = flags, method, crc
    member.mode = attributes >> 16
    member.is_folder = member.name.endswith("/")
    check_entry(member)
    if disk not in (0, FULL16):
        raise Unreadable("it is one of several disks")
    return member, at + name + extra + comment


def decoded(raw, flags):
    """Without the flag some readers take the name for code page 437, and some for UTF-8."""
    try:
        name = raw.decode("utf-8" if flags & UTF8 else "ascii")
    except UnicodeDecodeError:
        raise Fault(f"the member name {raw!r} is neither ASCII nor marked as UTF-8") from None
    check_path(name)
    check_unfolded(name)
    return name


def check_entry(member):
    name = member.name
    if member.flags & 1:
        raise Unreadable(f"the member {name!r} is encrypted")
    if member.flags & ~KNOWN_FLAGS:
        raise Fault(f"the member {name!r} has flags that readers do not know alike: {member.flags:#x}")
    if member.method not in (STORED, DEFLATED):
        raise Fault(f"the member {name!r} is neither stored nor deflated, but packed by method {member.method}")
    if member.method == STORED and (member.packed != member.size or member.flags & DESCRIPTOR and member.size):
        raise Fault(f"the stored member {name!r} has two sizes, or none in front of its data")
    kind = stat.S_IFMT(member.mode)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or kind == stat.S_IFDIR and not member.is_folder:
        raise Fault(f"the member {name!r} is not a regular file")
    if member.mode & (stat.S_ISUID | stat.S_ISGID) and not member.is_folder:
        raise Fault(f"the member {name!r} has a set-user-ID or set-group-ID bit")
    if member.is_folder and member.size:
        raise Fault(f"the folder {name!r} has content")


def wide(extra, sizes, name, disk=0):
    """Put into `sizes` what stands in the extra field because it is larger than 32 bits (APPNOTE 4.5.3)."""
    at, seen = 0, False
    while at < len(extra):
        if len(extra) - at < 4:
            raise Fault(f"the member {name!r} has a broken extra field")
        kind, length = struct.unpack_from("<HH", extra, at)
        at += 4
        if length > len(extra) - at:
            raise Fault(f"the member {name!r} has a broken extra field")
        if kind == OTHER_NAME:
            raise Fault(f"the member {name!r} has another name in an extra field")
        if kind == ZIP64:
            if seen:
                raise Fault(f"the member {name!r} has two extra fields for its sizes")
            seen = True
            missing = [index for index, value in enumerate(sizes) if value == FULL32]
            values = struct.unpack_from(f"<{length // 8}Q", extra, at)
            if length == 8 * len(missing) + disk:
                for index, value in zip(missing, values):
                    sizes[index] = value
            elif length % 8 or length < 16 or list(values) != sizes[: len(values)]:
                raise Fault(f"the member {name!r} has sizes in an extra field that differ from its others")
        at += length
    if FULL32 in sizes:
        raise Fault(f"the member {name!r} has no extra field for its size")


def check_local(file, member, after):
    """The header in front of the data, and what is behind the data up to where the next member begins."""
    name = member.name
    file.seek(member.offset)
    head = file.read(LOCAL.size + len(member.raw))
    if len(head) < LOCAL.size + len(member.raw) or head[:4] != b"PK\3\4":
        raise Fault(f"the member {name!r} is not where the directory says")
    _, _, flags, method, _, _, crc, packed, size, name_length, extra = LOCAL.unpack_from(head)
    if (flags, method, name_length, head[LOCAL.size :]) != (
        member.flags, member.method, len(member.raw), member.raw,
    ):  # fmt: skip
        raise Fault(f"the member {name!r} has a local header that differs from the directory")
    sizes = [size, packed]
    if extra:
        wide(file.read(extra), sizes, name)
    told, known = (crc, *sizes), (member.crc, member.size, member.packed)
    if told != known and not (flags & DESCRIPTOR and all(it in (0, full) for it, full in zip(told, known))):
        raise Fault(f"the member {name!r} has a local header that differs from the directory")
    member.data = member.offset + len(head) + extra
    rest = after - member.data - member.packed
    if not flags & DESCRIPTOR:
        if rest:
            raise Fault(f"it has bytes behind the member {name!r}, or members that overlap")
        return
    forms = {12: "<LLL", 16: "<4sLLL", 20: "<LQQ", 24: "<4sLQQ"}
    if rest not in forms:
        raise Fault(f"it has bytes behind the member {name!r}, or members that overlap")
    file.seek(member.data + member.packed)
    told = struct.unpack(forms[rest], file.read(rest))
    if told[-3:] != (member.crc, member.packed, member.size) or len(told) == 4 and told[0] != b"PK\7\x08":
        raise Fault(f"the member {name!r} has sizes behind its data that differ from the directory")


def check_names(found):
    kinds = {}
    for member in found:
        path = member.name.removesuffix("/")
        if path in kinds:
            raise Fault(f"it has two members named {member.name!r}")
        kinds[path] = member.is_folder
    for path in kinds:
        while (slash := path.rfind("/")) > 0:
            path = path[:slash]
            folder = kinds.get(path)
            if folder is False:
                raise Fault(f"it has a file {path!r} and members below it")
            if folder:
                break


def content(file, member, budget):
    """The member's bytes in pieces, counted as they come; at the end they are checked to be all, and sound."""
    crc, size = 0, 0
    packed = pieces(file, member)
    for piece in packed if member.method == STORED else inflated(packed, member):
        budget[0] -= len(piece)
        if budget[0] < 0:
            raise Fault("the members are larger than the limit on unpacked bytes")
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        yield piece
    if size != member.size or crc != member.crc:
        raise Unreadable(f"the member {member.name!r} has not the size or the checksum that it says")


def pieces(file, member):
    file.seek(member.data)
    left = member.packed
    while left:
        data = file.read(min(CHUNK, left))
        if not data:
            raise Unreadable(f"the member {member.name!r} is cut short")
        left -= len(data)
        yield data


def inflated(packed, member):
    inflate = zlib.decompressobj(-15)
    for data in packed:
        if inflate.eof:
            raise Fault(f"the member {member.name!r} has bytes behind its data")
        while data:
            try:
                yield inflate.decompress(data, CHUNK)
            except zlib.error as error:
                raise Unreadable(f"the member {member.name!r}: {error}") from None
            if inflate.unused_data:
                raise Fault(f"the member {member.name!r} has bytes behind its data")
            data = inflate.unconsumed_tail
    try:
        while not inflate.eof and (piece := inflate.decompress(b"", CHUNK)):
            yield piece
    except zlib.error as error:
        raise Unreadable(f"the member {member.name!r}: {error}") from None
    if not inflate.eof:
        raise Unreadable(f"the member {member.name!r} is cut short")
