"""Jobs: posting, looking, cancelling, repeating, deleting, and every way to get them wrong."""

import hashlib
import json
import socket

import httpx
import pytest
import service as services
from conftest import connect


def test_a_build_is_posted_followed_and_fetched(client):
    response = services.post(client)
    assert response.status_code == 202
    job = response.json()
    assert response.headers["location"] == f"/v1/builds/{job['id']}"
    assert job["grant"] == "local" and job["state"] == "queued"
    job = services.ended(client, job["id"])
    assert job["state"] == "succeeded", job
    result = client.get(f"/v1/builds/{job['id']}/result").json()
    assert result == job["result"]
    assert {artifact["kind"] for artifact in result["artifacts"]} == {"sdist", "wheel"}
    assert str(services.REPOSITORY) not in json.dumps(job)
    for artifact in result["artifacts"]:
        fetched = client.get(f"/v1/builds/{job['id']}/artifacts/{artifact['name']}")
        assert hashlib.sha256(fetched.content).hexdigest() == artifact["sha256"]
        assert fetched.headers["etag"] == f'"{artifact["sha256"]}"'
        assert fetched.headers["content-disposition"] == f'attachment; filename="{artifact["name"]}"'


def test_whoever_waits_gets_the_end(client):
    response = services.post(client, headers={"Prefer": "wait=60"})
    assert response.status_code == 200
    assert response.headers["preference-applied"] == "wait=60"
    assert response.json()["state"] == "succeeded"


def test_whoever_waits_too_short_gets_the_job_as_it_stands(client):
    source = services.project(services.ENDLESS)
    response = services.post(client, source, headers={"Prefer": "wait=1"})
    assert response.status_code == 202 and response.json()["state"] in ("queued", "running")
    assert client.post(f"/v1/builds/{response.json()['id']}/cancel").status_code in (200, 202)


def test_a_client_that_goes_away_while_it_waits_cancels_nothing(shared, client):
    key = {"Idempotency-Key": "goes-away", "Prefer": "wait=60"}
    source = services.project("import time; time.sleep(2); print('still built')")
    with connect(shared) as hasty, pytest.raises(httpx.ReadTimeout):
        services.post(hasty, source, headers=key, timeout=httpx.Timeout(60, read=0.5))
    # Its request is still being answered, or the job is there.
    again = {}

    def is_known():
        again.update(services.post(client, source, headers={"Idempotency-Key": "goes-away"}).json())
        return "id" in again

    services.wait_for(is_known, "the first request to be admitted")
    assert services.ended(client, again["id"])["state"] == "succeeded"


def test_a_key_is_its_jobs_while_another_request_waits_for_the_end(shared, client):
    known = {job["id"] for job in client.get("/v1/builds").json()["builds"]}
    source = services.project(services.ENDLESS)
    key = {"Idempotency-Key": "waits-for-the-end"}
    with connect(shared) as hasty, pytest.raises(httpx.ReadTimeout):
        services.post(hasty, source, headers={**key, "Prefer": "wait=60"}, timeout=httpx.Timeout(60, read=0.5))
    made = set()

    def is_admitted():
        made.update(job["id"] for job in client.get("/v1/builds").json()["builds"] if job["id"] not in known)
        return made

    services.wait_for(is_admitted, "the job of the request that waits")
    again = services.post(client, source, headers=key)
    assert again.status_code == 202 and again.headers["idempotency-replayed"] == "true"
    assert {again.json()["id"]} == made
    assert client.post(f"/v1/builds/{again.json()['id']}/cancel").status_code in (200, 202)


def test_a_key_makes_one_job_of_the_same_request(client):
    key = {"Idempotency-Key": "k-1"}
    first = services.post(client, headers=key)
    again = services.post(client, headers=key)
    assert first.status_code == again.status_code == 202
    assert first.json()["id"] == again.json()["id"]
    assert "idempotency-replayed" not in first.headers and again.headers["idempotency-replayed"] == "true"
    other = services.post(client, request={"verbosity": 1}, headers=key)
    assert other.status_code == 422 and other.json()["code"] == "idempotency_mismatch"
    other = services.post(client, services.project("pass"), headers=key)
    assert other.status_code == 422 and other.json()["code"] == "idempotency_mismatch"


@pytest.mark.parametrize("key", ["", "has space", "x" * 256])
def test_a_key_that_is_none_is_refused(client, key):
    assert services.post(client, headers={"Idempotency-Key": key}).status_code == 400


