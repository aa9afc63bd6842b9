"""What a vector is, and what trying it comes to."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bench import Bench


class State(Enum):
    CONTAINED = "contained"
    ESCAPED = "ESCAPED"
    # It reaches what it should not, and SECURITY.md says so under "What is left".
    OPEN = "open"
    SKIPPED = "skipped"
    # A control that must succeed did not, or nothing can be told from what happened.
    FAILED = "FAILED"


class Verdict(NamedTuple):
    state: State
    detail: str


class Vector(NamedTuple):
    """
    One line of the threat list, tried.

    `needs` names what of the host it cannot do without: `cgroup` or `root`.
    """

    name: str
    attempt: Callable[[Bench], Verdict]
    needs: tuple[str, ...] = ()


class Broken(Exception):
    """A control or a step of the suite itself went wrong, so that nothing is proved."""


def contained(detail: object) -> Verdict:
    return Verdict(State.CONTAINED, str(detail))


def escaped(detail: object) -> Verdict:
    return Verdict(State.ESCAPED, str(detail))


def skipped(reason: object) -> Verdict:
    return Verdict(State.SKIPPED, str(reason))


def failed(reason: object) -> Verdict:
    return Verdict(State.FAILED, str(reason))


def require(condition: object, otherwise: str) -> None:
    """For the controls: a vector whose control fails must not count as contained."""
    if not condition:
        raise Broken(otherwise)


def judge(faults: list[str], detail: str) -> Verdict:
    """Escaped by what is listed, or contained."""
    return escaped("; ".join(faults)) if faults else contained(detail)
