"""Resolve, download or install a build environment with uv. Runs no code of any package.

Usage: provision.py resolve|download|install|compile OPTIONS_JSON
The uv subcommands that look at an interpreter look at the base interpreter, and at that of the
environment only where there is no network.
"""

import glob
import json
import os
import shutil
import subprocess
import sys

ENVIRONMENT = "/env"
PYTHON = f"{ENVIRONMENT}/bin/python"


def run(*command, may_fail=False):
    completed = subprocess.run(command, stdin=subprocess.DEVNULL)
    if completed.returncode != 0 and not may_fail:
        sys.exit(completed.returncode if completed.returncode > 0 else 1)


def uv(*arguments):
    run("/toolchain/uv", "--no-config", "--no-progress", "--cache-dir", "/cache", *arguments)


def resolve(options):
    constraints = ["--constraints", "/order/constraints.txt"] if options["constraints"] else []
    uv(
        "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate",
        "--only-binary", ":all:", "--python", options["python"],
        *constraints, *options["index"],
        "--output-file", "/out/lock.txt", "/order/requirements.txt",
    )  # fmt: skip


def download(options):
    uv(
        "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:",
        "--python", options["python"], "--target", "/tmp/download", "--link-mode", "symlink",
        *options["index"], "--requirements", "/order/lock.txt",
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