def test_a_job_that_has_not_changed_is_not_sent_again(client):
    identifier = services.post(client, headers={"Prefer": "wait=60"}).json()["id"]
    for path in ("", "/result"):
        first = client.get(f"/v1/builds/{identifier}{path}")
        again = client.get(f"/v1/builds/{identifier}{path}", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304 and again.content == b""
        assert client.get(f"/v1/builds/{identifier}{path}", headers={"If-None-Match": '"x"'}).status_code == 200
    head = client.head(f"/v1/builds/{identifier}")
    assert head.status_code == 200 and head.content == b""


def test_cancel_retry_and_delete(client):
    source = services.project(services.ENDLESS)
    identifier = services.post(client, source).json()["id"]
    assert client.get(f"/v1/builds/{identifier}/result").json()["code"] == "not_ended"
    for path, method in (("", "DELETE"), ("/retry", "POST")):
        response = client.request(method, f"/v1/builds/{identifier}{path}")
        assert response.status_code == 409 and response.json()["code"] == "conflict"
    services.building(client, identifier)
    assert client.post(f"/v1/builds/{identifier}/cancel").status_code in (200, 202)
    job = services.ended(client, identifier)
    assert job["state"] == "cancelled", job["result"]["reason"]
    assert client.post(f"/v1/builds/{identifier}/cancel").status_code == 200
    again = client.post(f"/v1/builds/{identifier}/retry")
    assert again.status_code == 202
    assert again.json()["retry_of"] == identifier and again.json()["id"] != identifier
    services.building(client, again.json()["id"])
    client.post(f"/v1/builds/{again.json()['id']}/cancel")
    assert services.ended(client, again.json()["id"])["state"] == "cancelled"
    assert client.delete(f"/v1/builds/{identifier}").status_code == 204
    for path in ("", "/log", "/events", "/result"):
        assert client.get(f"/v1/builds/{identifier}{path}").status_code == 404


def test_jobs_are_listed_page_by_page(start):
    with connect(start("--running", "1")) as client:
        made = [services.post(client, services.project(services.ENDLESS)).json()["id"] for _ in range(5)]
        seen, cursor = [], None
        while True:
            page = client.get("/v1/builds", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
            seen += [job["id"] for job in page["builds"]]
            cursor = page.get("next_cursor")
            if cursor is None:
                break
        assert seen == sorted(made, reverse=True)
        assert all("result" not in job for job in page["builds"])
        services.wait_for(
            lambda: len(client.get("/v1/builds", params={"state": "running"}).json()["builds"]) == 1, "one to run")
        both = client.get("/v1/builds", params=[("state", "running"), ("state", "queued")]).json()["builds"]
        assert len(both) == 5
        assert [job["queue_position"] for job in reversed(both) if job["state"] == "queued"] == [0, 1, 2, 3]
        assert client.get("/v1/builds", params={"state": "error"}).json()["builds"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "state=done", "cursor=x", "other=1", "limit=1&limit=2"])
def test_a_query_that_makes_no_sense_is_refused(client, query):
    response = client.get(f"/v1/builds?{query}")
    assert response.status_code == 422 and response.json()["code"] == "invalid_request"


@pytest.mark.parametrize(
    "request_document, pointer",
    [
        ({"pythn": "3.12"}, "/pythn"),
        ({"python": "/usr/bin/python3"}, "/python"),
        ({"verbosity": "loud"}, "/verbosity"),
        ({"limits": {"memory_bytes": -1}}, "/limits/memory_bytes"),
        ({"profile": "no-such-profile"}, "/profile"),
        ({"source": {"blob": "0" * 64}}, "/source"),
        ({"limits": {"memory_bytes": 1 << 60}}, "/limits/memory_bytes"),
        ({"sdist": False, "wheel": False}, "/wheel"),
    ],
)
def test_a_fault_is_told_with_its_pointer(client, request_document, pointer):
    response = services.post(client, request=request_document)
    assert response.status_code == 422, response.text
    assert pointer in [fault["pointer"] for fault in response.json()["errors"]]


@pytest.mark.parametrize(
    "content, kind, status",
    [
        (b"{", "application/json", 400),
        (b"{}", "application/json", 422),
        (b'{"source": {}}', "application/json", 422),
        (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", None, 415),
        (b"x", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=b", 400),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 400),
        (b" " * (2 << 20), "application/json", 413),
        (json.dumps({"source": {"blob": "0" * 64, "name": "a.zip"}}).encode(), "application/json", 404),
        (b'{"source": {"folder": "/etc"}}', "application/json", 403),
    ],
)
def test_a_body_that_is_no_request_is_refused(client, content, kind, status):
    response = client.post("/v1/builds", content=content, headers={"Content-Type": kind} if kind else {})
    assert response.status_code == status, response.text


def test_parts_of_the_form_come_in_order_and_once(client):
    request = ("request", (None, "{}", "application/json"))
    source = ("source", ("a.tar.gz", services.project()))
    for parts in ([source, request], [request], [request, request, source], [request, source, source],
                  [request, source, ("other", (None, "x"))]):
        response = client.post("/v1/builds", files=parts)
        assert response.status_code == 400 and response.json()["code"] == "malformed", response.text


def test_other_paths_and_methods_are_problems(client):
    for path in ("/", "/v1", "/v1/builds/", "/v1//builds", "/v1/builds/x/logs", "/v1/builds/%00", "/favicon.ico"):
        assert client.get(path).status_code == 404, path
    response = client.patch("/v1/builds")
    assert response.status_code == 405 and response.headers["allow"] == "GET, HEAD, POST"
    for path in ("x", "0" * 26, "01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        assert client.get(f"/v1/builds/{path}").status_code == 404


def test_a_folder_below_an_allowed_root_is_built(start, tmp_path):
    root = tmp_path / "root"
    folder = root / "hello"
    (folder / "backend").mkdir(parents=True)
    origin = services.REPOSITORY / "Tests/Projects/hello-intree"
    for name in ("pyproject.toml", "backend/plain_backend.py", "src/hello_intree/__init__.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((origin / name).read_bytes())
    (root / "link").symlink_to("/etc")
    (tmp_path / "beside").mkdir()
    with connect(start("--folders", str(root))) as client:
        body = {"offline": True, "source": {"folder": str(folder)}}
        response = client.post("/v1/builds", json=body, headers={"Prefer": "wait=60"})
        assert response.status_code == 200 and response.json()["state"] == "succeeded", response.text
        for path in (tmp_path / "beside", root / "link", root / ".." / "beside", "/etc"):
            response = client.post("/v1/builds", json={"source": {"folder": str(path)}})
            assert response.status_code in (403, 422), response.text


def test_a_full_queue_is_a_refusal(start):
    service = start("--running", "1", "--queued", "3", "--queued-per-grant", "2")
    one, other = service.token("one"), service.token("other")
    source = services.project(services.ENDLESS)
    with connect(service, one) as client, connect(service, other) as second:
        services.post(client, source)
        services.wait_for(
            lambda: client.get("/v1/builds", params={"state": "running"}).json()["builds"], "one to run")
        assert [services.post(client, source).status_code for _ in range(2)] == [202, 202]
        full = services.post(client, source)
        assert full.status_code == 429 and full.json()["code"] == "grant_queue_full"
        assert int(full.headers["retry-after"]) >= 1 and "r=0" in full.headers["ratelimit"]
        assert services.post(second, source).status_code == 202
        full = services.post(second, source)
        assert full.status_code == 503 and full.json()["code"] == "queue_full"
        assert int(full.headers["retry-after"]) >= 1


def test_one_grant_has_only_so_many_requests_open(start):
    service = start(environment={"BUILDBOX_OPEN_REQUESTS": "2"})
    with connect(service) as client:
        identifier = services.post(client, services.project(services.ENDLESS)).json()["id"]
        with connect(service) as other, other.stream("GET", f"/v1/builds/{identifier}/events"), \
                other.stream("GET", f"/v1/builds/{identifier}/events"):
            response = client.get("/v1/builds")
            assert response.status_code == 429 and response.json()["code"] == "too_many_requests"
        services.wait_for(lambda: client.get("/v1/builds").status_code == 200, "a place to be free again")


def test_a_head_has_no_body_and_the_connection_goes_on(shared):
    with socket.create_connection(("127.0.0.1", shared.port)) as wire:
        wire.sendall(b"HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n"
                     b"Connection: close\r\n\r\n")
        received = b""
        while piece := wire.recv(65536):
            received += piece
    assert received.count(b"HTTP/1.1 200 OK") == 2 and received.count(b'{"status":"alive"}') == 1
