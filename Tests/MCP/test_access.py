"""Who may do what, and how often."""

import json

import peer
import pytest
import test_messages as messages

POLICY = {
    "version": "1", "default": "deny",
    "tools": {"python_build": {"limits": [{"counter": "rate", "window": "minute", "max": 1, "scope": "grant"}]}},
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, projects):
    service = peer.Service(tmp_path_factory.mktemp("guarded"), "--folders", str(projects), "--require-tokens")
    yield service
    service.kill()


def test_a_session_is_of_its_grant_and_grants_nothing(guarded):
    one, two = guarded.token("one"), guarded.token("two")
    fields = messages.initialize(guarded, token=one)
    ping = json.dumps(messages.message("ping"))
    assert guarded.send("POST", "/mcp", ping, fields)[0] == 200
    assert guarded.send("POST", "/mcp", ping, {**fields, "Authorization": f"Bearer {two}"})[0] == 404
    without = {key: value for key, value in fields.items() if key != "Authorization"}
    assert guarded.send("POST", "/mcp", ping, without)[0] == 401


def test_a_denial_of_the_policy_can_be_acted_on(stdio, tmp_path):
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(POLICY))
    server = stdio("2025-11-25", "--policy", str(policy))
    first = server.tool("python_build", {"directory": "hello", "wheel": True})
    assert not first["isError"], first["content"][0]["text"]
    second = server.tool("python_build", {"directory": "hello", "wheel": True})
    assert second["isError"] and second["structuredContent"]["status"] == "rejected"
    error = second["structuredContent"]["error"]
    assert error["code"] == "rate_limited"
    assert error["rule"] == "/tools/python_build/limits/0"
    assert 0 < error["retry_after_s"] <= 60
    assert "Try again in" in second["content"][0]["text"]
    status = server.tool("python_build_status", {"build_id": first["structuredContent"]["build_id"]})
    assert status["structuredContent"]["status"] == "succeeded", "the companions take none of its counters"


def test_a_tool_that_is_hidden_is_not_listed_and_not_called(stdio, tmp_path):
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"version": "1", "default": "allow", "hide": ["python_build_logs"]}))
    server = stdio("2026-07-28", "--policy", str(policy))
    assert "python_build_logs" not in [tool["name"] for tool in server.call("tools/list")["tools"]]
    result = server.tool("python_build_logs", {"build_id": "01JD0000000000000000000000"})
    assert result["structuredContent"]["error"]["code"] == "policy_denied"


def test_what_is_done_with_a_task_is_under_the_rule_of_the_tool_that_does_it(stdio, tmp_path):
    policy = tmp_path / "policy.json"
    tools = {"python_build": {}, "python_build_status": {"action": "deny"}, "python_build_cancel": {"action": "deny"}}
    policy.write_text(json.dumps({"version": "1", "default": "allow"}))
    server = stdio("2025-11-25", "--policy", str(policy))
    arguments = {"name": "python_build", "arguments": {"directory": "hello", "wheel": True}, "task": {}}
    task = {"taskId": server.call("tools/call", arguments)["task"]["taskId"]}
    server.call("tasks/result", task)
    assert server.call("tasks/get", task)["status"] == "completed", "the control: nothing denies it"
    assert server.call("tasks/list")["tasks"] and server.call("resources/list")["resources"]

    policy.write_text(json.dumps({"version": "1", "default": "allow", "tools": tools}))
    peer.wait_for(lambda: "error" in server.answer(server.request("tasks/get", task)), "the new policy")
    for method, parameters, tool in [
        ("tasks/get", task, "status"), ("tasks/result", task, "status"), ("tasks/list", {}, "status"),
        ("resources/list", {}, "status"), ("tasks/cancel", task, "cancel"),
    ]:
        error = server.answer(server.request(method, parameters))["error"]
        assert error["code"] == -32602 and error["data"]["code"] == "policy_denied", method
        assert error["data"]["rule"] == f"/tools/python_build_{tool}/action", method
