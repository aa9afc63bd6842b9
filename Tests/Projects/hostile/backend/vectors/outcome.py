"""What a probe is told and what it answers."""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

REFUSALS = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EROFS})


class Outcome(NamedTuple):
    """`tried` is false where this machine or the caller gave the probe nothing to try."""

    reached: bool
    detail: str
    tried: bool = True


class NothingToTry(LookupError):
    """The caller named nothing that this probe may touch."""


class Surroundings(NamedTuple):
    """
    The targets the caller named, and what only the process before the fork could know.

    Inside, `first` is process 1, `ancestors` go up to it and `inherited` are all descriptors
    above the standard streams. Outside, only what the caller named stands in for them, so
    that nothing else of the host is touched.
    """

    targets: Mapping[str, str]
    scratch: Path
    parent: int
    first: int | None
    ancestors: tuple[int, ...] | None
    inherited: tuple[int, ...] | None


Act = Callable[[Surroundings], Outcome]


class Probe(NamedTuple):
    """
    `control` says when the same act succeeds outside, given the target: for `anyone`, for
    `root`, or only on some `host`s.
    """

    name: str
    act: Act
    control: str
    target: str | None = None


def reached(detail: object) -> Outcome:
    return Outcome(True, str(detail))


def held(detail: object) -> Outcome:
    return Outcome(False, str(detail))


def not_tried(detail: object) -> Outcome:
    return Outcome(False, str(detail), tried=False)


def reached_if(condition: object, detail: object) -> Outcome:
    return Outcome(bool(condition), str(detail))
