"""The tools over plain messages, in each revision."""

import base64
import contextlib
import gzip
import http.client
import io
import json
import tarfile

import jsonschema
import peer
import pytest
import schemas
import test_messages as messages


def archive(folder):
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(folder, "hello", filter=lambda member: None if member.issym() else member)
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.mark.skipif(not schemas.ARE_THERE, reason="MCP_SCHEMAS names no folder with the protocol's schemas")
def test_the_schemas_refuse_what_is_wrong():
    with pytest.raises(jsonschema.ValidationError):
        schemas.check("2026-07-28", {"jsonrpc": "2.0", "id": 1, "result": {"tools": []}}, "tools/list")
    with pytest.raises(jsonschema.ValidationError):
        schemas.check("2025-11-25", {"jsonrpc": "2.0", "id": 1, "result": {"content": [{"type": "x"}]}}, "tools/call")


@pytest.mark.parametrize("revision", schemas.REVISIONS)
def test_each_revision_lists_builds_and_reads_in_its_own_form(stdio, projects, revision):
    server = stdio(revision)
    tools = {tool["name"]: tool for tool in server.call("tools/list")["tools"]}
    for tool in tools.values():
        for kind in ("inputSchema", "outputSchema"):
            if kind in tool:
                jsonschema.Draft202012Validator.check_schema(tool[kind])
    arguments = {"source": {"name": "hello.tar.gz", "base64": archive(projects / "hello")}, "wheel": True}
    jsonschema.validate(arguments, tools["python_build"]["inputSchema"])
    result = server.tool("python_build", arguments, {"progressToken": "t"})
    assert not result["isError"], result["content"][0]["text"]
    if revision == "2025-03-26":
        structured = json.loads(result["content"][1]["text"])
        assert all(block["type"] == "text" for block in result["content"])
    else:
        structured = result["structuredContent"]
        jsonschema.validate(structured, tools["python_build"]["outputSchema"])
    assert structured["status"] == "succeeded" and len(structured["artifacts"]) == 1
    assert {note["params"]["progressToken"] for note in server.notifications} == {"t"}
    identifier = structured["build_id"]
    status = server.tool("python_build_status", {"build_id": identifier})
    logs = server.tool("python_build_logs", {"build_id": identifier, "limit": 100})
    if revision != "2025-03-26":
        jsonschema.validate(status["structuredContent"], tools["python_build_status"]["outputSchema"])
        jsonschema.validate(logs["structuredContent"], tools["python_build_logs"]["outputSchema"])
        assert logs["structuredContent"]["complete"] is True
    for uri in (structured["log_uri"], structured["result_uri"], structured["artifacts"][0]["uri"]):
        assert server.call("resources/read", {"uri": uri})["contents"][0]["uri"] == uri
    server.call("resources/list")
    assert len(server.call("resources/templates/list")["resourceTemplates"]) == 3
    missing = server.answer(server.request("resources/read", {"uri": "buildbox://builds/x/log"}))
    assert missing["error"]["code"] == (-32602 if revision == "2026-07-28" else -32002)
    assert server.close() == 0


def test_a_detached_build_is_followed_and_cancelled(stdio):
    server = stdio("2025-11-25")
    structured = server.tool("python_build", {"directory": "endless", "detach": True})["structuredContent"]
    identifier = structured["build_id"]
    assert structured["status"] in ("queued", "running")
    peer.wait_for(peer.contained, "the build to begin")
    waited = server.tool("python_build", {"directory": "endless", "wait_s": 1})
    assert waited["structuredContent"]["status"] in ("queued", "running") and not waited["isError"]
    for build in (identifier, waited["structuredContent"]["build_id"]):
        ended = server.tool("python_build_cancel", {"build_id": build})["structuredContent"]
        assert ended["status"] == "cancelled"
        again = server.tool("python_build_cancel", {"build_id": build})["structuredContent"]
        assert again["status"] == "cancelled"
    assert not peer.contained()


@pytest.mark.parametrize("how", ["input", "terminate"])
def test_the_end_of_the_server_is_the_end_of_its_builds(stdio, home, how):
    server = stdio("2026-07-28")
    server.request("tools/call", {"name": "python_build", "arguments": {"directory": "endless"}})
    server.tool("python_build", {"directory": "endless", "detach": True})
    peer.wait_for(peer.contained, "the build to begin")
    if how == "input":
        assert server.close() == 0
    else:
        server.process.terminate()
        assert server.process.wait(timeout=peer.PATIENCE) == 143
    assert not peer.contained()
    assert not list((home / "mcp").iterdir())


def test_what_a_killed_server_left_is_swept_and_two_run_at_once(stdio, home):
    first = stdio("2025-11-25")
    first.tool("python_build", {"directory": "endless", "detach": True})
    peer.wait_for(peer.contained, "the build to begin")
    second = stdio("2025-11-25")
    assert len(list((home / "mcp").glob("*.lock"))) == 2
    first.kill()
    peer.wait_for(lambda: not peer.contained(), "the build to die with its server")
    third = stdio("2025-11-25")
    assert len(list((home / "mcp").glob("*.lock"))) == 2
    assert second.is_serving() and third.is_serving()


