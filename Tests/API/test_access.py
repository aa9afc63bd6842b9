"""Who may do what: tokens, grants, JSON Web Tokens, web pages, addresses and sockets."""

import http.server
import json
import os
import stat
import subprocess
import threading
import time

import httpx
import jwt
import pytest
import service as services
from conftest import connect
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa


def test_from_the_first_token_on_every_caller_needs_one(start):
    service = start()
    with connect(service) as client:
        assert client.get("/v1/builds").status_code == 200
        token = service.token("a")
        response = client.get("/v1/builds")
        assert response.status_code == 401 and response.json()["code"] == "unauthenticated"
        assert response.headers["www-authenticate"] == 'Bearer realm="buildbox"'
        for path in ("/livez", "/readyz", "/openapi.json"):
            assert client.get(path).status_code == 200
        assert client.get("/metrics").status_code == 401
    with connect(service, token) as client:
        assert client.get("/v1/builds").status_code == 200


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic eDp5", "Bearer bbx_" + "a" * 16 + "_" + "b" * 43,
                                    "Bearer a b", "Bearer bbx_", "Bearer a.b.c"])
def test_what_is_no_token_is_refused_alike(start, header):
    service = start("--require-tokens")
    with connect(service) as client:
        response = client.get("/v1/builds", headers={"Authorization": header})
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer realm="buildbox", error="invalid_token"'


def test_one_grant_never_sees_another(start):
    service = start()
    one, other, root = service.token("one"), service.token("other"), service.token("ops", "admin")
    content = services.project()
    with connect(service, one) as client:
        job = services.post(client, content, headers={"Prefer": "wait=60"}).json()
        blob = f"/v1/blobs/{job['source']['blob']}"
        assert client.head(blob).status_code == 200
    paths = ["", "/log", "/events", "/result", f"/artifacts/{job['result']['artifacts'][0]['name']}"]
    with connect(service, other) as client:
        for path in paths:
            assert client.get(f"/v1/builds/{job['id']}{path}").status_code == 404
        assert client.post(f"/v1/builds/{job['id']}/cancel").status_code == 404
        assert client.post(f"/v1/builds/{job['id']}/retry").status_code == 404
        assert client.delete(f"/v1/builds/{job['id']}").status_code == 404
        assert client.get("/v1/builds").json()["builds"] == []
        assert client.get("/v1/builds?grant=one").json()["builds"] == []
        assert client.head(blob).status_code == 404
        body = {"source": {"blob": job["source"]["blob"], "name": "a.tar.gz"}}
        assert client.post("/v1/builds", json=body).status_code == 404
    with connect(service, root) as client:
        for path in paths:
            assert client.get(f"/v1/builds/{job['id']}{path}").status_code == 200
        assert [found["id"] for found in client.get("/v1/builds?grant=one").json()["builds"]] == [job["id"]]


def test_a_scope_that_is_missing_is_forbidden(start):
    service = start()
    reads, builds = service.token("a", "read"), service.token("a", "build")
    with connect(service, reads) as client:
        response = services.post(client)
        assert response.status_code == 403 and response.json()["code"] == "forbidden"
        assert client.put(f"/v1/blobs/{'0' * 64}", content=b"x").status_code == 403
        assert client.get("/v1/builds").status_code == 200
        assert client.get("/metrics").status_code == 200
    with connect(service, builds) as client:
        assert client.get("/v1/builds").status_code == 403
        identifier = services.post(client).json()["id"]
        assert client.post(f"/v1/builds/{identifier}/cancel").status_code in (200, 202)


