"""Logs and events of builds that print what they like."""

import events
import pytest
import service as services
from conftest import connect

# Colour passes; a title, a clear screen, a broken character and NUL do not. Written in pieces.
HOSTILE = r"""
pieces = [b"\x1b[31mred\x1b[0m ", b"\xe2", b"\x82", b"\xac\n", b"\x1b]0;title\x07\x1b[2J\n"]
pieces += [b"\xff\x00\n", b"data: x\n\nid: 9\n"]
for piece in pieces:
    os.write(1, piece)
    time.sleep(0.2)
os.write(1, b"end \xe2\x82")
"""
RAW = b"\x1b[31mred\x1b[0m \xe2\x82\xac\n\x1b]0;title\x07\x1b[2J\n\xff\x00\ndata: x\n\nid: 9\nend \xe2\x82"
SAFE = "\x1b[31mred\x1b[0m €\n^[]0;title^G^[[2J\n\\xff^@\ndata: x\n\nid: 9\nend "


@pytest.fixture(scope="module")
def hostile(shared):
    with connect(shared) as client:
        identifier = services.post(client, services.project(HOSTILE), request={"sdist": True}).json()["id"]
        with client.stream("GET", f"/v1/builds/{identifier}/events") as response:
            live = events.read(response)
        return identifier, live


def test_the_log_as_text_does_nothing_to_a_terminal(client, hostile):
    response = client.get(f"/v1/builds/{hostile[0]}/log")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert SAFE in response.text
    assert not set(response.text) & set("\x00\x07\x9b") and "\x1b]" not in response.text


def test_the_raw_log_has_every_byte(client, hostile):
    response = client.get(f"/v1/builds/{hostile[0]}/log?raw=1")
    assert response.headers["content-type"] == "application/octet-stream"
    assert RAW in response.content
    size = len(response.content)
    part = client.get(f"/v1/builds/{hostile[0]}/log?raw=1", headers={"Range": "bytes=5-14"})
    assert part.status_code == 206 and part.content == response.content[5:15]
    assert part.headers["content-range"] == f"bytes 5-14/{size}"
    tail = client.get(f"/v1/builds/{hostile[0]}/log?raw=1", headers={"Range": "bytes=-7"})
    assert tail.content == response.content[-7:]
    beyond = client.get(f"/v1/builds/{hostile[0]}/log?raw=1", headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416 and beyond.headers["content-range"] == f"bytes */{size}"
    changed = {"Range": "bytes=5-14", "If-Range": '"other"'}
    assert client.get(f"/v1/builds/{hostile[0]}/log?raw=1", headers=changed).status_code == 200
    for attempt in ("2", "99"):
        assert client.get(f"/v1/builds/{hostile[0]}/log?raw=1&attempt={attempt}").status_code == 404
    for query in ("raw=2", "attempt=0", "attempt=x"):
        assert client.get(f"/v1/builds/{hostile[0]}/log?{query}").status_code == 422


def test_events_tell_the_whole_life_and_the_whole_log(client, hostile):
    identifier, live = hostile
    assert sorted({number for number, _, _ in live}) == list(range(1, live[-1][0] + 1))
    assert live[0][1:] == ("state", {"state": "queued", "attempt": 0})
    assert live[-1][1:] == ("end", {"state": "succeeded", "exit_code": 0})
    with client.stream("GET", f"/v1/builds/{identifier}/events") as response:
        again = events.read(response)
    assert again == live, "what was told live is what is told later"
    assert events.text(live) == client.get(f"/v1/builds/{identifier}/log").text
    covered = 0
    for _, name, data in live:
        if name == "log":
            assert data["offset"] == covered
            covered += data["length"]
    assert covered == len(client.get(f"/v1/builds/{identifier}/log?raw=1").content)


def test_whoever_comes_back_gets_the_rest_and_nothing_twice(client, hostile):
    identifier, live = hostile
    # What is told of the log without a number of its own belongs to the end, which follows it.
    numbers = sorted({number for number, _, _ in live})
    for last in numbers[:-1]:
        rest = [event for event in numbered(live) if event[0] > last]
        for headers, query in (({"Last-Event-ID": str(last)}, ""), ({}, f"?after={last}")):
            with client.stream("GET", f"/v1/builds/{identifier}/events{query}", headers=headers) as response:
                assert numbered(events.read(response)) == rest, f"after {last}"
    assert client.get(f"/v1/builds/{identifier}/events?after={numbers[-1]}").status_code == 204


def numbered(found):
    """Each event with the number of the first that follows and has one of its own."""
    result, following = [], None
    for index in range(len(found) - 1, -1, -1):
        number, name, data = found[index]
        is_own = index == 0 or found[index - 1][0] != number
        following = number if is_own else following
        result.append((following, name, data))
    return result[::-1]


def test_events_are_refused_where_they_make_no_sense(client, hostile):
    url = f"/v1/builds/{hostile[0]}/events"
    assert client.get(url, headers={"Accept": "application/json"}).status_code == 406
    assert client.get(url, headers={"Last-Event-ID": "x"}).status_code == 400
    assert client.get(f"{url}?after=-1").status_code == 422
    assert client.head(url).status_code == 405


def test_artifacts_come_whole_and_in_parts(client, hostile):
    artifact = client.get(f"/v1/builds/{hostile[0]}/result").json()["artifacts"][0]
    url = f"/v1/builds/{hostile[0]}/artifacts/{artifact['name']}"
    whole = client.get(url)
    assert "immutable" in whole.headers["cache-control"]
    part = client.get(url, headers={"Range": "bytes=1-3", "If-Range": whole.headers["etag"]})
    assert part.status_code == 206 and part.content == whole.content[1:4]
    assert part.headers["repr-digest"] == whole.headers["repr-digest"]
    assert client.get(url, headers={"Range": "bytes=1-3", "If-Range": '"x"'}).content == whole.content
    assert client.get(url, headers={"Range": "bytes=0-1,3-4"}).status_code == 200
    assert client.get(url, headers={"Range": "bytes=9999999-"}).status_code == 416
    assert client.get(url, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    head = client.head(url)
    assert head.status_code == 200 and head.headers["content-length"] == str(artifact["size"])
    encoded = url.replace("hello", "%68ello")
    assert client.get(encoded).content == whole.content
    for name in ("nothing.whl", "..%2f..%2fservice.sqlite", "%2e%2e"):
        assert client.get(f"/v1/builds/{hostile[0]}/artifacts/{name}").status_code == 404
