"""A package index on the loopback that remembers what it was asked, and the packages it has."""

from __future__ import annotations

import contextlib
import http.server
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

PLAIN = Path(__file__).resolve().parent.parent / "Projects" / "hello-intree" / "backend"
sys.path.append(str(PLAIN))

import plain_backend  # noqa: E402

HARMLESS = "buildbox-harmless"


class Index:
    """Everything it answers and was asked is by path. A redirect is an answer that is a URL."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes | str] = {}
        self.asked: list[str] = []
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                index.asked.append(self.path)
                self.answer(index.answers.get(self.path.rstrip("/")))

            do_HEAD = do_GET

            def answer(self, answer: bytes | str | None) -> None:
                with contextlib.suppress(ConnectionError):
                    if isinstance(answer, str):
                        self.send_response(302)
                        self.send_header("Location", answer)
                    else:
                        self.send_response(404 if answer is None else 200)
                        self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/zip")
                    body = answer if isinstance(answer, bytes) else b""
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body if self.command == "GET" else b"")

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.root = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"{self.root}/simple"

    @property
    def environment(self) -> dict[str, str]:
        """For whatever shall use this index."""
        return {"PIP_INDEX_URL": self.url}

    def __enter__(self) -> Index:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add(self, name: str, file: Path, sha256: str | None = None) -> None:
        """One more file of a package; with a digest, the page promises it."""
        fragment = f"#sha256={sha256}" if sha256 else ""
        page = self.answers.get(f"/simple/{name}", b"")
        assert isinstance(page, bytes)
        self.answers[f"/simple/{name}"] = page + f'<a href="/files/{file.name}{fragment}">{file.name}</a>\n'.encode()
        self.answers[f"/files/{file.name}"] = file.read_bytes()

    def add_wheel(self, folder: Path, name: str, members: dict[str, bytes], requires: Sequence[str] = ()) -> Path:
        """A pure Python wheel, version 1.0. Names of members may hold `{stem}`."""
        project = plain_backend.Project(name, "1.0")
        wheel = folder / plain_backend.wheel_name(project)
        info = f"{project.stem}.dist-info"
        all_members = {
            **{path.format(stem=project.stem): data for path, data in members.items()},
            f"{info}/METADATA": project.metadata + "".join(f"Requires-Dist: {line}\n" for line in requires).encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: escape\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        plain_backend.write_zip(wheel, plain_backend.with_record(project, all_members))
        self.add(name, wheel)
        return wheel


class Indexes(NamedTuple):
    """The one that the operator configured, and one that nothing may lead to."""

    configured: Index
    other: Index
