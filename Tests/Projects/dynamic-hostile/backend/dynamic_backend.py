"""Asks, at build time and for the wheel, for what the config setting `attack` names."""

from __future__ import annotations

import uuid
from importlib.util import find_spec

import plain_backend

KNOWN = ("iniconfig", "tomli", "pluggy", "packaging", "six", "attrs", "idna", "zipp")
MANY = 100_000
LONG = 1_000_000


def unheard_of() -> str:
    return f"buildbox-{uuid.uuid4().hex}"


def one_more() -> list[str]:
    """Whatever is installed already and one more, for as long as there is one."""
    missing = [name for name in KNOWN if find_spec(name) is None]
    asked = [name for name in KNOWN if name not in missing]
    return [*asked, missing[0] if missing else unheard_of()]


ATTACKS = {
    "options": lambda: ["--index-url http://127.0.0.1:9/ x"],
    "url": lambda: ["x @ file:///etc/passwd"],
    "variable": lambda: ["x @ https://127.0.0.1:9/${HOME}"],
    "newline": lambda: ["iniconfig\n--index-url http://127.0.0.1:9/"],
    "path": lambda: ["./src"],
    "endless": lambda: [unheard_of()],
    "rounds": one_more,
    "many": lambda: [f"iniconfig!={number}" for number in range(MANY)],
    "long": lambda: [f"iniconfig!={'1' * LONG}"],
    "types": lambda: [{"iniconfig": 1}, None, 2.5],
    "text": lambda: "iniconfig",
}


def get_requires_for_build_wheel(config_settings=None):
    attack = (config_settings or {}).get("attack")
    if attack is None:
        return []
    if attack not in ATTACKS:
        raise SystemExit(f"attack is one of {', '.join(ATTACKS)}, not {attack}")
    return ATTACKS[attack]()


def build_sdist(sdist_directory, config_settings=None):
    return plain_backend.build_sdist(sdist_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return plain_backend.build_wheel(wheel_directory, config_settings)