def test_tasks_of_revision_2025_11_25(stdio):
    server = stdio("2025-11-25")
    params = {"name": "python_build", "arguments": {"directory": "hello", "wheel": True}, "task": {"ttl": 1000}}
    task = server.call("tools/call", params)["task"]
    assert task["status"] == "working"
    result = server.call("tasks/result", {"taskId": task["taskId"]})
    assert result["_meta"]["io.modelcontextprotocol/related-task"] == {"taskId": task["taskId"]}
    assert result["structuredContent"]["status"] == "succeeded"
    assert server.call("tasks/get", {"taskId": task["taskId"]})["status"] == "completed"
    assert server.call("tasks/list")["tasks"][0]["taskId"] == task["taskId"]
    over = server.answer(server.request("tasks/cancel", {"taskId": task["taskId"]}))
    assert over["error"]["code"] == -32602
    params["arguments"] = {"directory": "endless"}
    task = server.call("tools/call", params)["task"]
    peer.wait_for(peer.contained, "the build to begin")
    assert server.call("tasks/cancel", {"taskId": task["taskId"]})["status"] == "cancelled"
    assert not peer.contained()


def test_tasks_of_revision_2026_07_28(stdio):
    server = stdio("2026-07-28")
    arguments = {"name": "python_build", "arguments": {"directory": "endless"}}
    task = server.call("tools/call", arguments, peer.TASKS)
    assert task["resultType"] == "task" and task["status"] == "working" and task["ttlMs"] > 0
    identifier = {"taskId": task["taskId"]}
    assert server.call("tasks/get", identifier, peer.TASKS)["status"] == "working"
    undeclared = server.answer(server.request("tasks/get", identifier))
    assert undeclared["error"]["code"] == -32021
    assert server.call("tasks/update", {**identifier, "inputResponses": {}}, peer.TASKS)["resultType"] == "complete"
    assert server.call("tasks/cancel", identifier, peer.TASKS)["resultType"] == "complete"
    peer.wait_for(lambda: server.call("tasks/get", identifier, peer.TASKS)["status"] == "cancelled", "the task's end")
    assert not peer.contained()
    quick = server.call("tools/call", {"name": "python_build", "arguments": {"directory": "broken"}}, peer.TASKS)
    if quick["resultType"] == "task":
        status = {"taskId": quick["taskId"]}
        peer.wait_for(lambda: server.call("tasks/get", status, peer.TASKS)["status"] != "working", "the task's end")
        ended = server.call("tasks/get", status, peer.TASKS)
        assert ended["status"] == "completed"
        quick = ended["result"]
    assert quick["isError"] is True and quick["structuredContent"]["status"] == "failed"


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
def test_a_closed_connection_ends_the_build_under_2026_07_28_alone(service, revision):
    call = messages.message("tools/call", {"name": "python_build", "arguments": {"directory": "endless"}}, "call")
    if revision == "2026-07-28":
        body, fields = messages.stateless("tools/call", call["params"], **{"Mcp-Name": "python_build"})
    else:
        body, fields = json.dumps(call), messages.initialize(service)
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=peer.PATIENCE)
    connection.request("POST", "/mcp", body, fields)
    response = connection.getresponse()
    assert response.headers["content-type"] == "text/event-stream"
    peer.wait_for(peer.contained, "the build to begin")
    response.close()
    connection.close()
    if revision == "2025-11-25":
        jobs = json.loads(service.send("GET", "/v1/builds?state=running", None, {})[2])["builds"]
        params = {"name": "python_build_status", "arguments": {"build_id": jobs[0]["id"], "wait_s": 2}}
        data = service.send("POST", "/mcp", json.dumps(messages.message("tools/call", params)), fields)[2]
        assert json.loads(data)["result"]["structuredContent"]["status"] == "running"
        cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "call"}}
        assert service.send("POST", "/mcp", json.dumps(cancel), fields)[0] == 202
    peer.wait_for(lambda: not peer.contained(), "the build to end")


def test_a_body_that_does_not_say_its_length_is_bounded_all_the_same(service):
    fields = {**messages.stateless("x")[1], "Transfer-Encoding": "chunked"}
    pieces = (b"%x\r\n%s\r\n" % (1 << 20, b" " * (1 << 20)) for _ in range(9))
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=peer.PATIENCE)
    connection.putrequest("POST", "/mcp")
    for name, value in fields.items():
        connection.putheader(name, value)
    connection.endheaders()
    with contextlib.suppress(OSError):
        for piece in pieces:
            connection.send(piece)
        connection.send(b"0\r\n\r\n")
    with contextlib.suppress(OSError, http.client.HTTPException):
        assert connection.getresponse().status == 413
    connection.close()
    assert messages.is_serving(service)