def test_tokens_are_made_listed_and_revoked(start):
    service = start()
    token = service.token("a", expires="30d")

    def command(*arguments):
        return subprocess.run([services.BINARY, *arguments, "--home", service.home], capture_output=True, text=True)

    (listed,) = json.loads(command("token", "list", "--json").stdout)
    assert listed["grant"] == "a" and sorted(listed["scopes"]) == ["build", "read"]
    assert token.startswith(f"bbx_{listed['id']}_")
    secret = token.rpartition("_")[2]
    everything = b"".join(path.read_bytes() for path in service.home.rglob("*") if path.is_file())
    assert listed["id"].encode() in everything, "the search finds nothing at all"
    assert secret.encode() not in everything and secret not in service.log
    with connect(service, token) as client:
        assert client.get("/v1/builds").status_code == 200
        assert command("token", "revoke", listed["id"]).returncode == 0
        assert client.get("/v1/builds").status_code == 401
    with connect(service) as client:
        assert client.get("/v1/builds").status_code == 401, "a service whose tokens are all revoked is not open"
    assert "revoked" in command("token", "list").stdout
    assert command("token", "revoke", "nothing").returncode == 2
    verified = command("audit", "verify")
    assert verified.returncode == 0 and verified.stdout.startswith("whole: "), verified
    for path in service.home.rglob("audit*"):
        if path.is_file() and b"token.revoked" in path.read_bytes():
            path.write_bytes(path.read_bytes().replace(b'"grant":"a"', b'"grant":"b"', 1))
    assert command("audit", "verify").returncode == 1


class Issuer:
    """An issuer with three keys, whose set is a file or is served on loopback."""

    def __init__(self, folder):
        self.keys = {
            "ES256": ec.generate_private_key(ec.SECP256R1()),
            "RS256": rsa.generate_private_key(65537, 2048),
            "EdDSA": ed25519.Ed25519PrivateKey.generate(),
        }
        self.file = folder / "jwks.json"
        self.publish(self.keys)

    def publish(self, keys):
        found = []
        for name, key in keys.items():
            algorithm = jwt.algorithms.get_default_algorithms()[name]
            found.append({**json.loads(algorithm.to_jwk(key.public_key())), "kid": name, "use": "sig", "alg": name})
        self.file.write_text(json.dumps({"keys": found}))

    def token(self, algorithm="ES256", kid=None, key=None, **claims):
        now = int(time.time())
        payload = {"iss": "https://issuer.example", "aud": "buildbox", "sub": "team", "exp": now + 60,
                   "scope": "build read", **claims}
        payload = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(payload, key or self.keys[algorithm], algorithm=algorithm, headers={"kid": kid or algorithm})


FLAGS = ["--jwt-issuer", "https://issuer.example", "--jwt-audience", "buildbox", "--jwt-keys"]


def test_tokens_of_the_issuer_are_taken_and_no_others(start, tmp_path):
    issuer = Issuer(tmp_path)
    service = start(*FLAGS, str(issuer.file))

    def status(token):
        with connect(service, token) as client:
            return client.get("/v1/builds").status_code

    for algorithm in issuer.keys:
        assert status(issuer.token(algorithm)) == 200, algorithm
    now = int(time.time())
    bad = {
        "expired": issuer.token(exp=now - 3600), "no exp": issuer.token(exp=None), "aud": issuer.token(aud="other"),
        "no aud": issuer.token(aud=None), "iss": issuer.token(iss="https://evil.example"),
        "not yet": issuer.token(nbf=now + 3600), "kid": issuer.token(kid="unknown"),
        "key": issuer.token(key=ec.generate_private_key(ec.SECP256R1())), "grant": issuer.token(sub="no grant!"),
        "none": jwt.encode(jwt.decode(issuer.token(), options={"verify_signature": False}), None, algorithm="none",
                           headers={"kid": "ES256"}),
    }
    # The public key, which everybody has, as the secret of an HMAC (RFC 8725, 2.1).
    public = issuer.keys["RS256"].public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    bad["hs256"] = forged(issuer, public)
    assert {name: status(token) for name, token in bad.items()} == dict.fromkeys(bad, 401)
    with connect(service, issuer.token(scope="admin read")) as client:
        assert client.get("/v1/builds?grant=other").json()["builds"] == []
        assert services.post(client).status_code == 403


