"""Print a uv.toml of the operator's as JSON: each option with its values as text.

Usage: uvsettings.py FRONTEND FILE, on the host, isolated (-I -S). The table [pip] counts above the rest, as for
`uv pip`; a list of [[index]] becomes the options `default-index` and `index`.
"""

import json
import sys

try:
    import tomllib
except ModuleNotFoundError:
    sys.path.insert(0, sys.argv[1])
    import tomli as tomllib


def texts(value):
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [str(value)]


def main():
    with open(sys.argv[2], "rb") as file:
        document = tomllib.load(file)
    document.update(document.pop("pip", {}))
    settings = {}
    for index in document.pop("index", []):
        # An explicit one is for packages that a project pins to it: no build requirement is.
        if not index.get("explicit", False):
            option = "default-index" if index.get("default", False) else "index"
            settings.setdefault(option, []).append(str(index["url"]))
    settings.update((option, texts(value)) for option, value in document.items())
    print(json.dumps(settings))


if __name__ == "__main__":
    main()
