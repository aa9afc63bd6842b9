"""Put a source tree where a build may write, then become the build.

Usage: stage.py copy FOLDER TO - COMMAND...       for hosts where an overlay cannot stand in for the tree
       stage.py unpack ARCHIVE TO JSON COMMAND... where JSON is {"form", "bytes", "entries"}

Modes, times and links are kept. Special files of a folder are left out, as they have no place in a source tree; an
archive with one, or with anything else that archives.py refuses, was refused when it was inspected.
"""

import json
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


def unpack(archive, target, options):
    sys.path.insert(0, "/buildbox/modules")
    import archives

    inventory = archives.Inventory(options["bytes"], options["entries"])
    try:
        unpack_members(archives, archives.read(archive, options["form"], inventory), target)
    except archives.Refusal as refusal:
        sys.exit(f"buildbox: the archive cannot be used: {refusal}")


def unpack_members(archives, members, target):
    """Nothing is overwritten, and no link is on the way to anything: archives.py lets no such member through."""
    folders, made = [], {target}
    for entry, read in members:
        place = os.path.join(target, entry.path) if entry.path else target
        if entry.kind == archives.FOLDER:
            make_folder(place, made)
            folders.append((place, entry))
            continue
        make_folder(os.path.dirname(place), made)
        if entry.kind == archives.HARD_LINK:
            os.link(os.path.join(target, entry.target), place, follow_symlinks=False)
            continue
        if entry.kind == archives.LINK:
            os.symlink(entry.target, place)
        else:
            with open(place, "xb") as file:
                while data := read(archives.CHUNK):
                    file.write(data)
            os.chmod(place, entry.mode)
        os.utime(place, ns=(entry.time, entry.time), follow_symlinks=False)
    # What is in a folder changes its time, and its mode may keep out what is to come: the inner ones go first.
    for place, entry in reversed(folders):
        os.chmod(place, entry.mode)
        os.utime(place, ns=(entry.time, entry.time))


def make_folder(place, made):
    if place not in made:
        os.makedirs(place, exist_ok=True)
        made.add(place)


def main():
    how, source, target, options, command = *sys.argv[1:5], sys.argv[5:]
    try:
        if how == "copy":
            copy_tree(source, target)
            shutil.copystat(source, target)
        else:
            unpack(source, target, json.loads(options))
    except OSError as error:
        sys.exit(f"buildbox: cannot put the source where it is built: {error}")
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
