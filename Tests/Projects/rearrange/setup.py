"""Removes and makes anew one folder of its source and renames another, as generators of code do."""

import pathlib
import shutil

from setuptools import setup

HERE = pathlib.Path(__file__).resolve().parent
REMADE = HERE / "remade"
RENAMED = HERE / "renamed"


def rearrange():
    shutil.rmtree(REMADE)
    REMADE.mkdir()
    (REMADE / "__init__.py").write_text('"""Made by the build."""\n', encoding="utf-8")
    # The sdist holds the tree as it is now: the wheel that is built from it finds the folder renamed.
    if not RENAMED.exists():
        (HERE / "before").rename(RENAMED)


rearrange()
setup(packages=["remade", "renamed", "renamed.inner"])
