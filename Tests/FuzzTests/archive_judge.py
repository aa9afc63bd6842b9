"""Feed hostile bytes to verify.py, inspect.py and stage.py, outside a sandbox, and tell what they did.

Usage: archive_judge.py PROJECTS TOOLCHAIN SCRIPTS SCRATCH
SCRIPTS has verify.py, inspect.py and stage.py, and modules with what they import.
First answer: the seeds, as one JSON object of lists of hexadecimal strings. Then, for each request on
stdin (a 32-bit length, a byte that names the kind, the bytes), one line of JSON: {"accepted": bool} or
{"finding": "..."}. A finding is whatever is not the script's own refusal: another exception, a
write (of stage.py: outside of the folder that it unpacks to), a process, a socket, more memory than MEMORY,
more time than SECONDS.
"""

import gzip
import io
import json
import os
import resource
import runpy
import shutil
import signal
import struct
import sys
import tarfile
import traceback
import zipfile

MEMORY = 1 << 30
SECONDS = 20
UNPACKED = 8 << 20
WHEEL = "artifacts-1.0-py3-none-any.whl"
SDIST = "artifacts-1.0.tar.gz"
INFO = "artifacts-1.0.dist-info"
MOST_ENTRIES = 1000
UNPACK = {"1": "tar.gz", "2": "tar.zst", "3": "zip", "4": "tar.gz", "5": "tar.zst"}
MAKING = ("os.mkdir", "os.symlink", "os.link", "os.chmod", "os.utime")


class Broken(BaseException):
    """Raised by the alarm and by the audit hook: no `except Exception` of a script swallows it."""


def seeds(backend, zstd):
    project = backend.Project("artifacts", "1.0")
    members = backend.with_record(project, backend.wheel_members(project))
    wheels = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        wheels.append(file.getvalue())
    tars = []
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w", format=form) as archive:
            add(archive, "artifacts-1.0/PKG-INFO", b"Metadata-Version: 2.1\nName: artifacts\nVersion: 1.0\n")
            add(archive, "artifacts-1.0/pyproject.toml", b"[build-system]\nrequires = ['flit_core']\n")
            add(archive, "artifacts-1.0/" + "long/" * 30 + "name\u00e4.py", b"x = 1\n")
            for kind, target in ((tarfile.SYMTYPE, "PKG-INFO"), (tarfile.LNKTYPE, "artifacts-1.0/PKG-INFO")):
                link = tarfile.TarInfo("artifacts-1.0/link" + kind.decode())
                link.type, link.linkname = kind, target
                archive.addfile(link)
        tars.append(file.getvalue())
    return {
        "zip": wheels,
        "tar": tars,
        "gz": [gzip.compress(tar) for tar in tars],
        "zst": [zstd.compress(tar) for tar in tars],
        "metadata": [members[INFO + "/METADATA"], members[INFO + "/RECORD"]],
        "toml": [
            b"[build-system]\nrequires = ['a>=1', \"b\"]\nbuild-backend = 'x:y'\nbackend-path = ['.']\n"
            b"[project]\nname = 'artifacts'\nversion = '1.0'\n",
            b"[project]\nname = \"\\u00e4\"\nx = {a = 1e3, b = 2026-01-01T00:00:00Z, c = [1, 0x7f, [true]]}\n",
        ],
    }


def add(archive, name, data):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


