import pathlib
import shutil

import peer
import pytest


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """State that all tests share: environments are made once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def projects(tmp_path_factory):
    """A root with projects: one that builds, one that fails, one that goes on until it is stopped."""
    root = tmp_path_factory.mktemp("projects")
    source = peer.REPOSITORY / "Tests/Projects/hello-intree"
    for name in ("hello", "broken", "endless"):
        shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("dist", "__pycache__"))
    behave(root / "broken", "print('about to fail', flush=True)\nraise SystemExit('this project fails')")
    behave(
        root / "endless",
        "import subprocess\nprint('it goes on', flush=True)\n"
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)', 'mcp-test-marker'])",
    )
    (root / "hello" / "out").symlink_to("/")
    return root


def behave(project, body):
    """Has the project's backend run `body`."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (project / "backend/test_backend.py").write_text(
        "import sys\nfrom plain_backend import *\nimport plain_backend as plain\n\n\n"
        f"def run():\n{lines}\n\n"
        "def build_sdist(*arguments, **named):\n    run()\n    return plain.build_sdist(*arguments, **named)\n"
    )
    path = pathlib.Path(project, "pyproject.toml")
    text = path.read_text()
    assert "plain_backend" in text, "the project's backend is named otherwise"
    path.write_text(text.replace("plain_backend", "test_backend", 1))


@pytest.fixture
def stdio(home, projects):
    started = []

    def start(revision=None, *flags):
        server = peer.Stdio(home, "--root", str(projects), *flags, revision=revision)
        started.append(server)
        return server

    yield start
    for server in started:
        server.kill()
        print("".join(server.log))


@pytest.fixture(scope="session")
def service(tmp_path_factory, projects):
    service = peer.Service(tmp_path_factory.mktemp("service"), "--folders", str(projects))
    yield service
    service.kill()
    print("".join(service.lines))
