"""Makes a project that builds, with as many small files beside it as are asked for."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

TEMPLATE = Path(__file__).parent / "hello-intree"
FILES_IN_A_FOLDER = 1000


def make_tree(folder: Path, count: int) -> None:
    """The backend leaves the folder `bulk` out of what it builds."""
    shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for number in range(count):
        parent = folder / "bulk" / f"{number // FILES_IN_A_FOLDER:04}"
        if number % FILES_IN_A_FOLDER == 0:
            parent.mkdir(parents=True)
        (parent / f"{number:06}.txt").write_text(f"{number}\n", encoding="ascii")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="made here, and not yet there")
    parser.add_argument("count", type=int, help="number of small files")
    options = parser.parse_args()
    make_tree(options.folder, options.count)


if __name__ == "__main__":
    main()
