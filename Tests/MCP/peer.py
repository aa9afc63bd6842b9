"""The server over its two transports, spoken to in plain messages."""

import contextlib
import http.client
import json
import os
import pathlib
import queue
import subprocess
import threading
import time

import schemas

REPOSITORY = schemas.REPOSITORY
BINARY = pathlib.Path(os.environ.get("BUILDBOX_BINARY", REPOSITORY / ".build/release/buildbox"))
# Nothing here takes longer than this; only a failure does.
PATIENCE = 120
META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
TASKS = {
    **META,
    "io.modelcontextprotocol/clientCapabilities": {"extensions": {"io.modelcontextprotocol/tasks": {}}},
}


def environment(home):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BUILDBOX_")}
    clean["BUILDBOX_TOOLCHAIN"] = os.environ["BUILDBOX_TOOLCHAIN"]
    clean["BUILDBOX_HOME"] = str(home)
    return clean


class Stdio:
    """`buildbox mcp`, one line a message. What it sends is held against the schema of the revision."""

    def __init__(self, home, *flags, revision=None):
        self.process = subprocess.Popen(
            [BINARY, "mcp", *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(home),
        )
        self.revision = revision or "2025-11-25"
        self.methods = {}
        self.notifications = []
        self.messages = queue.Queue()
        self.log = []
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._read_log, daemon=True).start()
        self.number = 0
        if revision and revision != "2026-07-28":
            result = self.call("initialize", {
                "protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"},
            })
            assert result["protocolVersion"] == revision
            self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def _read(self):
        for line in self.process.stdout:
            self.messages.put(json.loads(line))
        self.messages.put(None)

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line.decode(errors="replace"))

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        self.write(json.dumps(message).encode() + b"\n")

    def request(self, method, params=None, meta=None):
        """Sends a request and returns its id."""
        self.number += 1
        params = dict(params or {})
        if self.revision == "2026-07-28":
            params["_meta"] = {**META, **(meta or {})}
        elif meta:
            params["_meta"] = meta
        self.methods[self.number] = (method, "task" in params)
        self.send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        return self.number

    def next(self):
        """The next message, checked; None at the end."""
        message = self.messages.get(timeout=PATIENCE)
        if isinstance(message, dict):
            method, as_task = self.methods.get(message.get("id"), (None, False))
            schemas.check(self.revision, message, method, as_task)
        elif message is not None:
            schemas.check(self.revision, message)
        return message

    def answer(self, identifier):
        """The answer to a request; notifications before it are kept."""
        while True:
            message = self.next()
            assert message is not None, f"the server ended:\n{''.join(self.log)}"
            if isinstance(message, dict) and message.get("id") == identifier:
                return message
            self.notifications.append(message)

    def call(self, method, params=None, meta=None):
        message = self.answer(self.request(method, params, meta))
        assert "result" in message, message
        return message["result"]

    def tool(self, name, arguments, meta=None):
        return self.call("tools/call", {"name": name, "arguments": arguments}, meta)

    def is_serving(self):
        """Whether it goes on after whatever was sent before."""
        stateless = {"jsonrpc": "2.0", "id": "alive", "method": "server/discover", "params": {"_meta": META}}
        self.send(stateless)
        while True:
            message = self.messages.get(timeout=PATIENCE)
            if message is None:
                return False
            if isinstance(message, dict) and message.get("id") == "alive":
                return "result" in message

    def close(self):
        """Ends the input and returns the exit code."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        return self.process.wait(timeout=PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Service:
    """`buildbox serve` on loopback."""

    def __init__(self, home, *flags):
        self.home = home
        self.lines = []
        listening = queue.Queue()
        self.process = subprocess.Popen(
            [BINARY, "serve", "--home", str(home), "--listen", "127.0.0.1:0", *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(home),
        )

        def read():
            for line in self.process.stderr:
                text = line.decode(errors="replace")
                self.lines.append(text)
                with contextlib.suppress(ValueError):
                    message = json.loads(text)
                    if message.get("message") == "listening":
                        listening.put(message["url"])
            listening.put(None)

        threading.Thread(target=read, daemon=True).start()
        self.url = listening.get(timeout=PATIENCE)
        assert self.url, "".join(self.lines)
        self.port = int(self.url.rsplit(":", 1)[1].strip("/"))
        wait_for(lambda: self.send("GET", "/readyz", None, {})[0] == 200, "the service to be ready")

    def send(self, method, path, body, headers):
        """One request; returns status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, {key.lower(): value for key, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    def token(self, grant):
        command = [BINARY, "token", "create", "--home", str(self.home), "--grant", grant, "--scopes", "build,read"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def kill(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def wait_for(condition, what):
    """Asks again until it holds: what is waited for happens in another process, which tells nobody."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what} in vain"
        time.sleep(0.02)


def contained():
    """How many processes of contained builds this machine has that belong to a test's marker project."""
    count = 0
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if b"mcp-test-marker" in (folder / "cmdline").read_bytes():
                    count += 1
    return count
