"""A policy in front of builds: limits, denials, approvals, and a file that changes while the service runs."""

import concurrent.futures
import json
import signal
import subprocess
import time

import pytest
import service as services
from conftest import connect

TEN_A_MINUTE = {
    "version": "1", "default": "deny",
    "tools": {"python_build": {"limits": [
        {"counter": "python_build_rate", "window": "minute", "max": 10, "scope": "grant"}]}},
}
APPROVED = {
    "version": "1", "default": "deny",
    "tools": {"python_build": {
        "action": "require_approval", "reason": "somebody looks first", "approval": {"timeout": 600, "approvers": ["ops"]},
    }},
}
RULE = "/tools/python_build/limits/0"


@pytest.fixture
def policy(tmp_path):
    """Writes a policy, and gives its path."""
    def write(document):
        path = tmp_path / "policy.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return str(path)
    return write


def test_the_eleventh_build_in_a_minute_is_refused_also_after_a_restart(start, policy):
    service = start("--policy", policy(TEN_A_MINUTE), "--running", "1")
    one, other = service.token("one"), service.token("other")
    content = services.project("time.sleep(600)")
    with connect(service, one) as client:
        began = time.monotonic()
        first = services.post(client, content).json()
        assert first["policy"]["decision"] == "allow" and first["policy"]["rule"] == "/tools/python_build"
        for _ in range(9):
            assert services.post(client, content).status_code == 202
        refused = services.post(client, content)
        elapsed = time.monotonic() - began
        problem = refused.json()
        assert refused.status_code == 429 and problem["code"] == "rate_limited"
        assert problem["policy"]["rule"] == RULE
        wait = int(refused.headers["retry-after"])
        assert 60 - elapsed <= wait <= 60 and problem["policy"]["retry_after"] == wait
        assert refused.headers["ratelimit"] == f'"policy";r=0;t={wait}'
    with connect(service, other) as client:
        assert services.post(client, content).status_code == 202
    service.stop(signal.SIGKILL)
    service = start("--policy", policy(TEN_A_MINUTE), "--running", "1", home=service.home)
    with connect(service, one) as client:
        refused = services.post(client, content)
        assert refused.status_code == 429 and refused.json()["policy"]["rule"] == RULE
        # Looking is free.
        assert client.get(f"/v1/builds/{first['id']}").status_code == 200


def test_a_hundred_at_once_get_ten_places(start, policy):
    service = start("--policy", policy(TEN_A_MINUTE), "--running", "1")
    content = services.project("time.sleep(600)")
    with connect(service) as client, concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: services.post(client, content), range(100)))
        assert sorted({answer.status_code for answer in answers}) == [202, 429]
        assert [answer.status_code for answer in answers].count(202) == 10
        assert {answer.json()["policy"]["rule"] for answer in answers if answer.status_code == 429} == {RULE}
        assert len(client.get("/v1/builds", params={"limit": 500}).json()["builds"]) == 10


def test_what_the_policy_denies_is_told_with_its_rule(start, policy):
    rules = {
        "version": "1", "default": "deny",
        "tools": {
            "python_build": {
                "require": [{"path": "args.timeout", "op": "lte", "value": 60000, "reason": "a minute is enough"}],
                "limits_on_build": {"memory": "1GiB"},
            },
            "python_build_cancel": {"action": "deny"},
        },
    }
    service = start("--policy", policy(rules))
    with connect(service) as client:
        denied = services.post(client)
        assert denied.status_code == 403 and denied.json()["code"] == "policy_denied"
        assert denied.json()["detail"] == "a minute is enough"
        assert denied.json()["policy"]["rule"] == "/tools/python_build/require/0"
        large = services.post(client, request={"limits": {"time_ms": 1000, "memory_bytes": 2 << 30}})
        assert large.json()["policy"]["rule"] == "/tools/python_build/limits_on_build/memory"
        content = services.project("time.sleep(600)")
        taken = services.post(client, content, request={"limits": {"time_ms": 60000}})
        assert taken.status_code == 202 and taken.json()["request"]["limits"]["memory_bytes"] == 1 << 30
        cancel = client.post(f"/v1/builds/{taken.json()['id']}/cancel")
        assert cancel.status_code == 403 and cancel.json()["policy"]["rule"] == "/tools/python_build_cancel/action"


