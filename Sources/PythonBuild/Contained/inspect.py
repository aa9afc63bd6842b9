"""Read what a project asks for, without running any of its code.

Usage: inspect.py SOURCE            a folder or a .tar.gz source distribution
Writes one JSON object to descriptor 3: {"declaration": {...}} or {"error": "..."}. The rules and
the words are those of the build frontend (pypa/build), so that a fault reads the same here as there.
"""

import json
import os
import sys
import tarfile
import zlib

try:
    import tomllib
except ModuleNotFoundError:
    sys.path.insert(0, "/frontend")
    import tomli as tomllib

DEFAULT_REQUIRES = ["setuptools >= 40.8.0"]
LARGEST_PYPROJECT = 16 << 20
MOST_MEMBERS = 1_000_000


class Fault(Exception):
    """What the project's author has to mend."""


def read_folder(source):
    names = set(os.listdir(source))
    if not names & {"pyproject.toml", "setup.py"}:
        raise Fault(
            "the source does not appear to be a Python project: no pyproject.toml or setup.py"
        )
    path = os.path.join(source, "pyproject.toml")
    if "pyproject.toml" not in names:
        return None
    if not os.path.isfile(path):
        raise Fault("pyproject.toml is not a regular file")
    with open(path, "rb") as file:
        return file.read(LARGEST_PYPROJECT + 1)


def read_archive(source):
    name = os.path.basename(source)
    try:
        with tarfile.open(source) as archive:
            tops, has_metadata, has_setup, pyproject = set(), False, False, None
            for count, member in enumerate(archive):
                if count >= MOST_MEMBERS:
                    raise Fault(f"{name} has more than {MOST_MEMBERS} members")
                top, _, rest = member.name.partition("/")
                tops.add(top)
                has_metadata = has_metadata or (rest == "PKG-INFO" and member.isfile())
                has_setup = has_setup or rest == "setup.py"
                if rest == "pyproject.toml" and member.isfile():
                    pyproject = archive.extractfile(member).read(LARGEST_PYPROJECT + 1)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise Fault(f"failed to read the source distribution {name}: {error}") from None
    tops.discard("")
    if len(tops) != 1:
        shown = sorted(tops)[:5]
        raise Fault(
            f"the source distribution {name} must contain a single top-level directory, got: {shown}"
        )
    if not has_metadata:
        raise Fault(
            f"the source distribution {name} does not contain {tops.pop()}/PKG-INFO"
        )
    if pyproject is None and not has_setup:
        raise Fault(
            "the source does not appear to be a Python project: no pyproject.toml or setup.py"
        )
    return pyproject


def is_list_of_strings(value):
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def declaration(pyproject):
    if pyproject is None:
        return {"requires": DEFAULT_REQUIRES, "name": None}
    if len(pyproject) > LARGEST_PYPROJECT:
        raise Fault(f"pyproject.toml is larger than {LARGEST_PYPROJECT} bytes")
    try:
        document = tomllib.loads(pyproject.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Fault(f"failed to parse pyproject.toml: it is not UTF-8: {error}") from None
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, or a number of thousands of digits.
        raise Fault(f"failed to parse pyproject.toml: {error}") from None
    project = document.get("project")
    name = project.get("name") if isinstance(project, dict) else None
    name = name if isinstance(name, str) else None
    if "build-system" not in document:
        return {"requires": DEFAULT_REQUIRES, "name": name}
    table = document["build-system"]
    if not isinstance(table, dict):
        raise Fault("pyproject.toml: `build-system` must be a table")
    if "requires" not in table:
        raise Fault(
            "pyproject.toml: `requires` is a required property of [build-system];"
            " write `requires = []` if the backend needs nothing"
        )
    if not is_list_of_strings(table["requires"]):
        raise Fault("pyproject.toml: `build-system.requires` must be an array of strings")
    if not isinstance(table.get("build-backend", ""), str):
        raise Fault("pyproject.toml: `build-system.build-backend` must be a string")
    if not is_list_of_strings(table.get("backend-path", [])):
        raise Fault("pyproject.toml: `build-system.backend-path` must be an array of strings")
    unknown = sorted(set(table) - {"requires", "build-backend", "backend-path"})
    if unknown:
        raise Fault(f"pyproject.toml: unknown properties in [build-system]: {', '.join(unknown)}")
    return {"requires": table["requires"], "name": name}


def main():
    source = sys.argv[1]
    try:
        pyproject = read_folder(source) if os.path.isdir(source) else read_archive(source)
        answer = {"declaration": declaration(pyproject)}
    except Fault as fault:
        answer = {"error": str(fault)}
    except OSError as error:
        answer = {"error": f"cannot read the source: {error.strerror}: {error.filename}"}
    with open(3, "w", encoding="utf-8") as report:
        json.dump(answer, report)


if __name__ == "__main__":
    main()
