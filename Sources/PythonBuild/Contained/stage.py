"""Copy a source tree to where a build may write, then become the build.

Usage: stage.py FROM TO COMMAND...
For hosts where an overlay cannot stand in for the tree. Modes, times and links are kept; special
files are left out, as they have no place in a source tree.
"""

import os
import shutil
import stat
import sys


def copy_tree(source, target):
    for entry in os.scandir(source):
        place = os.path.join(target, entry.name)
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            os.symlink(os.readlink(entry.path), place)
            shutil.copystat(entry.path, place, follow_symlinks=False)
        elif stat.S_ISDIR(mode):
            os.mkdir(place)
            copy_tree(entry.path, place)
            shutil.copystat(entry.path, place)
        elif stat.S_ISREG(mode):
            shutil.copyfile(entry.path, place)
            shutil.copystat(entry.path, place)


def main():
    source, target, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    try:
        copy_tree(source, target)
        shutil.copystat(source, target)
    except OSError as error:
        sys.exit(f"buildbox: cannot copy the source tree: {error}")
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
