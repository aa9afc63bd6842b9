"""A service that stops, dies and comes back, in the middle of what it does."""

import signal
import ssl
import subprocess
import threading
import warnings

import events
import httpx
import pytest
import service as services
import trustme
from conftest import connect

TALKS = """
for number in range(400):
    print('line', number, flush=True)
    time.sleep(0.05)
"""


def test_a_stream_goes_on_after_its_connection_broke(start):
    with connect(start()) as client:
        identifier = services.post(client, services.project(TALKS)).json()["id"]
        url = f"/v1/builds/{identifier}/events"
        with client.stream("GET", url) as response:
            seen = events.read(response, count=12)
        with client.stream("GET", url, headers={"Last-Event-ID": str(seen[-1][0])}) as response:
            seen += events.read(response)
        assert [number for number, _, _ in seen] == list(range(1, len(seen) + 1))
        assert events.text(seen) == client.get(f"/v1/builds/{identifier}/log").text
        assert seen[-1][1] == "end"


def test_a_job_survives_the_death_of_its_service(start, tmp_path):
    service = start()
    with connect(service) as client:
        identifier = services.post(client, services.project("time.sleep(3)\nprint('done')")).json()["id"]
        waiting = services.post(client, headers={"Idempotency-Key": "k"}).json()["id"]
        with client.stream("GET", f"/v1/builds/{identifier}/events") as response:
            seen = events.read(response, count=8)
            service.kill()
    service = start()
    with connect(service) as client:
        url = f"/v1/builds/{identifier}/events"
        with client.stream("GET", url, headers={"Last-Event-ID": str(seen[-1][0])}) as response:
            seen += events.read(response)
        assert [number for number, _, _ in seen] == list(range(1, len(seen) + 1))
        job = client.get(f"/v1/builds/{identifier}").json()
        assert job["state"] == "succeeded" and job["attempt"] == 2
        assert services.ended(client, waiting)["state"] == "succeeded"
        assert services.post(client, headers={"Idempotency-Key": "k"}).json()["id"] == waiting
        for attempt in (1, 2):
            assert client.get(f"/v1/builds/{identifier}/log?attempt={attempt}").status_code == 200
        assert "done" in client.get(f"/v1/builds/{identifier}/log").text


def test_a_service_that_is_told_to_stop_ends_its_builds_first(start):
    service = start("--running", "1")
    with connect(service) as client:
        running = services.post(client, services.project("time.sleep(4)")).json()["id"]
        waiting = services.post(client).json()["id"]
        services.wait_for(lambda: client.get(f"/v1/builds/{running}").json()["state"] == "running", "it to run")
        followed = []

        def follow():
            with connect(service) as other, other.stream("GET", f"/v1/builds/{waiting}/events") as response:
                followed.extend(events.read(response))

        follower = threading.Thread(target=follow)
        follower.start()
        service.process.send_signal(signal.SIGTERM)
        services.wait_for(lambda: client.get("/readyz").status_code == 503, "readyz to tell")
        assert client.get("/readyz").json()["code"] == "draining"
        assert client.get("/livez").status_code == 200
        refused = services.post(client)
        assert refused.status_code == 503 and refused.json()["code"] == "draining"
        assert int(refused.headers["retry-after"]) >= 1
    assert service.process.wait(timeout=services.PATIENCE) == 0
    follower.join(timeout=services.PATIENCE)
    assert not follower.is_alive() and "end" not in [name for _, name, _ in followed]
    with connect(start()) as client:
        assert client.get(f"/v1/builds/{running}").json()["state"] == "succeeded"
        assert client.get(f"/v1/builds/{running}").json()["attempt"] == 1
        assert services.ended(client, waiting)["state"] == "succeeded"


def test_a_second_signal_stops_at_once(start):
    service = start()
    with connect(service) as client:
        identifier = services.post(client, services.project(services.ENDLESS)).json()["id"]
        services.wait_for(lambda: client.get(f"/v1/builds/{identifier}").json()["state"] == "running", "it to run")
        service.process.send_signal(signal.SIGTERM)
        services.wait_for(lambda: client.get("/readyz").status_code == 503, "it to drain")
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(timeout=5) == 128 + signal.SIGTERM
    with connect(start()) as client:
        services.building(client, identifier)
        assert client.get(f"/v1/builds/{identifier}").json()["attempt"] == 2
        client.post(f"/v1/builds/{identifier}/cancel")
        assert services.ended(client, identifier)["state"] == "cancelled"


def test_two_services_do_not_share_a_home(start, tmp_path):
    start()
    with pytest.raises(AssertionError, match="the service ended at once"):
        start()


@pytest.fixture
def certificates(tmp_path):
    authority = trustme.CA()

    def issue():
        made = authority.issue_cert("localhost", "127.0.0.1")
        made.private_key_pem.write_to_path(tmp_path / "key.pem")
        made.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")

    issue()
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context, issue, ["--tls-certificate", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem")]


def test_tls_and_its_new_certificate(start, certificates):
    context, issue, flags = certificates
    service = start(*flags)
    assert service.url.startswith("https://")

    def serial():
        with connect(service, verify=context) as client, client.stream("GET", "/livez") as response:
            assert response.status_code == 200
            stream = response.extensions["network_stream"]
            return stream.get_extra_info("ssl_object").getpeercert()["serialNumber"]

    first = serial()
    with connect(service, verify=context) as client:
        assert services.post(client, headers={"Prefer": "wait=60"}).json()["state"] == "succeeded"
    issue()
    service.process.send_signal(signal.SIGHUP)
    services.wait_for(lambda: serial() != first, "the new certificate")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        # That it is old is the point.
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.raises(httpx.ConnectError), connect(service, verify=old) as client:
        client.get("/livez")


def test_a_certificate_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "x.pem").write_text("nothing")
    refused = subprocess.run(
        [services.BINARY, "serve", "--home", tmp_path / "home", "--listen", "127.0.0.1:0", "--tls-certificate",
         tmp_path / "x.pem", "--tls-key", tmp_path / "x.pem"], capture_output=True, text=True, timeout=60)
    assert refused.returncode == 9 and "x.pem" in refused.stderr
