"""Tell what a Python interpreter is. Run by the interpreter itself on the host,
isolated and without site (-I -S): no .pth file and no sitecustomize has a say.

Prints one JSON object to stdout.
"""

import json
import os
import platform
import sys
import sysconfig


def environment_prefix():
    """What site would make of pyvenv.cfg: site itself would run code of development installs."""
    folder = os.path.dirname(sys.executable)
    for place in (folder, os.path.dirname(folder)):
        if os.path.isfile(os.path.join(place, "pyvenv.cfg")):
            return place
    return sys.prefix


base = getattr(sys, "_base_executable", None) or sys.executable
json.dump(
    {
        "executable": sys.executable,
        "base_executable": os.path.realpath(base),
        "prefix": environment_prefix(),
        "base_prefix": sys.base_prefix,
        "version": platform.python_version(),
        "implementation": sys.implementation.name,
        "build": sys.version,
        "platform": sysconfig.get_platform(),
        "soabi": sysconfig.get_config_var("SOABI") or "",
    },
    sys.stdout,
)
