"""Arguments that try to get out are refused, each in its own words, before anything runs."""

import pytest

REFUSED = [
    ({"directory": "hello", "outdir": "/etc"}, "folder_refused", "outside of the folders"),
    ({"directory": "hello", "outdir": "../../x"}, "folder_refused", '".."'),
    ({"directory": "hello", "outdir": "out/tmp"}, "folder_refused", "a link on the way"),
    ({"directory": "hello/out"}, "folder_refused", "a link on the way"),
    ({"directory": "/etc"}, "folder_refused", "outside of the folders"),
    ({"directory": "hello/../../.."}, "folder_refused", '".."'),
    ({"directory": "absent"}, "folder_refused", "No such file"),
    ({"directory": "hello", "args": ["--outdir", "/etc"]}, "invalid_request", "--outdir is not taken"),
    ({"directory": "hello", "args": ["--outdir=/etc"]}, "invalid_request", "--outdir is not taken"),
    ({"directory": "hello", "args": ["-o/etc"]}, "invalid_request", "--outdir is not taken"),
    ({"directory": "hello", "args": ["--installer", "pip"]}, "invalid_request", "--installer is not taken"),
    ({"directory": "hello", "args": ["--env-dir", "/etc"]}, "invalid_request", "--env-dir is not taken"),
    ({"directory": "hello", "args": ["/etc"]}, "invalid_request", "second source folder"),
    ({"directory": "hello", "sdist": False, "wheel": False}, "invalid_request", "both false"),
    ({"directory": "hello", "python": "/bin/sh"}, "invalid_request", "a path is not taken"),
    ({"directory": "hello", "unknown": 1}, "invalid_request", "no argument"),
    ({"directory": "hello", "memory": "1EiB"}, "invalid_request", "memory"),
]


@pytest.fixture(scope="module")
def builds(home, projects):
    import peer

    server = peer.Stdio(home, "--root", str(projects), revision="2025-11-25")
    yield server
    server.kill()


@pytest.mark.parametrize("arguments,code,words", REFUSED)
def test_escape(builds, arguments, code, words):
    before = len(builds.call("tasks/list")["tasks"])
    result = builds.tool("python_build", arguments)
    assert result["isError"] is True
    structured = result["structuredContent"]
    assert structured["status"] == "rejected"
    assert structured["error"]["code"] == code
    assert words in structured["error"]["message"] and words in result["content"][0]["text"]
    assert len(builds.call("tasks/list")["tasks"]) == before, "a job was made"


def test_the_control_is_taken(builds):
    result = builds.tool("python_build", {"directory": "hello", "outdir": "elsewhere/deep", "args": ["-w"]})
    assert not result["isError"], result["content"][0]["text"]
    path = result["structuredContent"]["artifacts"][0]["path"]
    assert "/hello/elsewhere/deep/" in path
