"""Resolve, install or compile a build environment with uv. Runs no code of any package.

Usage: provision.py resolve|install|compile
The file /order/options.json has the options, the credentials of indexes among them; arguments and variables have none.
Whatever this program writes lies in the run's own scratch space and ends with the run.

`resolve` leaves /out/wheels.json, the wheels to install, or /out/sdists.json: releases that pip would take and that
have no wheel for this interpreter. They are built elsewhere, lie in /wheelhouse the next time, and have a wheel then.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

ENVIRONMENT = "/env"
PYTHON = f"{ENVIRONMENT}/bin/python"
UV = "/toolchain/uv"
WORK = "/tmp/provision"
DOWNLOADED = f"{WORK}/download"
LOCK = f"{WORK}/lock/pylock.toml"
# How far requirements of requirements are looked through for source distributions.
MOST_ROUNDS = 12
# Longer lines than any real requirement (as Requirement.longest in Swift).
LONGEST = 1024
# uv and pip take a name that ends so for a file.
ARCHIVES = (
    ".whl", ".zip", ".tar", ".tgz", ".tar.gz", ".tbz", ".tar.bz2", ".txz", ".tar.xz", ".tlz", ".tar.lz",
    ".tar.lzma", ".tar.zst",
)  # fmt: skip


class Requirement:
    """A requirement by name (PEP 508), put together from its parsed parts.

    The installer reads more in a line than a name: a path makes it build what lies there. Metadata is hostile text, so
    nothing but values of this class is written to a file that the installer reads.
    """

    def __init__(self, text):
        packaging = frontend("packaging.requirements")
        if len(text) > LONGEST or not all(32 <= ord(character) <= 126 for character in text):
            raise ValueError("it is too long, or has characters that are not printable ASCII")
        if "\\" in text or "${" in text:
            raise ValueError("it has a backslash or a variable, which installers expand")
        parsed = packaging.Requirement(text)
        if parsed.url is not None:
            raise ValueError("it names a URL or a path")
        if parsed.name.lower().endswith(ARCHIVES):
            raise ValueError("it is named like an archive")
        self.name = normalized(parsed.name)
        self.marker = str(parsed.marker or "")
        extras = ",".join(sorted(parsed.extras))
        self._line = self.name + (f"[{extras}]" if extras else "") + str(parsed.specifier)
        if self.marker:
            self._line += f" ; {self.marker}"

    def __str__(self):
        return self._line

    def __eq__(self, other):
        return isinstance(other, Requirement) and str(self) == str(other)

    def __hash__(self):
        return hash(self._line)


class Release:
    """What a resolution chose: a name, a version, and where its files are."""

    def __init__(self, package):
        self.name, self.version = package["name"], package["version"]
        self.wheels = package.get("wheels") or []
        self.sdist = package.get("sdist")

    @property
    def requirement(self):
        return Requirement(f"{self.name}=={self.version}")


def write_requirements(path, requirements):
    """The one way into a file that the installer reads: parsed values."""
    if not all(isinstance(requirement, Requirement) for requirement in requirements):
        raise TypeError("only parsed requirements are written")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{requirement}\n" for requirement in requirements)


def frontend(module):
    """A module of the frontend's folder."""
    if "/frontend" not in sys.path:
        sys.path.append("/frontend")
    return __import__(module, fromlist=["*"])


def normalized(name):
    """PEP 503."""
    return re.sub("[-_.]+", "-", name).lower()


def load_toml(path):
    try:
        import tomllib
    except ModuleNotFoundError:
        tomllib = frontend("tomli")
    with open(path, "rb") as file:
        return tomllib.load(file)


def run(*command, may_fail=False):
    completed = subprocess.run(command, stdin=subprocess.DEVNULL)
    if completed.returncode != 0 and not may_fail:
        sys.exit(completed.returncode if completed.returncode > 0 else 1)


