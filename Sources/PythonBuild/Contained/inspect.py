"""Read what a project asks for, without running any of its code.

Usage: inspect.py SOURCE [OPTIONS_JSON]
SOURCE is a folder, or an archive with options {"name", "form", "maybe_sdist", "subdirectory", "bytes", "entries"}.
Writes one JSON object to descriptor 3: {"declaration": {...}, "sdist", "root"} or {"error": "...", "limit": {...}}.
`root` is the project's folder in an archive of a project folder, which is read without being unpacked to disk. The
rules and the words are those of the build frontend (pypa/build), so that a fault reads the same here as there.
"""

import json
import os
import sys

try:
    import tomllib
except ModuleNotFoundError:
    sys.path.insert(0, "/frontend")
    import tomli as tomllib

DEFAULT_REQUIRES = ["setuptools >= 40.8.0"]
LARGEST_PYPROJECT = 16 << 20
MOST_MEMBERS = 1_000_000
MARKS = {"pyproject.toml", "setup.py"}
NO_PROJECT = "the source does not appear to be a Python project: no pyproject.toml or setup.py"


class Fault(Exception):
    """What the project's author has to mend. `limit` is set where the source is too large."""

    def __init__(self, message, limit=None):
        super().__init__(message)
        self.limit = limit


def read_folder(source):
    names = set(os.listdir(source))
    if not names & MARKS:
        raise Fault(NO_PROJECT)
    path = os.path.join(source, "pyproject.toml")
    if "pyproject.toml" not in names:
        return None
    if not os.path.isfile(path):
        raise Fault("pyproject.toml is not a regular file")
    with open(path, "rb") as file:
        return file.read(LARGEST_PYPROJECT + 1)


def read_archive(path, options):
    """What kind of archive it is, the project's folder in it, and its pyproject.toml."""
    # Not at the top: a folder, which is what most builds have, needs none of it.
    sys.path.insert(0, "/buildbox/modules")
    import archives

    if options["maybe_sdist"]:
        sdist, pyproject = read_sdist(path, options["name"], archives.UNREADABLE)
        if sdist:
            return {"sdist": True}, pyproject
    try:
        root, pyproject = read_project_archive(archives, path, options)
    except archives.Refusal as refusal:
        raise Fault(f"the archive {options['name']} cannot be used: {refusal}", refusal.limit) from None
    return {"sdist": False, "root": root}, pyproject


def read_sdist(path, name, unreadable):
    """Whether it has what makes it a source distribution (PEP 625); the frontend unpacks it by its own rules."""
    import tarfile

    try:
        with tarfile.open(path) as archive:
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
    except unreadable as error:
        raise Fault(f"failed to read the source distribution {name}: {error}") from None
    tops.discard("")
    if len(tops) != 1 or not has_metadata:
        return False, None
    if pyproject is None and not has_setup:
        raise Fault(NO_PROJECT)
    return True, pyproject


def read_project_archive(archives, path, options):
    inventory = archives.Inventory(options["bytes"], options["entries"])
    wanted = archives.clean(options["subdirectory"]) if options["subdirectory"] else ""
    first, several = None, False
    marks, pyprojects = {}, {}
    for entry, content in archives.read(path, options["form"], inventory):
        folder, _, name = entry.path.rpartition("/")
        top = entry.path.partition("/")[0]
        if top:
            first = top if first is None else first
            several = several or top != first
        if name not in MARKS or folder not in (wanted, join(first, wanted)):
            continue
        marks.setdefault(folder, set()).add(name)
        if name == "pyproject.toml" and entry.kind == archives.FILE:
            pyprojects[folder] = read_up_to(content, LARGEST_PYPROJECT + 1)
    root = wanted
    # The folder that most archives put everything into is no part of the project.
    if not (wanted in inventory.kinds if wanted else wanted in marks) and first is not None and not several:
        root = join(first, wanted)
    if root and inventory.kinds.get(root) != archives.FOLDER:
        raise Fault(f"the archive {options['name']} has no folder {wanted!r}" if wanted else NO_PROJECT)
    if root not in marks:
        raise Fault(NO_PROJECT)
    if "pyproject.toml" in marks[root] and root not in pyprojects:
        raise Fault("pyproject.toml is not a regular file")
    return root, pyprojects.get(root)


def join(folder, rest):
    return f"{folder}/{rest}" if rest else folder


def read_up_to(content, size):
    parts = []
    while size > 0 and (part := content(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


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
        if os.path.isdir(source):
            found, pyproject = {}, read_folder(source)
        else:
            found, pyproject = read_archive(source, json.loads(sys.argv[2]))
        answer = {"declaration": declaration(pyproject), **found}
    except Fault as fault:
        answer = {"error": str(fault), "limit": fault.limit}
    except OSError as error:
        answer = {"error": f"cannot read the source: {error.strerror}: {error.filename}"}
    with open(3, "w", encoding="utf-8") as report:
        json.dump(answer, report)


if __name__ == "__main__":
    main()
