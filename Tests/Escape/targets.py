"""Harmless things on the host for the hostile project to reach, as long as this is open."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence

from verdict import require


class Targets:
    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        options: Mapping[str, object],
        most_seconds: float = 10,
    ) -> None:
        self._most_seconds = most_seconds
        self._command = command
        self._environment = environment
        self._options = options

    def __enter__(self) -> dict[str, str]:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self._environment, **self._options
        )
        line = self._process.stdout.readline()
        require(line, "the targets on the host could not be set up")
        return json.loads(line)

    def __exit__(self, *_: object) -> None:
        """Its input ends, and it removes what it made."""
        self._process.stdin.close()
        self._process.wait(self._most_seconds)
        self._process.stdout.close()
