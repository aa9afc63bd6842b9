"""The real `buildbox serve`, started and stopped for tests, and what they send to it."""

import contextlib
import gzip
import io
import json
import os
import pathlib
import queue
import signal
import subprocess
import tarfile
import threading
import time

import httpx

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("BUILDBOX_BINARY", REPOSITORY / ".build/release/buildbox"))
# Nothing here takes longer than this; only a failure does.
PATIENCE = 60
# What a project does that is there to be cancelled or killed.
ENDLESS = "print('it runs', flush=True)\ntime.sleep(600)"


class Service:
    """One `buildbox serve` on a home of its own. Its log is kept, to be shown when a test fails."""

    def __init__(self, home, *flags, listen="127.0.0.1:0", environment=None, ready=True):
        self.home = pathlib.Path(home)
        self.lines = []
        self.listening = queue.Queue()
        clean = {key: value for key, value in os.environ.items() if not key.startswith("BUILDBOX_")}
        clean["BUILDBOX_TOOLCHAIN"] = os.environ["BUILDBOX_TOOLCHAIN"]
        clean.update(environment or {})
        self.process = subprocess.Popen(
            [BINARY, "serve", "--home", str(home), "--listen", listen, *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=clean,
        )
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.url = self.listening.get(timeout=PATIENCE)
            if self.url is None:
                raise AssertionError(f"the service ended at once:\n{self.log}")
            if ready:
                self.wait_until_ready()
        except BaseException:
            self.kill()
            raise

    @property
    def log(self):
        return "".join(self.lines)

    @property
    def port(self):
        return httpx.URL(self.url).port

    def _read(self):
        for line in self.process.stderr:
            text = line.decode()
            self.lines.append(text)
            with contextlib.suppress(ValueError):
                message = json.loads(text)
                if message.get("message") == "listening":
                    self.listening.put(message["url"])
        self.listening.put(None)

    def client(self, token=None, **options):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if self.url.startswith("unix:"):
            options["transport"] = httpx.HTTPTransport(uds=self.url[len("unix:"):])
            return httpx.Client(base_url="http://localhost", headers=headers, timeout=PATIENCE, **options)
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE, **options)

    def wait_until_ready(self):
        with self.client(verify=False) as client:
            wait_for(lambda: client.get("/readyz").status_code == 200, "the service to be ready")

    def stop(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.process.wait(timeout=PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def token(self, grant, scopes="build,read", expires=None):
        return make_token(self.home, grant, scopes, expires)


def make_token(home, grant, scopes="build,read", expires=None):
    command = [BINARY, "token", "create", "--home", str(home), "--grant", grant, "--scopes", scopes]
    command += ["--expires", expires] if expires else []
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def wait_for(condition, what):
    """Asks again until it holds: what is waited for happens in another process, which tells nobody."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what} in vain"
        time.sleep(0.02)


def archive(files, name="project"):
    """A .tar.gz of a project folder, the same bytes for the same files."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(f"{name}/{path}")
            info.size = len(data)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def project(body=""):
    """A project with a backend of its own, which needs no index. `body` runs in its build_sdist and build_wheel."""
    folder = REPOSITORY / "Tests/Projects/hello-intree"
    files = {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
    }
    backend = "backend/plain_backend.py"
    if body:
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        files["backend/test_backend.py"] = (
            "import os, sys, time\nfrom plain_backend import *\nimport plain_backend as plain\n\n\n"
            f"def run():\n{lines}\n\n"
            "def build_sdist(*arguments, **named):\n    run()\n    return plain.build_sdist(*arguments, **named)\n"
        )
        files["pyproject.toml"] = files["pyproject.toml"].replace("plain_backend", "test_backend", 1)
        assert "test_backend" in files["pyproject.toml"], "the project's backend is named otherwise"
    assert backend in files
    return archive(files, "hello_intree")


def post(client, source=None, request=None, name="hello_intree.tar.gz", **options):
    files = {
        "request": (None, json.dumps({"offline": True, **(request or {})}), "application/json"),
        "source": (name, source if source is not None else project(), "application/octet-stream"),
    }
    return client.post("/v1/builds", files=files, **options)


def building(client, identifier):
    """Waits until the project's code runs: that of `ENDLESS` says so."""
    wait_for(lambda: "it runs" in client.get(f"/v1/builds/{identifier}/log").text, "the project's code to run")


def ended(client, identifier):
    """The job at its end."""
    found = {}

    def is_over():
        found.update(client.get(f"/v1/builds/{identifier}").json())
        return found["state"] not in ("queued", "running")

    wait_for(is_over, f"the build {identifier} to end")
    return found