def forged(issuer, secret):
    import base64
    import hashlib
    import hmac

    head, payload, _ = issuer.token("RS256").split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "RS256"}).encode()).rstrip(b"=").decode()
    signature = hmac.new(secret, f"{head}.{payload}".encode(), hashlib.sha256).digest()
    return f"{head}.{payload}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_keys_over_http_are_not_asked_for_at_every_unknown_one(start, tmp_path):
    issuer = Issuer(tmp_path)
    asked = []

    class Keys(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(issuer.file.read_bytes())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        service = start(*FLAGS, f"http://127.0.0.1:{server.server_port}/keys")
        with connect(service, issuer.token()) as client:
            assert client.get("/v1/builds").status_code == 200
        for number in range(20):
            with connect(service, issuer.token(kid=f"unknown-{number}")) as client:
                assert client.get("/v1/builds").status_code == 401
        server.shutdown()
    assert asked == ["/keys"]


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"Host": "evil.example:8750"}, {"Host": "127.0.0.1.evil.example"}, {"Host": ""},
    {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
])
def test_no_web_page_can_use_a_service_on_loopback(client, headers):
    for method, path in (("POST", "/v1/builds"), ("GET", "/v1/builds"), ("GET", "/livez"), ("GET", "/openapi.json")):
        response = client.request(method, path, headers=headers)
        assert response.status_code == 403 and response.json()["code"] == "foreign_origin", (method, path)
        assert "access-control-allow-origin" not in response.headers


def test_its_own_names_pass(shared, client):
    for host in ("localhost", f"localhost:{shared.port}", "127.0.0.1", "[::1]:1"):
        assert client.get("/livez", headers={"Host": host}).status_code == 200
    assert client.get("/livez", headers={"Host": "localhost:1", "Origin": "http://localhost:1"}).status_code == 200


def test_a_proxy_is_allowed_by_its_name(start):
    with connect(start("--allowed-hosts", "builds.example")) as client:
        assert client.get("/livez", headers={"Host": "builds.example"}).status_code == 200
        assert client.get("/livez", headers={"Host": "other.example"}).status_code == 403


def test_a_socket_is_for_its_owner_alone(start, tmp_path):
    path = tmp_path / "socket"
    service = start(listen=f"unix:{path}")
    assert stat.S_IMODE(os.lstat(path).st_mode) == 0o600
    with connect(service) as client:
        assert services.post(client, headers={"Prefer": "wait=60"}).json()["state"] == "succeeded"
        assert client.get("/livez", headers={"Host": "anything.example"}).status_code == 200
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["home", "socket"]
    assert service.stop() == 0
    assert not path.exists()


def test_a_socket_has_the_mode_that_was_asked_for_and_replaces_a_dead_one(start, tmp_path):
    path = tmp_path / "socket"
    service = start("--socket-mode", "0660", listen=f"unix:{path}")
    assert stat.S_IMODE(os.lstat(path).st_mode) == 0o660
    refused = run("--listen", f"unix:{path}", "--home", str(tmp_path / "other"))
    assert refused.returncode == 9 and "another process listens" in refused.stderr, refused
    service.kill()
    assert path.exists()
    with connect(start(listen=f"unix:{path}")) as client:
        assert client.get("/livez").status_code == 200


def run(*flags, **environment):
    clean = {key: value for key, value in os.environ.items() if key == "BUILDBOX_TOOLCHAIN" or key[:9] != "BUILDBOX_"}
    return subprocess.run([services.BINARY, "serve", *flags], capture_output=True, text=True, timeout=60,
                          env={**clean, **environment})


def test_without_tokens_no_other_address_is_listened_on(tmp_path):
    home = tmp_path / "home"
    for address in ("0.0.0.0:0", "[::]:0"):
        refused = run("--listen", address, "--home", str(home))
        assert refused.returncode == 9 and "buildbox token create" in refused.stderr, refused


def test_an_address_that_is_taken_is_told(start, tmp_path):
    service = start()
    refused = run("--listen", f"127.0.0.1:{service.port}", "--home", str(tmp_path / "other"))
    assert refused.returncode == 9 and f"cannot listen on 127.0.0.1:{service.port}" in refused.stderr, refused


def test_with_a_token_every_address_is_listened_on(start, tmp_path):
    token = services.make_token(tmp_path / "home", "a")
    service = start(listen="0.0.0.0:0", ready=False)
    with httpx.Client(base_url=f"http://127.0.0.1:{service.port}") as client:
        assert client.get("/v1/builds").status_code == 401
        assert client.get("/v1/builds", headers={"Authorization": f"Bearer {token}"}).status_code == 200
