"""Malformed, oversized and out-of-order messages: the error that is specified, and the server goes on."""

import json

import peer
import pytest

LINES = [
    (b"{", -32700), (b"nonsense", -32700), (b'{"jsonrpc":"2.0","id":1,"method":"ping"}}', -32700),
    (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', -32700), (b'{"jsonrpc":"2.0","method":"\xff"}', -32700),
    (b"[" * 5000, -32700), (b"5", -32600), (b'"x"', -32600), (b"null", -32600), (b"[]", -32600),
    (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600), (b'{"id":1,"method":"ping"}', -32600),
    (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600), (b'{"jsonrpc":2.0,"id":1,"method":"ping"}', -32600),
    (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600), (b'{"jsonrpc":"2.0","id":[1],"method":"ping"}', -32600),
    (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600), (b'{"jsonrpc":"2.0","id":1,"method":7}', -32600),
    (b'{"jsonrpc":"2.0","id":1}', -32600), (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', -32601),
    (b'{"jsonrpc":"2.0","id":1,"method":"prompts/list"}', -32601),
    (b'{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"info"}}', -32601),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm"}}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"python_build","arguments":7}}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}', -32002),
    (b'{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskId":"../../x"}}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"resources/list","params":{"cursor":"none"}}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":'
     b'"1999-01-01","io.modelcontextprotocol/clientCapabilities":{}}}}', -32022),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":'
     b'"2026-07-28"}}}', -32602),
    (b" " * (9 << 20), -32600),
]


@pytest.fixture(scope="module")
def server(home, projects):
    server = peer.Stdio(home, "--root", str(projects), revision="2025-11-25")
    yield server
    server.kill()


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_line(server, number):
    line, code = LINES[number]
    server.write(line + b"\n")
    message = server.next()
    assert message["error"]["code"] == code, message
    assert server.is_serving()


def test_what_needs_no_answer_gets_none(server):
    server.write(b'\n\n{"jsonrpc":"2.0","id":1,"result":{}}\n{"jsonrpc":"2.0","method":"notifications/unknown"}\n')
    server.write(b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"never"}}\n')
    assert server.is_serving()


def test_before_initialize_only_stateless_requests_are_served(stdio):
    server = stdio()
    server.send({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert server.next()["error"]["code"] == -32602
    assert server.is_serving()


# Over HTTP.

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def message(method, params=None, identifier=1):
    return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or {}}


def stateless(method, params=None, **headers):
    fields = {**JSON, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method, **headers}
    return json.dumps(message(method, {**(params or {}), "_meta": peer.META})), fields


def initialize(service, revision="2025-11-25", token=None):
    fields = {**JSON, **({"Authorization": f"Bearer {token}"} if token else {})}
    body = message("initialize", {"protocolVersion": revision, "capabilities": {}})
    status, headers, data = service.send("POST", "/mcp", json.dumps(body), fields)
    assert status == 200, data
    return {**fields, "Mcp-Session-Id": headers["mcp-session-id"], "MCP-Protocol-Version": revision}


def is_serving(service):
    body, fields = stateless("server/discover")
    return service.send("POST", "/mcp", body, fields)[0] == 200


HTTP = [
    # what, body, headers, status, code
    ("header and body name two revisions",
     *stateless("tools/list", **{"MCP-Protocol-Version": "2025-11-25"}), 400, -32020),
    ("header and body name two methods", *stateless("tools/list", **{"Mcp-Method": "tools/call"}), 400, -32020),
    ("the header names another tool",
     *stateless("tools/call", {"name": "python_build"}, **{"Mcp-Name": "python_build_status"}), 400, -32020),
    ("the tool's name is no header", *stateless("tools/call", {"name": "python_build"}), 400, -32020),
    ("a name that is no base64",
     *stateless("tools/call", {"name": "python_build"}, **{"Mcp-Name": "=?base64?!?="}), 400, -32020),
    ("no such method", *stateless("no/such"), 404, -32601),
    ("no metadata", json.dumps(message("tools/list")), {**JSON, "MCP-Protocol-Version": "2026-07-28"}, 400, -32602),
    ("a batch", "[" + stateless("tools/list")[0] + "]", stateless("tools/list")[1], 400, -32600),
    ("a response", '{"jsonrpc":"2.0","id":1,"result":{}}', stateless("x")[1], 400, -32600),
    ("no JSON", "{", stateless("x")[1], 400, -32700),
    ("an unknown revision", json.dumps(message("ping")), {**JSON, "MCP-Protocol-Version": "1999-01-01"}, 400, -32022),
    ("no session", json.dumps(message("ping")), JSON, 400, -32600),
    ("an unknown session", json.dumps(message("ping")), {**JSON, "Mcp-Session-Id": "none"}, 404, -32600),
    ("too large", " " * (9 << 20), stateless("x")[1], 413, -32600),
    ("another type", "{}", {**JSON, "Content-Type": "text/plain"}, 415, -32600),
    ("another answer", "{}", {**JSON, "Accept": "text/html"}, 406, -32600),
]


@pytest.mark.parametrize("case", HTTP, ids=[case[0] for case in HTTP])
def test_a_request(service, case):
    _, body, fields, status, code = case
    got, headers, data = service.send("POST", "/mcp", body, fields)
    assert got == status, data
    assert headers["content-type"] == "application/json"
    assert json.loads(data)["error"]["code"] == code
    assert is_serving(service)


def test_pages_of_other_origins_and_names_are_refused(service):
    body, fields = stateless("tools/list")
    assert service.send("POST", "/mcp", body, fields)[0] == 200
    assert service.send("POST", "/mcp", body, {**fields, "Origin": "https://evil.example"})[0] == 403
    assert service.send("POST", "/mcp", body, {**fields, "Host": "evil.example"})[0] == 403


def test_methods_that_the_endpoint_does_not_have(service):
    for method in ("GET", "PUT"):
        status, headers, _ = service.send(method, "/mcp", None, {"Accept": "text/event-stream"})
        assert status == 405 and "POST" in headers["allow"]


def test_a_session_ends_with_delete(service):
    fields = initialize(service)
    assert service.send("POST", "/mcp", json.dumps(message("ping")), fields)[0] == 200
    notification = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"})
    status, _, data = service.send("POST", "/mcp", notification, fields)
    assert (status, data) == (202, b"")
    other = {**fields, "MCP-Protocol-Version": "2025-06-18"}
    assert service.send("POST", "/mcp", json.dumps(message("ping")), other)[0] == 400
    assert service.send("DELETE", "/mcp", None, fields)[0] == 204
    assert service.send("POST", "/mcp", json.dumps(message("ping")), fields)[0] == 404


def test_only_the_oldest_revision_has_batches(service):
    batch = json.dumps([message("ping"), message("no/such", identifier=2), 5])
    status, _, data = service.send("POST", "/mcp", batch, initialize(service, "2025-03-26"))
    assert status == 200 and len(json.loads(data)) == 3
    assert service.send("POST", "/mcp", batch, initialize(service))[0] == 400
