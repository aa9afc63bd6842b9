"""The user that builds, and whose controls are run."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path


class User:
    """As root, every command can be run as another user; an ordinary user is only itself."""

    def __init__(self, name: str | None) -> None:
        own = os.geteuid()
        if name is None:
            entry = pwd.getpwuid(own)
        elif name.isdigit():
            entry = pwd.getpwuid(int(name))
        else:
            entry = pwd.getpwnam(name)
        if own != 0 and entry.pw_uid != own:
            raise SystemExit("only root can try the vectors as another user")
        self.name = entry.pw_name
        self.number = entry.pw_uid
        self.group = entry.pw_gid
        self.is_root = entry.pw_uid == 0
        self.is_other = entry.pw_uid != own

    @property
    def process_options(self) -> dict[str, object]:
        """Options of subprocess.Popen."""
        if not self.is_other:
            return {}
        return {"user": self.number, "group": self.group, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Gives a file or a whole folder to this user."""
        if not self.is_other:
            return
        os.chown(path, self.number, self.group, follow_symlinks=False)
        if path.is_dir() and not path.is_symlink():
            for folder, folders, files in os.walk(path):
                for name in folders + files:
                    inner = os.path.join(folder, name)
                    os.chown(inner, self.number, self.group, follow_symlinks=False)


def make_readable(path: Path) -> None:
    for folder, _, files in os.walk(path):
        os.chmod(folder, 0o755)
        for name in files:
            inner = Path(folder, name)
            if not inner.is_symlink():
                inner.chmod(0o755 if os.access(inner, os.X_OK) else 0o644)


def copy_installation(binary: Path, toolchain: Path, profiles: Path, to: Path) -> None:
    """An installation that every user can read, wherever the first one lies."""
    to.mkdir()
    for name in (binary.name, f"{binary.name}-launcher"):
        shutil.copy2(binary.with_name(name), to / name)
    shutil.copytree(profiles, to / "sandbox-profiles")
    shutil.copytree(toolchain, to / "toolchain", symlinks=True)
    make_readable(to)
