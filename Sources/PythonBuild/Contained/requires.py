"""Ask a build backend for the requirements of one step (PEP 517, get_requires_for_build_*).

Usage: requires.py sdist|wheel SOURCE CONFIG_JSON
Writes a JSON array of strings to descriptor 3. The backend runs in a process of its own without
that descriptor, as under the frontend; the list is hostile all the same and is validated outside.
"""

import json
import os
import sys
import tarfile

sys.path.insert(0, "/frontend")

import pyproject_hooks  # noqa: E402

try:
    import tomllib  # noqa: E402
except ModuleNotFoundError:
    import tomli as tomllib  # noqa: E402

DEFAULT_BACKEND = "setuptools.build_meta:__legacy__"


def unpack(archive_path, target):
    with tarfile.open(archive_path) as archive:
        # Python before 3.11.4 has no filter; whatever is unpacked stays in this sandbox.
        filtered = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(target, **filtered)
    return os.path.join(target, os.listdir(target)[0])


def main():
    step, source, config = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    if os.path.isfile(source):
        target = "/tmp/buildbox-requires"
        os.mkdir(target)
        source = unpack(source, target)
    table = {}
    pyproject = os.path.join(source, "pyproject.toml")
    if os.path.exists(pyproject):
        with open(pyproject, "rb") as file:
            table = tomllib.load(file).get("build-system", {})
    caller = pyproject_hooks.BuildBackendHookCaller(
        source,
        table.get("build-backend", DEFAULT_BACKEND),
        backend_path=table.get("backend-path"),
    )
    requires = getattr(caller, f"get_requires_for_build_{step}")(config)
    with open(3, "w", encoding="utf-8") as report:
        json.dump([str(requirement) for requirement in requires], report)


if __name__ == "__main__":
    main()