def buildbox(service, token, *arguments):
    return subprocess.run(
        [services.BINARY, *arguments], capture_output=True, text=True, timeout=services.PATIENCE,
        env={"BUILDBOX_URL": service.url, "BUILDBOX_TOKEN": token, "PATH": "/usr/bin:/bin"},
    )


def test_somebody_else_approves_and_then_it_is_built(start, policy):
    service = start("--policy", policy(APPROVED), environment={"BUILDBOX_AWAITING_PER_GRANT": "2"})
    agent, ops = service.token("agent", "build,read,approve"), service.token("ops", "approve")
    with connect(service, agent) as client:
        job = services.post(client).json()
        assert job["state"] == "awaiting_approval" and job["policy"]["decision"] == "require_approval"
        assert job["approval"]["status"] == "pending" and job["approval"]["approvers"] == ["ops"]
        # Not by whoever asked, nor by one who is not named.
        own = client.post(f"/v1/approvals/{job['id']}", json={"decision": "approve"})
        assert own.status_code == 404
        second = services.post(client).json()
        full = services.post(client)
        assert full.status_code == 429 and full.json()["code"] == "approvals_full"
    with connect(service, ops) as client:
        waiting = client.get("/v1/approvals").json()["approvals"]
        assert [approval["id"] for approval in waiting] == [job["id"], second["id"]]
        assert waiting[0]["request"] == job["request"]
        for body in ({"decision": "maybe"}, {}, {"decision": "approve", "digest": "x"}, {"decision": "deny", "why": "x"}):
            assert client.post(f"/v1/approvals/{job['id']}", json=body).status_code == 422
        other = client.post(f"/v1/approvals/{job['id']}", json={"decision": "approve", "digest": "0" * 64})
        assert other.status_code == 409
        assert client.post("/v1/approvals/nothing", json={"decision": "approve"}).status_code == 404
        approved = client.post(
            f"/v1/approvals/{job['id']}", json={"decision": "approve", "digest": waiting[0]["digest"], "reason": "fine"})
        assert approved.status_code == 200 and approved.json()["status"] == "approved"
        again = client.post(f"/v1/approvals/{job['id']}", json={"decision": "deny"})
        assert again.status_code == 409
    listed = buildbox(service, ops, "approvals")
    assert listed.returncode == 0 and second["id"] in listed.stdout
    denied = buildbox(service, ops, "deny", second["id"], "--reason", "not this one")
    assert denied.returncode == 0 and denied.stdout == f"{second['id']} is denied\n"
    refused = buildbox(service, agent, "approve", second["id"])
    assert refused.returncode == 2, refused.stderr
    with connect(service, agent) as client:
        end = services.ended(client, job["id"])
        assert end["state"] == "succeeded" and end["approval"]["decision_reason"] == "fine"
        end = client.get(f"/v1/builds/{second['id']}").json()
        assert end["state"] == "refused" and end["result"]["reason"]["code"] == "approval_denied"
        assert end["result"]["exit_code"] == 5
    verified = subprocess.run(
        [services.BINARY, "audit", "verify", "--home", str(service.home)], capture_output=True, text=True)
    assert verified.returncode == 0, verified.stderr


def test_a_policy_with_a_fault_is_told_and_the_one_before_stays(start, policy):
    path = policy({"version": "1", "default": "deny"})
    service = start("--policy", path)
    with connect(service) as client:
        assert services.post(client).status_code == 403
        policy('{"version": "1", "default": "alow"}')
        service.process.send_signal(signal.SIGHUP)
        services.wait_for(lambda: "did you mean" in service.log, "the fault to be told")
        assert services.post(client).status_code == 403
        # Nobody says that the file changed.
        policy({"version": "1", "default": "allow"})
        services.wait_for(lambda: services.post(client).status_code == 202, "the new policy")


def test_a_service_does_not_start_with_a_policy_that_has_a_fault(start, policy, tmp_path):
    for path in (policy({"version": "1"}), str(tmp_path / "none.json")):
        outcome = subprocess.run(
            [services.BINARY, "serve", "--home", str(tmp_path / "other"), "--listen", "127.0.0.1:0", "--policy", path],
            capture_output=True, text=True, timeout=services.PATIENCE)
        assert outcome.returncode == 2
        assert f"{path}:1:1: " in outcome.stderr
