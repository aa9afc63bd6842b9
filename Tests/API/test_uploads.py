"""Uploads: by digest, by form, whole and broken off. What is refused leaves nothing on the disk."""

import hashlib
import socket

import pytest
import service as services
from conftest import connect


def digest(content):
    return hashlib.sha256(content).hexdigest()


def spooled(service):
    """Files of the service's home that are neither blobs nor its own."""
    folder = service.home / "service"
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return sorted(str(name) for name in names if name.parts[0] in ("spool", "uploads", "drafts") or ".new" in name.name
                  or "draft" in str(name))


def blobs(service):
    return sorted(path.name for path in (service.home / "service" / "blobs").rglob("*") if path.is_file())


def test_a_blob_is_uploaded_and_built(shared, client):
    content = services.project("print('from a blob')")
    assert client.head(f"/v1/blobs/{digest(content)}").status_code == 404
    response = client.put(f"/v1/blobs/{digest(content)}", content=content)
    assert response.status_code == 201
    assert response.json() == {"digest": digest(content), "size": len(content)}
    assert client.put(f"/v1/blobs/{digest(content)}", content=content).status_code == 200
    head = client.head(f"/v1/blobs/{digest(content)}")
    assert head.status_code == 200 and head.headers["content-length"] == str(len(content))
    body = {"offline": True, "source": {"blob": digest(content), "name": "hello_intree.tar.gz"}}
    response = client.post("/v1/builds", json=body, headers={"Prefer": "wait=60"})
    assert response.status_code == 200 and response.json()["state"] == "succeeded"
    assert "from a blob" in client.get(f"/v1/builds/{response.json()['id']}/log").text
    assert blobs(shared) != [], "the way blobs are counted sees none"


def test_a_body_in_chunks_is_taken(client):
    content = b"x" * 300_000
    pieces = iter([content[:100_000], content[100_000:]])
    assert client.put(f"/v1/blobs/{digest(content)}", content=pieces).status_code == 201


@pytest.mark.parametrize("name", ["x", "0" * 63, "A" * 64, "0" * 64 + "0", "..%2f" + "0" * 59])
def test_a_name_that_is_no_digest_is_refused(client, name):
    assert client.put(f"/v1/blobs/{name}", content=b"x").status_code in (422,)
    assert client.head(f"/v1/blobs/{name}").status_code in (422,)


def test_another_content_than_the_digest_says_leaves_nothing(shared, client):
    before = blobs(shared)
    response = client.put(f"/v1/blobs/{'0' * 64}", content=b"something else")
    assert response.status_code == 422 and response.json()["code"] == "digest_mismatch"
    assert blobs(shared) == before and spooled(shared) == []


def test_what_is_too_large_is_refused_before_it_is_sent(start):
    service = start("--source-size", "1MiB")
    with connect(service) as client:
        content = b"x" * ((1 << 20) + 1)
        response = client.put(f"/v1/blobs/{digest(content)}", content=content)
        assert response.status_code == 413 and response.json()["code"] == "too_large"
        # Without a length it shows on the way.
        response = client.put(f"/v1/blobs/{digest(content)}", content=iter([content]))
        assert response.status_code == 413
        response = services.post(client, content)
        assert response.status_code == 413
        content = b"x" * (1 << 20)
        assert client.put(f"/v1/blobs/{digest(content)}", content=content).status_code == 201
        assert blobs(service) == [digest(content)] and spooled(service) == []


def exchange(service, *pieces, shut=True):
    """Sends bytes as they are, and gives what comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=services.PATIENCE) as wire:
        for piece in pieces:
            wire.sendall(piece)
        if shut:
            wire.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while piece := wire.recv(65536):
                received += piece
        except ConnectionResetError:
            pass
        return received


def form(source=b"x" * 1000, end=b"\r\n--b--\r\n"):
    return (b'--b\r\nContent-Disposition: form-data; name="request"\r\n\r\n{}\r\n'
            b'--b\r\nContent-Disposition: form-data; name="source"; filename="a.tar.gz"\r\n\r\n' + source + end)


def head(path, method="POST", *fields):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Content-Type: multipart/form-data; boundary=b", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_a_length_that_lies_leaves_nothing(shared, client):
    before, jobs = blobs(shared), len(client.get("/v1/builds?limit=500").json()["builds"])
    body = form()
    # More is announced than comes: the connection ends within the body.
    answer = exchange(shared, head("/v1/builds", "POST", f"Content-Length: {len(body) + 100}"), body)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400"), answer
    # Less is announced than comes: the form breaks off, and what is left is no request.
    answer = exchange(shared, head("/v1/builds", "POST", f"Content-Length: {len(body) - 20}"), body)
    assert answer.startswith(b"HTTP/1.1 400"), answer
    for size in (10, 200, 500):
        answer = exchange(shared, head("/v1/builds", "POST", f"Content-Length: {len(body)}"), body[:size])
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400"), answer
        chunk = f"{len(body):x}\r\n".encode() + body[:size]
        answer = exchange(shared, head("/v1/builds", "POST", "Transfer-Encoding: chunked"), chunk)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400"), answer
    content = b"y" * 1000
    path = f"/v1/blobs/{digest(content)}"
    answer = exchange(shared, head(path, "PUT", "Content-Length: 2000"), content)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer
    services.wait_for(lambda: spooled(shared) == [], "the drafts to be gone")
    assert blobs(shared) == before
    assert len(client.get("/v1/builds?limit=500").json()["builds"]) == jobs
    # The same, told truly, is taken: so it was the lie that was refused.
    answer = exchange(shared, head(path, "PUT", "Content-Length: 1000"), content)
    assert answer.startswith(b"HTTP/1.1 201"), answer


@pytest.mark.parametrize("fields", [
    ["Content-Length: 5", "Content-Length: 6"], ["Content-Length: 5", "Transfer-Encoding: chunked"],
    ["Content-Length: -1"], ["Content-Length: 99999999999999999999"], ["Transfer-Encoding: x"],
])
def test_a_length_that_is_ambiguous_is_refused(shared, fields):
    answer = exchange(shared, head("/v1/builds", "POST", *fields), b"5\r\nhello\r\n0\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413")), answer
    assert b"application/problem+json" in answer


def test_a_client_that_waits_for_continue_gets_it_or_its_refusal(shared):
    content = b"z" * 1000
    with socket.create_connection(("127.0.0.1", shared.port), timeout=services.PATIENCE) as wire:
        wire.sendall(head(f"/v1/blobs/{digest(content)}", "PUT", "Content-Length: 1000", "Expect: 100-continue"))
        assert wire.recv(65536).startswith(b"HTTP/1.1 100 Continue")
        wire.sendall(content)
        assert wire.recv(65536).startswith(b"HTTP/1.1 201")
    with socket.create_connection(("127.0.0.1", shared.port), timeout=services.PATIENCE) as wire:
        wire.sendall(head("/v1/blobs/x", "PUT", "Content-Length: 1000", "Expect: 100-continue"))
        answer = wire.recv(65536)
        assert answer.startswith(b"HTTP/1.1 422") and b"connection: close" in answer.lower()
