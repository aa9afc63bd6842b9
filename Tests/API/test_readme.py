"""The commands of README.md, exactly as they stand there."""

import re
import subprocess

import service as services


def test_three_commands_post_follow_and_fetch(start, tmp_path):
    text = (services.REPOSITORY / "README.md").read_text()
    section = text.partition("## As a service")[2]
    block = re.search(r"<!-- three commands -->\n\n((?:    .*\n)+)", section)
    assert block, "README.md has no block of three commands"
    commands = [line[4:] for line in block.group(1).splitlines()]
    assert len(commands) == 3 and all("curl" in command for command in commands)
    service = start(listen="127.0.0.1:8750")
    (tmp_path / "project.tar.gz").write_bytes(services.project())
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", "\n".join(commands)], cwd=tmp_path, text=True,
                          capture_output=True, timeout=services.PATIENCE)
    assert done.returncode == 0, done
    assert '"state":"succeeded"' in done.stdout, "the stream ends with the end"
    assert sorted(path.name for path in tmp_path.glob("hello_intree-*")) == [
        "hello_intree-1.0-py3-none-any.whl", "hello_intree-1.0.tar.gz"], done
    assert service.url == "http://127.0.0.1:8750"
