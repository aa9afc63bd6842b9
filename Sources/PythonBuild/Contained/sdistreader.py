"""Read a source distribution so that what is checked is what extracting it leaves.

A module of verify.py, not a program. No member may replace another, lie below a link or a file, or come from a second
stream; PKG-INFO is the last of its name, which is what stays when all are extracted. Sources: PEP 625, PEP 721, pax(1).
"""

import os
import stat
import tarfile
import zlib

from zipreader import CONTROLS, MOST_MEMBERS, Fault, check_path

# All that the reader of tar archives raises on bytes that are none; zlib.error is no OSError.
UNREADABLE = (OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error, tarfile.TarError)
LARGEST_HEADER = 1 << 20  # bytes of one tar header and what extends it, and of one step of reading
LARGEST_INFORMATION = 32 << 20  # bytes of PKG-INFO, which is held in memory
LARGEST_USTAR = 8 << 30  # bytes that the size in a header of 512 bytes can tell
PAX = {tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE}
EXTENDING = PAX | {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
FILE, FOLDER, LINK = "file", "folder", "link"


def information(file, stem, budget, remarks):
    """The bytes of PKG-INFO."""
    try:
        return Contents(stem, budget, remarks).read(file)
    except UNREADABLE as error:
        raise Fault(f"it cannot be read as a gzipped tar archive: {error}") from None


class Header(tarfile.TarInfo):
    """Tells the archive of each header, those that extend another among them."""

    def _proc_member(self, archive):
        archive.types.append(self.type)
        return super()._proc_member(archive)


class Archive(tarfile.TarFile):
    tarinfo = Header

    def __init__(self, *arguments, **options):
        self.types = []
        super().__init__(*arguments, **options)

    def check_headers(self, member):
        """Which of two headers that extend one member counts, readers do not agree on."""
        extending = [kind for kind in self.types if kind in EXTENDING]
        self.types = []
        if len(extending) != len(set(extending)) or PAX & set(extending) and len(extending) > 1:
            raise Fault(f"the member {member.name!r} has several headers that name it")


class Contents:
    """All members, by the path that they have once they are extracted."""

    def __init__(self, stem, budget, remarks):
        self.stem, self.budget, self.remarks = stem, budget, remarks
        self.kinds, self.links, self.tops = {}, {}, set()
        self.information = None
        self.folders_with_bits = []

    def read(self, file):
        stream = OneStream(file, self.budget[0] + 4 * tarfile.BLOCKSIZE * MOST_MEMBERS + LARGEST_HEADER)
        with Archive.open(fileobj=stream, mode="r:") as archive:
            count = 0
            while (member := archive.next()) is not None:
                archive.members = []  # It keeps them all; nobody asks it for them.
                count += 1
                if count > MOST_MEMBERS:
                    raise Fault(f"it has more than {MOST_MEMBERS} members")
                archive.check_headers(member)
                self.add(member, archive.pax_headers)
                if member.name == f"{self.stem}/PKG-INFO" and member.isreg():
                    self.information = read_whole(stream, member)
            check_rest(stream, archive.offset)
        if self.folders_with_bits:
            first = self.folders_with_bits[0]
            self.remarks.append(f"folders, first {first!r}, have set-id bits: installers drop them")
        self.check_places()
        check_links(self.links)
        if self.tops != {self.stem}:
            raise Fault(f"its members lie in {sorted(self.tops)[:5]} instead of one folder {self.stem!r}")
        if self.information is None:
            raise Fault(f"it has no {self.stem}/PKG-INFO")
        return self.information

    def add(self, member, common):
        name = member.name
        check_path(name)
        path = folded(name)
        self.tops.add(name.split("/")[0])
        self.budget[0] -= member.size
        if self.budget[0] < 0:
            raise Fault("the members are larger than the limit on unpacked bytes")
        if not (member.isreg() or member.isdir() or member.issym() or member.islnk()):
            raise Fault(f"the member {name!r} is a device or another special file")
        check_extensions(member, common)
        kind = FOLDER if member.isdir() else LINK if member.issym() else FILE
        this = kind, name
        earlier = self.kinds.setdefault(path, this)
        if earlier is not this and not self.may_repeat(member, earlier):
            raise Fault(f"it has two members named {name!r}")
        if path == f"{self.stem}/PKG-INFO" and (name != path or not member.isreg()):
            raise Fault(f"the member {name!r} stands for PKG-INFO, but is no regular file of that name")
        if member.mode & (stat.S_ISUID | stat.S_ISGID) and not member.issym():
            if not member.isdir():
                raise Fault(f"the member {name!r} has a set-user-ID or set-group-ID bit")
            self.folders_with_bits.append(name)
        if member.issym() or member.islnk():
            self.add_link(member, path)

    def may_repeat(self, member, earlier):
        """Folders may; and some backends write PKG-INFO anew behind the one they found: extracting leaves the last."""
        kind, name = earlier
        if member.isdir():
            return kind == FOLDER
        return member.name == name == f"{self.stem}/PKG-INFO" and member.isreg() and kind == FILE

    def add_link(self, member, path):
        target = member.linkname
        if CONTROLS.search(target):
            raise Fault(f"the link {member.name!r} leads to a name with control characters: {target!r}")
        start = os.path.dirname(member.name) if member.issym() else ""
        top = member.name.split("/")[0]
        if os.path.isabs(target) or os.path.normpath(os.path.join(start, target)).split("/")[0] != top:
            raise Fault(f"the link {member.name!r} points out of the archive, to {target!r}")
        if member.issym():
            self.links[path] = target
        elif folded(target) == path or self.kinds.get(folded(target), (None,))[0] != FILE:
            raise Fault(f"the hard link {member.name!r} leads to {target!r}, which is no file in front of it")

    def check_places(self):
        for path, (_, name) in self.kinds.items():
            while (slash := path.rfind("/")) > 0:
                path = path[:slash]
                kind = self.kinds.get(path, (FOLDER,))[0]
                if kind != FOLDER:
                    raise Fault(f"the member {name!r} lies below a {kind}")


def folded(name):
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def check_extensions(member, common):
    """Headers in front of a member that change it in a way that not all readers follow."""
    if common.keys() & {"path", "linkpath", "size"}:
        raise Fault("it has a header that gives all members one name, target or size")
    if "size" in member.pax_headers and member.size < LARGEST_USTAR:
        raise Fault(f"the member {member.name!r} has two sizes")
    if member.issparse():
        raise Fault(f"the member {member.name!r} is sparse")


def read_whole(stream, member):
    if member.size > LARGEST_INFORMATION:
        raise Fault("the members are larger than the limit on unpacked bytes")
    stream.seek(member.offset_data)
    parts, left = [], member.size
    while left and (part := stream.read(min(left, LARGEST_HEADER))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def check_rest(stream, offset):
    """Where this reader stops, others may go on. Reading to the end checks the CRC, too."""
    if stream.tell() < offset:
        stream.seek(offset)
    while block := stream.read(LARGEST_HEADER):
        if block.strip(b"\0"):
            raise Fault("it has bytes behind its last member")


class OneStream:
    """The bytes of a gzip file of one stream: readers differ in whether they read a second."""

    def __init__(self, file, most):
        self._file, self._inflate = file, zlib.decompressobj(31)
        self._position, self._most = 0, most

    def tell(self):
        return self._position

    def seek(self, position):
        if position < self._position:
            raise ValueError("a member begins in front of the one before")
        while self._position < position:
            if not self.read(min(LARGEST_HEADER, position - self._position)):
                raise EOFError("it ends inside a member")

    def read(self, size):
        if not 0 <= size <= LARGEST_HEADER:
            raise Fault(f"it has a header of {size} bytes")
        parts = []
        while size > 0 and (part := self._some(size)):
            parts.append(part)
            size -= len(part)
        data = b"".join(parts)
        self._position += len(data)
        if self._position > self._most:
            raise Fault("the members are larger than the limit on unpacked bytes")
        return data

    def _some(self, size):
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._file.read(1 << 16)
            data = self._inflate.decompress(packed, size)
            if data:
                return data
            if not packed and not self._inflate.eof:
                raise EOFError("it is cut short")
        rest = self._inflate.unused_data
        while rest:
            if rest.strip(b"\0"):
                raise Fault("it has a second stream, or other bytes, behind its first")
            rest = self._file.read(LARGEST_HEADER)
        return b""


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