class Installer:
    """uv with the options of one run, and a cache that ends with the run."""

    def __init__(self, options):
        self.options = options
        self.arguments, self.configuration = [], f"{WORK}/uv.toml"
        self.python = options["python"]
        os.makedirs(f"{WORK}/lock", exist_ok=True)
        self._configure()

    def _configure(self):
        """URLs can hold credentials, so they go into a file for uv alone, not into its arguments."""
        indexes, links = [], []
        words = iter(self.options["index"])
        for word in words:
            if word == "--default-index":
                indexes.append({"url": next(words), "default": True})
            elif word == "--index":
                indexes.append(named_index(next(words)))
            elif word == "--find-links":
                links.append(next(words))
            else:
                self.arguments.append(word)
        lines = [f"find-links = {json.dumps(links)}"]
        for index in indexes:
            lines += ["[[index]]", *(f"{key} = {json.dumps(value)}" for key, value in index.items())]
        with open(os.open(self.configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")

    def command(self, *arguments):
        return [*self._program, *arguments, *self.arguments]

    @property
    def _program(self):
        return [UV, "--config-file", self.configuration, "--no-progress", "--cache-dir", f"{WORK}/cache"]

    def constraints(self):
        return ["--constraints", "/order/constraints.txt"] if self.options["constraints"] else []

    def disarm(self):
        """Puts a stand-in in the interpreter's place: the answer that uv wants of an interpreter, and no interpreter.

        A build hook that uv were brought to start, in whatever way, would be run by this file, which runs nothing.
        """
        real, stand_in, answer = self.options["python"], f"{WORK}/python", f"{WORK}/python.json"
        ask = (
            "import subprocess, sys\n"
            f"done = subprocess.run([{real!r}, *sys.argv[1:]], stdout=subprocess.PIPE, check=True)\n"
            f"open({answer!r}, 'wb').write(done.stdout)\n"
            "sys.stdout.buffer.write(done.stdout)\n"
        )
        write_program(stand_in, f"#!{sys.executable} -IS\n{ask}")
        # Nothing from outside was read so far.
        subprocess.run([*self._program, "--offline", "python", "find", stand_in], stdout=subprocess.DEVNULL)
        try:
            with open(answer, encoding="utf-8") as file:
                facts = json.load(file)
        except (OSError, ValueError):
            sys.exit(f"the installer cannot learn what the interpreter {real} is")
        facts["sys_executable"] = facts["sys_base_executable"] = stand_in
        with open(answer, "w", encoding="utf-8") as file:
            json.dump(facts, file)
        write_program(stand_in, f"#!/bin/sh\nexec cat {answer}\n")
        for folder in glob.glob(f"{WORK}/cache/interpreter-*"):
            shutil.rmtree(folder)
        self.python = stand_in


def write_program(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)


def named_index(option):
    name, equals, url = option.partition("=")
    return {"name": name, "url": url} if equals and "/" not in name else {"url": option}


def resolve(options):
    """Wheels alone first, which is what nearly every project needs; then whether pip would take something newer."""
    installer = Installer(options)
    installer.disarm()
    completed, locked = compile_lock(installer)
    if completed.returncode == 0:
        missing = newer_sdists(installer, locked)
    elif completed.returncode == 1:  # No solution: an index that fails is another code.
        missing = needed_sdists(installer)
    else:
        missing = []
    if missing:
        write_answer("sdists.json", missing)
        return
    sys.stderr.write(completed.stderr)
    if completed.returncode == 0:
        write_answer("wheels.json", [chosen_wheel(options, release) for release in locked])
    sys.exit(completed.returncode)


def write_answer(name, value):
    with open(f"/out/{name}", "w", encoding="utf-8") as file:
        json.dump(value, file)


def compile_lock(installer):
    completed = subprocess.run(
        installer.command(
            "pip", "compile", "--quiet", "--no-header", "--format", "pylock.toml",
            "--only-binary", ":all:", "--python", installer.python, *installer.constraints(),
            "--output-file", LOCK, "/order/requirements.txt",
        ),
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    return completed, read_lock() if completed.returncode == 0 else []


def read_lock():
    return [Release(package) for package in load_toml(LOCK).get("packages", []) if "version" in package]


def chosen_wheel(options, release):
    """Of the release's wheels that fit, the one that fits best, as an installer takes it."""
    wheels = sorted(release.wheels, key=file_name)
    if len(wheels) > 1:
        ranks = {tag: rank for rank, tag in enumerate(target_tags(options))}
        wheels.sort(key=lambda wheel: wheel_rank(file_name(wheel), ranks))
    wheel = wheels[0]
    return {
        "name": release.name, "version": release.version, "file": file_name(wheel), "location": location(wheel),
        "sha256": wheel.get("hashes", {}).get("sha256"),
    }  # fmt: skip


def target_tags(options):
    code = "import sys; sys.path.insert(0, '/frontend'); from packaging.tags import sys_tags; print(*sys_tags())"
    command = [options["python"], "-I", "-S", "-B", "-c", code]
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True).stdout.split()


def wheel_rank(file, ranks):
    _, _, build, tags = frontend("packaging.utils").parse_wheel_filename(file)
    best = min((ranks[str(tag)] for tag in tags if str(tag) in ranks), default=len(ranks))
    return best, tuple(-part if isinstance(part, int) else part for part in build[:1])


def location(file):
    """A URL, or a path inside."""
    place = file.get("url") or os.path.normpath(os.path.join(os.path.dirname(LOCK), file["path"]))
    return place[len("file://") :] if place.startswith("file:///") else place


def file_name(file):
    return file.get("name") or location(file).partition("#")[0].partition("?")[0].rpartition("/")[2]


def newer_sdists(installer, locked):
    """Releases above those of the lock that satisfy everything that is asked of their packages, without a wheel."""
    if not locked:
        return []
    versions = {release.name: release.version for release in locked}
    roots = read_requirements("/order/requirements.txt")
    # Most often everything is the newest there is: no metadata has to be fetched to know it.
    newest = releases(installer, roots + [Requirement(name) for name in sorted(versions)])
    if any(versions.get(release.name) != release.version for release in newest):
        download(installer, locked)
        required = [requirement for requirement in required_by_downloads() if requirement.name in versions]
        newest = releases(installer, roots + required)
    return [answer for release, answer in without_wheel(newest) if versions.get(release.name) != release.version]


def needed_sdists(installer):
    """What stands in the way of a solution of wheels: looked for from the requirements on, level by level."""
    requirements = read_requirements("/order/requirements.txt")
    for _ in range(MOST_ROUNDS):
        found = releases(installer, requirements)
        missing = without_wheel(found)
        if missing or not found:
            return [answer for _, answer in missing]
        download(installer, found)
        more = [requirement for requirement in required_by_downloads() if requirement not in requirements]
        if not more:
            return []
        requirements += more
    return []


def releases(installer, requirements):
    """The newest release of each package that all requirements allow, wheel or not; none where they contradict.

    Dependencies are not looked at, so no source distribution has to be built to know them.
    """
    output = f"{WORK}/lock/pylock.newest.toml"
    write_requirements(f"{WORK}/lines.txt", requirements)
    completed = subprocess.run(
        installer.command(
            "pip", "compile", "--quiet", "--no-header", "--no-deps", "--format", "pylock.toml",
            "--python", installer.python, *installer.constraints(), "--output-file", output, f"{WORK}/lines.txt",
        ),
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if completed.returncode != 0:
        return []
    return [Release(package) for package in load_toml(output).get("packages", []) if "version" in package]


def without_wheel(releases):
    """uv lists a release's wheels only where one fits the interpreter."""
    return [
        (
            release,
            {
                "name": release.name, "version": release.version, "location": location(release.sdist),
                "sha256": release.sdist.get("hashes", {}).get("sha256"),
            },
        )
        for release in releases
        if not release.wheels and release.sdist
    ]  # fmt: skip


def read_requirements(path):
    with open(path, encoding="utf-8") as file:
        return [Requirement(line) for line in file.read().splitlines() if line]


def required_by_downloads():
    """What the downloaded packages require by name, but for what only their extras do."""
    found = []
    for path in glob.glob(f"{DOWNLOADED}/*.dist-info/METADATA"):
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                if not line.strip():
                    break
                key, _, value = line.partition(":")
                if key.lower() != "requires-dist":
                    continue
                try:
                    requirement = Requirement(value.strip())
                except ValueError:
                    continue  # The resolver has its own reading, and its answer is what counts.
                if "extra" not in requirement.marker:
                    found.append(requirement)
    return found


def download(installer, releases):
    """For their metadata alone."""
    shutil.rmtree(DOWNLOADED, ignore_errors=True)
    pins = f"{WORK}/pins.txt"
    write_requirements(pins, [release.requirement for release in releases])
    run(
        *installer.command(
            "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--python", installer.python,
            "--target", DOWNLOADED, "--link-mode", "symlink", "--requirements", pins,
        )
    )  # fmt: skip


def install(options):
    installer = Installer({**options, "index": ["--no-index", "--offline", "--find-links", "/wheels"]})
    run(options["python"], "-I", "-m", "venv", "--without-pip", "--symlinks", ENVIRONMENT)
    if options["empty"]:
        return
    check_sizes(options)
    run(
        *installer.command(
            "pip", "install", "--quiet", "--no-deps", "--require-hashes",
            "--only-binary", ":all:", "--python", PYTHON, "--link-mode", "copy",
            "--requirements", "/order/lock.txt",
        )
    )  # fmt: skip
    forget_origin()


def forget_origin():
    """uv notes of a wheel that lies in a folder when that file was changed, which no installer does of an index's."""
    for note in glob.glob(f"{ENVIRONMENT}/lib/*/site-packages/*.dist-info/uv_cache.json"):
        record = os.path.join(os.path.dirname(note), "RECORD")
        with open(record, encoding="utf-8", newline="") as file:
            lines = [line for line in file if "/uv_cache.json," not in line]
        with open(record, "w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        os.unlink(note)


def check_sizes(options):
    """A wheel can say that it is larger than all that this run may write: it is refused before it is unpacked."""
    left = options["bytes"]
    for path in sorted(glob.glob("/wheels/*.whl")):
        try:
            with zipfile.ZipFile(path) as archive:
                left -= sum(info.file_size for info in archive.infolist())
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            sys.exit(f"{os.path.basename(path)} is no wheel: {error}")
        if left < 0:
            sys.exit(
                f"the build environment unpacks to more than the disk limit of {options['bytes']} bytes "
                f"(reached by {os.path.basename(path)})"
            )


def compile_environment(options):
    # The base interpreter without site: no .pth file of the environment is read.
    run(
        options["python"], "-I", "-S", "-m", "compileall", "-qq",
        "--invalidation-mode", "unchecked-hash", f"{ENVIRONMENT}/lib",
        may_fail=True,  # packages carry templates and old syntax that do not compile
    )  # fmt: skip


def main():
    steps = {"resolve": resolve, "install": install, "compile": compile_environment}
    with open("/order/options.json", encoding="utf-8") as file:
        options = json.load(file)
    steps[sys.argv[1]](options)


if __name__ == "__main__":
    os.umask(0o022)
    main()
