"""Connections that break the rules, or take their time."""

import socket
import time

import pytest
import service as services
from conftest import connect


def talk(service, content, shut=False):
    with socket.create_connection(("127.0.0.1", service.port), timeout=services.PATIENCE) as wire:
        wire.sendall(content)
        if shut:
            wire.shutdown(socket.SHUT_WR)
        return drain(wire)


def drain(wire):
    received = b""
    try:
        while piece := wire.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


@pytest.mark.parametrize("content", [
    b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
])
def test_what_is_no_http_gets_a_problem(shared, content):
    answer = talk(shared, content)
    assert answer.startswith(b"HTTP/1.1 400"), answer
    assert b"application/problem+json" in answer and b"urn:buildbox:problem:malformed" in answer


@pytest.mark.parametrize("fields", ["X: " + "a" * 20_000 + "\r\n", "".join(f"X{i}: a\r\n" for i in range(200))])
def test_a_head_that_is_too_large_gets_a_problem(shared, fields):
    answer = talk(shared, f"GET /livez HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 431"), answer
    assert b"urn:buildbox:problem:too_large" in answer


def test_a_head_that_comes_too_slowly_is_cut_off(start):
    service = start(environment={"BUILDBOX_HEAD_TIME": "2s", "BUILDBOX_IDLE_TIME": "4s"})
    with socket.create_connection(("127.0.0.1", service.port), timeout=services.PATIENCE) as slow, \
            socket.create_connection(("127.0.0.1", service.port), timeout=services.PATIENCE) as idle:
        began = time.monotonic()
        slow.sendall(b"GET /livez HTTP/1.1\r\nHo")
        answer = drain(slow)
        assert answer.startswith(b"HTTP/1.1 408") and b"urn:buildbox:problem:timeout" in answer
        assert 1.5 < time.monotonic() - began < 15
        assert drain(idle) == b""
        assert 3.5 < time.monotonic() - began < 20
        with connect(service) as client:
            assert client.get("/livez").status_code == 200


def test_a_body_that_comes_too_slowly_is_cut_off(start):
    service = start(environment={"BUILDBOX_BODY_RATE": "10MiB"})
    with socket.create_connection(("127.0.0.1", service.port), timeout=services.PATIENCE) as slow:
        slow.sendall(b"PUT /v1/blobs/" + b"0" * 64 + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nxx")
        answer = drain(slow)
        assert answer.startswith(b"HTTP/1.1 408"), answer
    drafts = service.home / "service"
    services.wait_for(lambda: not [path for path in drafts.rglob("*draft*") if path.is_file()], "the draft to be gone")


def test_a_follower_that_does_not_read_harms_nobody(start):
    service = start()
    source = services.project("for i in range(200000): print('x' * 80)")
    with connect(service) as client:
        identifier = services.post(client, source).json()["id"]
        with socket.create_connection(("127.0.0.1", service.port), timeout=services.PATIENCE) as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.sendall(f"GET /v1/builds/{identifier}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert slow.recv(1) == b"H"
            assert services.ended(client, identifier)["state"] in ("succeeded", "stopped")
            assert slow.recv(1) == b"T"
            status = open(f"/proc/{service.process.pid}/status").read()
            resident = int(status.partition("VmRSS:")[2].split()[0])
            assert resident < 300 * 1024, f"{resident} KiB resident"


def test_many_connections_without_requests_keep_nobody_out(start):
    service = start(environment={"BUILDBOX_CONNECTIONS": "50", "BUILDBOX_IDLE_TIME": "2s"})
    wires = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(60)]
    try:
        with connect(service) as client:
            assert client.get("/livez").status_code == 200
    finally:
        for wire in wires:
            wire.close()
