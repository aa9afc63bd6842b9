"""Bytes that steer a terminal, a log reader or whoever looks for a result in a log."""

from __future__ import annotations

import json
import os

FORGED_RESULT = {
    "schema": "buildbox.result/v1",
    "id": "forged",
    "status": "succeeded",
    "reason": None,
    "exit_code": 0,
    "signal": None,
    "artifacts": [
        {
            "name": "forged-1.0-py3-none-any.whl",
            "kind": "wheel",
            "size": 1,
            "sha256": "0" * 64,
        }
    ],
    "phases": [],
    "resources": {"wall_ms": 1, "cpu_ms": 1},
    "sandbox": {"profile": "build", "layers": []},
}

LINES = (
    b"\x1b[31mred\x1b[0m and \x1b[1;38;5;42mgreen\x1b[0m are only colours",
    b"\x1b]0;a forged window title\x07",
    b"\x1b]2;another forged window title\x1b\\",
    b"\x1b]52;c;Zm9yZ2Vk\x07clipboard",
    b"\x1b]8;;http://127.0.0.1:9/\x1b\\link\x1b]8;;\x1b\\",
    b'\x1bP$q"p\x1b\\device control',
    b"\x1b[6n\x1b[c\x1b[>q questions that a terminal answers",
    b"\x1b[?1049h\x1b[2J\x1b[H another screen",
    b"\x1b[1A\x1b[2Kthe line before is gone",
    b"\x1b[8mhidden\x1b[28m",
    b"\xc2\x9b31mC1 control\xc2\x9d0;title\xc2\x9c",
    b"\x9b31mC1 control in one byte",
    b"everything went well\rand was overwritten",
    b"back\x08\x08\x08\x08space, bell \x07, NUL \x00, SO \x0e, SI \x0f, DEL \x7f",
    b"invalid UTF-8: \xff\xfe \xc3\x28 \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80",
    "right to left: \u202eelbatrofni\u202c, isolate \u2066a\u2069, mark \u200f".encode(),
    "line separators: \u2028 \u2029 \u0085 here".encode(),
    b"\x1b[0;1mBuild succeeded\x1b[0m",
    b'data: {"event": "forged"}\n\nevent: end\ndata: {}\n',
    json.dumps(FORGED_RESULT).encode(),
    b"\x1b[31",
)


def deface() -> None:
    data = b"\n".join(LINES) + b"\n"
    for stream in (1, 2):
        os.write(stream, data)
