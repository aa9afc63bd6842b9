"""Tell what a Python interpreter is. Run by the interpreter itself, isolated, on the host.

Prints one JSON object to stdout.
"""

import json
import os
import platform
import sys
import sysconfig

base = getattr(sys, "_base_executable", None) or sys.executable
json.dump(
    {
        "executable": sys.executable,
        "base_executable": os.path.realpath(base),
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "version": platform.python_version(),
        "implementation": sys.implementation.name,
        "build": sys.version,
        "platform": sysconfig.get_platform(),
        "soabi": sysconfig.get_config_var("SOABI") or "",
    },
    sys.stdout,
)
