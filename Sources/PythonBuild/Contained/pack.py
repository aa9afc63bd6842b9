"""Pack a folder into an archive on stdout, the same for the same content.

Usage: pack.py FOLDER OPTIONS_JSON     {"form", "bytes", "entries", "device", "inode"}
Writes {"entries", "content_bytes", "left_out"} or {"error", "limit"} to descriptor 3; after an error the archive is
worth nothing. Links are packed as links and never followed; special files and links that lead out are left out.
"""

import gzip
import io
import json
import os
import stat
import sys
import tarfile

sys.path.insert(0, "/buildbox/modules")

import archives  # noqa: E402

DEEPEST = 256


class Packer:
    def __init__(self, options, archive):
        self.archive = archive
        self.inventory = archives.Inventory(options["bytes"], options["entries"])
        self.left_out = 0
        self.outward = set()

    def find_links(self, folder, links, prefix="", depth=0):
        """All links, first: whether one leads out depends on the others."""
        if depth > DEEPEST:
            raise archives.Refusal(f"it has folders more than {DEEPEST} deep, in {archives.shown(prefix)}")
        for name, information in members(folder):
            path = archives.clean(prefix + name, "the name")
            if stat.S_ISLNK(information.st_mode):
                links[path] = os.readlink(name, dir_fd=folder)
            elif stat.S_ISDIR(information.st_mode):
                inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                try:
                    self.find_links(inner, links, f"{path}/", depth + 1)
                finally:
                    os.close(inner)
        return links

    def pack(self, folder, prefix=""):
        for name, information in members(folder):
            path = prefix + name
            mode = information.st_mode
            if stat.S_ISDIR(mode):
                inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                try:
                    self.add(path, archives.FOLDER, os.fstat(inner))
                    self.pack(inner, f"{path}/")
                finally:
                    os.close(inner)
            elif stat.S_ISREG(mode):
                self.add_file(path, name, folder)
            elif stat.S_ISLNK(mode) and path not in self.outward:
                self.add(path, archives.LINK, information, target=os.readlink(name, dir_fd=folder))
            else:
                self.left_out += 1

    def add_file(self, path, name, folder):
        # It may have become something else since it was listed: O_NONBLOCK, for a pipe would wait for a writer.
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        with open(descriptor, "rb") as file:
            information = os.fstat(descriptor)
            if not stat.S_ISREG(information.st_mode):
                raise archives.Refusal(f"{archives.shown(path)} changed while it was packed")
            self.inventory.count(information.st_size)
            self.add(path, archives.FILE, information, file=Whole(file, path))

    def add(self, path, kind, information, target="", file=None):
        self.inventory.admit(archives.Entry(path, kind, information.st_mode, 0, target))
        member = tarfile.TarInfo(path)
        member.type = {archives.FOLDER: tarfile.DIRTYPE, archives.LINK: tarfile.SYMTYPE}.get(kind, tarfile.REGTYPE)
        member.mode = 0o777 if kind == archives.LINK else information.st_mode & 0o777
        member.linkname = target
        member.size = information.st_size if kind == archives.FILE else 0
        seconds, nanoseconds = divmod(max(0, information.st_mtime_ns), 10**9)
        member.mtime = seconds
        if nanoseconds:
            member.pax_headers = {"mtime": f"{seconds}.{nanoseconds:09}"}
        self.archive.addfile(member, file)
        self.archive.members = []  # It keeps them all.


class Whole(io.RawIOBase):
    """A file that must not become shorter while it is read."""

    def __init__(self, file, path):
        self.file, self.path = file, path

    def read(self, size=-1):
        data = self.file.read(size)
        if len(data) < size:
            raise archives.Refusal(f"{archives.shown(self.path)} changed while it was packed")
        return data


def members(folder):
    for name in sorted(os.listdir(folder), key=os.fsencode):
        yield name, os.stat(name, dir_fd=folder, follow_symlinks=False)


def pack(root, options):
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    information = os.fstat(folder)
    # What is mounted was found by its path: it must be what was found beneath the root.
    if (information.st_dev, information.st_ino) != (options["device"], options["inode"]):
        raise archives.Refusal("it was exchanged for another folder while it was opened")
    output = io.BufferedWriter(io.FileIO(1, "w", closefd=False), 1 << 18)
    with compressor(options["form"], output) as stream:
        with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 18) as archive:
            packer = Packer(options, archive)
            links = packer.find_links(folder, {})
            packer.outward = {path for path, _ in archives.links_leading_out(links)}
            packer.pack(folder)
    output.flush()
    inventory = packer.inventory
    return {"entries": len(inventory.kinds), "content_bytes": inventory.bytes, "left_out": packer.left_out}


def compressor(form, output):
    if form == "tar.gz":
        return gzip.GzipFile("", "wb", 6, output, mtime=0)
    if archives.zstd is None:
        raise archives.Refusal("the toolchain has nothing that writes zstd: start buildbox through scripts/buildbox")
    return archives.zstd.ZstdFile(output, "w")


def main():
    try:
        answer = pack(sys.argv[1], json.loads(sys.argv[2]))
    except archives.Refusal as refusal:
        answer = {"error": str(refusal), "limit": refusal.limit}
    except OSError as error:
        answer = {"error": f"{archives.shown(str(error.filename))} cannot be read: {error.strerror}"}
    with open(3, "w", encoding="utf-8") as report:
        json.dump(answer, report)


if __name__ == "__main__":
    main()
