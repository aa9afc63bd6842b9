"""Resolve, download or install a build environment with uv. Runs no code of any package.

Usage: provision.py resolve|download|install|compile OPTIONS_JSON
The uv subcommands that look at an interpreter look at the base interpreter, and at that of the
environment only where there is no network.

`resolve` leaves /out/lock.txt, or /out/sdists.json: releases that pip would take and that have no wheel for
this interpreter. They are built elsewhere, lie in /wheelhouse the next time, and have a wheel then.
"""

import glob
import json
import os
import shutil
import subprocess
import sys

ENVIRONMENT = "/env"
PYTHON = f"{ENVIRONMENT}/bin/python"
DOWNLOADED = "/tmp/download"
# How far requirements of requirements are looked through for source distributions.
MOST_ROUNDS = 12


def run(*command, may_fail=False):
    completed = subprocess.run(command, stdin=subprocess.DEVNULL)
    if completed.returncode != 0 and not may_fail:
        sys.exit(completed.returncode if completed.returncode > 0 else 1)


def uv_command(*arguments):
    return ["/toolchain/uv", "--no-config", "--no-progress", "--cache-dir", "/cache", *arguments]


def uv(*arguments):
    run(*uv_command(*arguments))


def resolve(options):
    """Wheels alone first, which is what nearly every project needs; then whether pip would take something newer."""
    resolved = compile_lock(options)
    if resolved.returncode == 0:
        missing = newer_sdists(options)
    elif resolved.returncode == 1:  # No solution: an index that fails is another code.
        missing = needed_sdists(options)
    else:
        missing = []
    if missing:
        with open("/out/sdists.json", "w", encoding="utf-8") as file:
            json.dump(missing, file)
        return
    sys.stderr.write(resolved.stderr)
    sys.exit(resolved.returncode)


def compile_lock(options):
    return subprocess.run(
        uv_command(
            "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate",
            "--only-binary", ":all:", "--python", options["python"],
            *constraints(options), *options["index"],
            "--output-file", "/out/lock.txt", "/order/requirements.txt",
        ),
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def constraints(options):
    return ["--constraints", "/order/constraints.txt"] if options["constraints"] else []


def newer_sdists(options):
    """Releases above those of the lock that satisfy everything that is asked of their packages, without a wheel."""
    locked = read_lock()
    if not locked:
        return []
    roots = read_lines("/order/requirements.txt")
    # Most often everything is the newest there is: no metadata has to be fetched to know it.
    newest = releases(options, roots + sorted(locked))
    if any(locked.get(release["name"]) != release["version"] for release in newest):
        download(options, "/out/lock.txt")
        newest = releases(options, roots + [line for line in required_lines() if name_of(line) in locked])
    return [sdist for sdist in without_wheel(newest) if locked.get(sdist["name"]) != sdist["version"]]


def needed_sdists(options):
    """What stands in the way of a solution of wheels: looked for from the requirements on, level by level."""
    lines = read_lines("/order/requirements.txt")
    for _ in range(MOST_ROUNDS):
        found = releases(options, lines)
        missing = without_wheel(found)
        if missing or not found:
            return missing
        with open("/tmp/pins.txt", "w", encoding="utf-8") as file:
            file.writelines(f"{release['name']}=={release['version']}\n" for release in found)
        download(options, "/tmp/pins.txt", hashes=False)
        more = [line for line in required_lines() if line not in lines]
        if not more:
            return []
        lines += more
    return []


def releases(options, lines):
    """The newest release of each package that all lines allow, wheel or not; none where they contradict each other.

    Dependencies are not looked at, so no source distribution has to be built to know them.
    """
    with open("/tmp/lines.txt", "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    completed = subprocess.run(
        uv_command(
            "pip", "compile", "--quiet", "--no-header", "--no-deps", "--format", "pylock.toml",
            "--python", options["python"], *constraints(options), *options["index"],
            "--output-file", "/tmp/pylock.toml", "/tmp/lines.txt",
        ),
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if completed.returncode != 0:
        return []
    with open("/tmp/pylock.toml", "rb") as file:
        return [release for release in toml().load(file).get("packages", []) if "version" in release]


def without_wheel(releases):
    """uv lists a release's wheels only where one fits the interpreter."""
    return [
        {
            "name": release["name"],
            "version": release["version"],
            "location": sdist.get("url") or os.path.normpath(os.path.join("/tmp", sdist["path"])),
            "sha256": sdist.get("hashes", {}).get("sha256"),
        }
        for release in releases
        if not release.get("wheels") and (sdist := release.get("sdist"))
    ]


def toml():
    try:
        import tomllib
    except ModuleNotFoundError:
        sys.path.insert(0, "/frontend")
        import tomli as tomllib
    return tomllib


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def read_lock():
    pins = [line.split()[0].partition("==") for line in read_lines("/out/lock.txt") if line[:1].strip()]
    return {name.partition("[")[0]: version for name, equals, version in pins if equals}


def required_lines():
    """What the downloaded packages require, but for what only their extras do."""
    lines = []
    for path in glob.glob(f"{DOWNLOADED}/*.dist-info/METADATA"):
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                if not line.strip():
                    break
                key, _, value = line.partition(":")
                if key.lower() == "requires-dist" and "extra" not in value.partition(";")[2] and "@" not in value:
                    lines.append(value.strip())
    return lines


def name_of(requirement):
    """Of a requirement, as PEP 503 spells it."""
    name = requirement
    for mark in " [(;<>=!~@":
        name = name.partition(mark)[0]
    return "-".join(part for part in name.lower().replace("_", "-").replace(".", "-").split("-") if part)


def download(options, requirements="/order/lock.txt", hashes=True):
    shutil.rmtree(DOWNLOADED, ignore_errors=True)
    uv(
        "pip", "install", "--quiet", "--no-deps", *(["--require-hashes"] if hashes else []),
        "--only-binary", ":all:", "--python", options["python"],
        "--target", DOWNLOADED, "--link-mode", "symlink",
        *options["index"], "--requirements", requirements,
    )  # fmt: skip


def install(options):
    run(options["python"], "-I", "-m", "venv", "--without-pip", "--symlinks", ENVIRONMENT)
    if not options["empty"]:
        # Every environment has the same path in here: what uv remembers of the last one is wrong.
        for folder in glob.glob("/cache/interpreter-*"):
            shutil.rmtree(folder, ignore_errors=True)
        uv(
            "pip", "install", "--quiet", "--no-deps", "--require-hashes",
            "--only-binary", ":all:", "--python", PYTHON, "--link-mode", "copy",
            *options["index"], "--requirements", "/order/lock.txt",
        )  # fmt: skip


def compile_environment(options):
    # The base interpreter without site: no .pth file of the environment is read.
    run(
        options["python"], "-I", "-S", "-m", "compileall", "-qq",
        "--invalidation-mode", "unchecked-hash", f"{ENVIRONMENT}/lib",
        may_fail=True,  # packages carry templates and old syntax that do not compile
    )  # fmt: skip


def main():
    steps = {
        "resolve": resolve,
        "download": download,
        "install": install,
        "compile": compile_environment,
    }
    steps[sys.argv[1]](json.loads(sys.argv[2]))


if __name__ == "__main__":
    os.umask(0o022)
    main()
