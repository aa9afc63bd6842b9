import contract
import pytest
import service as services


@pytest.fixture
def start(tmp_path):
    """Starts services; each is gone when the test is over, and its log is shown where it failed."""
    started = []

    def begin(*flags, home=tmp_path / "home", **options):
        service = services.Service(home, *flags, **options)
        started.append(service)
        return service

    yield begin
    for service in started:
        service.kill()
        print(service.log)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One service for the tests of a module that leave it as it was, open to this host."""
    service = services.Service(tmp_path_factory.mktemp("shared") / "home")
    yield service
    service.kill()
    print(service.log)


@pytest.fixture
def client(shared):
    with connect(shared) as client:
        yield client


def connect(service, token=None, **options):
    """A client whose every answer is checked against the OpenAPI document."""
    return service.client(token, event_hooks={"response": [contract.check]}, **options)