class Judge:
    def __init__(self, backend, scripts, archives, scratch):
        self.backend, self.archives, self.scratch = backend, archives, scratch
        self.verify, self.inspect, self.stage = scripts
        self.guarded = False
        # Where stage.py may write; nothing else may anywhere.
        self.target = None
        sys.addaudithook(self.audit)

    def audit(self, event, arguments):
        if not self.guarded:
            return
        if self.target and (event == "open" or event in MAKING) and self.is_inside(event, arguments):
            return
        if event == "open":
            mode, flags = arguments[1], arguments[2]
            writing = isinstance(mode, str) and set(mode) & set("wax+")
            if writing or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                raise Broken(f"opens {arguments[0]!r} for writing")
        elif event.split(".")[0] in ("subprocess", "socket", "shutil", "tempfile", "ctypes", "pty") or event in (
            "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown",
            "os.truncate", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.utime", "os.putenv",
        ):  # fmt: skip
            raise Broken(f"does {event} {arguments!r}")

    def is_inside(self, event, arguments):
        """What is made lies in the target, with every link on the way followed, and so does what is linked to."""
        paths = arguments[:2] if event == "os.link" else arguments[1:2] if event == "os.symlink" else arguments[:1]
        folders = [os.path.realpath(os.path.dirname(path)) for path in paths if isinstance(path, str)]
        return folders and all(f"{folder}/".startswith(f"{self.target}/") for folder in folders)

    def judge(self, kind, data):
        try:
            call = self.prepare(kind, data)
        except (ValueError, OverflowError, UnicodeError, struct.error):
            return {"accepted": False}  # The harness itself cannot make such an archive.
        signal.alarm(SECONDS)
        self.guarded = True
        try:
            call()
            answer = {"accepted": True}
        except (self.verify["Fault"], self.inspect["Fault"], SystemExit) as fault:
            self.guarded = False
            answer = {"accepted": False, "said": str(fault)[:200]}
        except BaseException:
            self.guarded = False
            answer = {"finding": traceback.format_exc()[-3000:]}
        finally:
            self.guarded = False
            signal.alarm(0)
            if self.target:
                remove(self.target)
                self.target = None
        return answer

    def prepare(self, kind, data):
        if kind == "P":
            return lambda: planted(data)
        if kind == "z":
            wheel = self.file(WHEEL, data)
            return lambda: self.verify["verify_wheel"](wheel, WHEEL, [UNPACKED])
        if kind in "mr":
            wheel = self.file(WHEEL, self.wheel_with(kind, data))
            return lambda: self.verify["verify_wheel"](wheel, WHEEL, [UNPACKED])
        if kind in "gt":
            archive = data if kind == "g" else gzip.compress(data, 1)
            sdist = self.file(SDIST, archive)
            return lambda: self.verify["verify_sdist"](sdist, SDIST, [UNPACKED])
        if kind in "GT":
            archive = data if kind == "G" else gzip.compress(data, 1)
            path = self.file(SDIST, archive)
            return lambda: self.read(path, SDIST, "tar.gz", maybe_sdist=True)
        if kind in UNPACK:
            packed = {"1": lambda: gzip.compress(data, 1), "2": lambda: self.archives.zstd.compress(data, 1)}
            path = self.file("archive", packed.get(kind, lambda: data)())
            return lambda: self.unpack(path, UNPACK[kind])
        return lambda: self.inspect["declaration"](data)

    def read(self, path, name, form, maybe_sdist):
        options = {
            "name": name, "form": form, "maybe_sdist": maybe_sdist, "subdirectory": "", "bytes": UNPACKED,
            "entries": MOST_ENTRIES,
        }  # fmt: skip
        self.inspect["declaration"](self.inspect["read_archive"](path, options)[1])

    def unpack(self, path, form):
        """What inspect.py makes of it, and what becomes of it where it is unpacked."""
        try:
            self.read(path, "archive", form, maybe_sdist=False)
        except self.inspect["Fault"]:
            pass  # An archive without a project is unpacked here all the same.
        self.guarded = False
        self.target = os.path.realpath(os.path.join(self.scratch, "unpacked"))
        os.mkdir(self.target)
        self.guarded = True
        self.stage["unpack"](path, self.target, {"form": form, "bytes": UNPACKED, "entries": MOST_ENTRIES})

    def wheel_with(self, kind, data):
        """An honest wheel but for its METADATA, or its RECORD."""
        project = self.backend.Project("artifacts", "1.0")
        members = self.backend.wheel_members(project)
        if kind == "m":
            members[INFO + "/METADATA"] = data
        members = self.backend.with_record(project, members)
        if kind == "r":
            members[INFO + "/RECORD"] = data
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return file.getvalue()

    def file(self, name, data):
        path = os.path.join(self.scratch, name)
        with open(path, "wb") as file:
            file.write(data)
        return path


def planted(data):
    """Faults that the judge must see."""
    if data == b"raise":
        raise KeyError("planted")
    if data == b"write":
        open("/dev/null", "wb").close()
    if data == b"link":
        os.symlink("/etc", "/nonexistent/link")
    if data == b"memory":
        bytearray(2 * MEMORY)
    if data == b"time":
        signal.alarm(1)
        while True:
            pass


def remove(folder):
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o700)
    shutil.rmtree(folder)


def too_slow(_number, _frame):
    raise Broken(f"takes longer than {SECONDS} s")


def main():
    projects, toolchain, scripts, scratch = sys.argv[1:]
    sys.path.insert(0, os.path.join(projects, "artifacts/backend"))
    sys.path += [f"{toolchain}/frontend", f"{toolchain}/archives", f"{scripts}/modules"]
    sys.dont_write_bytecode = True
    os.chdir(os.path.join(projects, "artifacts"))
    import archives
    import plain_backend

    programs = [runpy.run_path(f"{scripts}/{name}.py") for name in ("verify", "inspect", "stage")]
    judge = Judge(plain_backend, programs, archives, scratch)
    judge.verify["canonical_version"]("1.0")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, too_slow)
    # Threads of the test process block signals, and a child inherits that.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    answers = sys.stdout
    made = {kind: [data.hex() for data in datas] for kind, datas in seeds(plain_backend, archives.zstd).items()}
    print(json.dumps(made), file=answers, flush=True)
    while header := sys.stdin.buffer.read(5):
        length, kind = struct.unpack("<Ic", header)
        answer = judge.judge(kind.decode(), sys.stdin.buffer.read(length))
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
