"""Checks of provision.py that need no sandbox: its grammar, and the stand-in for the interpreter.

Usage: provision_check.py grammar PROGRAM TOOLCHAIN < TEXTS_JSON
       provision_check.py stand-in PROGRAM TOOLCHAIN FOLDER
`grammar` prints for each text what would be written to a file of the installer's, or null. `stand-in` prints whether a
build hook ran with the interpreter itself (the positive control), and with the stand-in.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path


def load(program, toolchain):
    sys.path.append(f"{toolchain}/frontend")
    spec = importlib.util.spec_from_file_location("provision", program)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def grammar(provision):
    def written(text):
        try:
            return str(provision.Requirement(text))
        except ValueError:
            return None

    print(json.dumps([written(text) for text in json.load(sys.stdin)]))


def stand_in(provision, toolchain, folder):
    """The project's hook leaves a mark. The installer is told to build it, which provisioning never does."""
    provision.UV, provision.WORK = f"{toolchain}/bin/uv", f"{folder}/work"
    project, mark = Path(folder, "project"), Path(folder, "mark")
    project.mkdir()
    project.joinpath("pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "hook"\nbackend-path = ["."]\n'
    )
    hook = f"open({str(mark)!r}, 'w').close()\nraise SystemExit('no more than a mark')\n"
    project.joinpath("hook.py").write_text(hook)
    lines = Path(folder, "lines.txt")
    lines.write_text(f"{project}\n")
    installer = provision.Installer({"python": "/usr/bin/python3", "index": ["--offline"], "constraints": False})

    def marks():
        command = installer.command("pip", "compile", "--quiet", "--python", installer.python, str(lines))
        completed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        found = mark.exists()
        mark.unlink(missing_ok=True)
        return found, completed.returncode

    with_interpreter = marks()
    installer.disarm()
    with_stand_in = marks()
    # What it is for still works: the interpreter's facts are known.
    known = subprocess.run(
        installer.command("pip", "compile", "--quiet", "--python", installer.python, os.devnull),
        stdout=subprocess.DEVNULL,
    )
    print(json.dumps({"interpreter": with_interpreter[0], "stand_in": with_stand_in[0], "known": known.returncode}))


def main():
    check, program, toolchain = sys.argv[1:4]
    provision = load(program, toolchain)
    if check == "grammar":
        grammar(provision)
    else:
        stand_in(provision, toolchain, sys.argv[4])


if __name__ == "__main__":
    main()
