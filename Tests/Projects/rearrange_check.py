"""Says what is wrong with a wheel of the project `rearrange`; nothing, and exit 0, when it is as it should be.

Usage: rearrange_check.py WHEEL
"""

import sys
import zipfile

MODULES = {
    "remade/__init__.py": "Made by the build.",
    "renamed/__init__.py": "Renamed with its folder.",
    "renamed/inner/__init__.py": "Renamed with the folder above.",
}


def main():
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        modules = {name for name in wheel.namelist() if ".dist-info/" not in name}
        if modules != set(MODULES):
            sys.exit(f"the wheel has {sorted(modules)}")
        for name, text in MODULES.items():
            if text not in wheel.read(name).decode():
                sys.exit(f"{name} is not what the build made")


if __name__ == "__main__":
    main()
