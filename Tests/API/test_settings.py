"""Settings: flags before variables before the file before defaults; what is not known is an error."""

import os
import subprocess

import pytest
import service as services


def shown(*flags, file=None, folder=None, **variables):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BUILDBOX_")}
    if file is not None:
        path = folder / "serve.yaml"
        path.write_text(file)
        flags = (*flags, "--config", str(path))
    return subprocess.run([services.BINARY, "serve", "--print-config", *flags], capture_output=True, text=True,
                          timeout=60, env={**clean, **variables})


def line(result, key):
    (found,) = [text.strip() for text in result.stdout.splitlines() if text.strip().startswith(f"{key}:")]
    return found


def test_where_each_setting_comes_from(tmp_path):
    file = "listen: 127.0.0.1:3\nqueued: 7\ntls:\n  certificate: /c\n  key: /k\nfolders: [/a, /b]\n"
    result = shown(file=file, folder=tmp_path)
    assert line(result, "listen") == f'listen: "127.0.0.1:3"  # {tmp_path}/serve.yaml'
    assert line(result, "certificate") == f'certificate: "/c"  # {tmp_path}/serve.yaml'
    assert line(result, "folders") == f'folders: ["/a", "/b"]  # {tmp_path}/serve.yaml'
    assert line(result, "queued-per-grant") == 'queued-per-grant: "1000"  # default'
    result = shown(file=file, folder=tmp_path, BUILDBOX_LISTEN="127.0.0.1:2", BUILDBOX_TLS_KEY="/v")
    assert line(result, "listen") == 'listen: "127.0.0.1:2"  # BUILDBOX_LISTEN'
    assert line(result, "key") == 'key: "/v"  # BUILDBOX_TLS_KEY'
    result = shown("--listen", "127.0.0.1:1", file=file, folder=tmp_path, BUILDBOX_LISTEN="127.0.0.1:2")
    assert line(result, "listen") == 'listen: "127.0.0.1:1"  # --listen'


def test_what_is_shown_can_be_read_again(tmp_path):
    first = shown("--home", "/h", "--folders", "/a,/b").stdout
    again = shown(file=first, folder=tmp_path)
    assert again.returncode == 0
    assert [text.partition("  #")[0] for text in again.stdout.splitlines()] == [
        text.partition("  #")[0] for text in first.splitlines()]


@pytest.mark.parametrize("file, told", [
    ("lisen: x\n", "lisen"), ("tls:\n  cert: x\n", "tls.cert"), ("listen: [a, b]\n", "listen"),
    ("folders: /a\n", "folders"), ("listen: nowhere\n", "HOST:PORT"), ("queued: many\n", "queued"),
    ("head-time: soon\n", "head-time"), ("socket-mode: 9999\n", "socket-mode"), ("- a\n", "serve.yaml"),
    ("jwt:\n  issuer: x\n", "jwt.audience"), ("tls:\n  key: x\n", "tls.certificate"),
    ("jwt:\n  issuer: x\n  audience: y\n  keys: http://example.org/k\n", "https"),
    ("jwt:\n  issuer: x\n  audience: y\n  keys: /k\n  algorithms: [HS256]\n", "jwt.algorithms"),
])
def test_a_setting_that_cannot_be_used_is_told(tmp_path, file, told):
    result = shown(file=file, folder=tmp_path)
    assert result.returncode == 2, result
    assert told in result.stderr and result.stdout == ""


def test_a_file_that_is_named_must_be_there(tmp_path):
    result = shown("--config", str(tmp_path / "none.yaml"))
    assert result.returncode == 2 and "none.yaml" in result.stderr
