"""The official client, in every mode and over both transports."""

import asyncio
import base64
import io
import json
import time
import zipfile

import peer
import pytest
from mcp import Client, StdioServerParameters

MODES = ["auto", "legacy", "2026-07-28"]


def by_stdio(home, projects, *flags):
    parameters = StdioServerParameters(
        command=str(peer.BINARY), args=["mcp", "--root", str(projects), *flags], env=peer.environment(home)
    )
    return lambda mode: Client(parameters, mode=mode)


def by_http(service):
    return lambda mode: Client(f"{service.url}/mcp", mode=mode)


@pytest.fixture(params=["stdio", "http"])
def connect(request, home, projects):
    """Makes a client for a mode."""
    if request.param == "http":
        return by_http(request.getfixturevalue("service"))
    return by_stdio(home, projects)


@pytest.mark.parametrize("mode", MODES)
def test_a_project_is_built_with_progress_and_its_wheel_is_read(connect, mode, projects, tmp_path_factory):
    progress = []

    async def hear(figure, _total, message):
        progress.append((figure, message))

    async def main():
        async with connect(mode) as client:
            tools = (await client.list_tools()).tools
            assert [tool.name for tool in tools] == [
                "python_build", "python_build_status", "python_build_logs", "python_build_cancel",
            ]
            assert tools[0].annotations.read_only_hint is False and tools[0].annotations.destructive_hint is True
            assert tools[0].meta["buildbox/risk"]["category"] == "Execute"
            outdir = projects / f"wheels-{mode}"
            result = await client.call_tool(
                "python_build", {"directory": "hello", "outdir": str(outdir)}, progress_callback=hear
            )
            assert not result.is_error, result.content[0].text
            artifacts = result.structured_content["artifacts"]
            assert sorted(artifact["kind"] for artifact in artifacts) == ["sdist", "wheel"]
            wheel = next(artifact for artifact in artifacts if artifact["kind"] == "wheel")
            assert (outdir / wheel["name"]).stat().st_size == wheel["size"]
            links = [block.uri for block in result.content if block.type == "resource_link"]
            assert str(wheel["uri"]) in [str(link) for link in links] and len(links) == 4
            contents = (await client.read_resource(wheel["uri"])).contents[0]
            data = base64.b64decode(contents.blob)
            assert data == (outdir / wheel["name"]).read_bytes()
            assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
            log = (await client.read_resource(result.structured_content["log_uri"])).contents[0].text
            assert "Successfully built" in log
            assert any(str(resource.uri) == wheel["uri"] for resource in (await client.list_resources()).resources)

    asyncio.run(main())
    figures = [figure for figure, _ in progress]
    assert figures == sorted(set(figures)) and len(figures) >= 3
    assert any(message.startswith("build") for _, message in progress), progress


@pytest.mark.parametrize("mode", MODES)
def test_a_cancelled_call_leaves_nothing_running(connect, mode):
    begun = asyncio.Event()

    async def hear(_figure, _total, message):
        if "it goes on" in message or peer.contained():
            begun.set()

    async def main():
        async with connect(mode) as client:
            call = asyncio.create_task(
                client.call_tool("python_build", {"directory": "endless"}, progress_callback=hear)
            )
            await asyncio.wait_for(begun.wait(), peer.PATIENCE)
            while not peer.contained():
                await asyncio.sleep(0.02)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            deadline = time.monotonic() + peer.PATIENCE
            while peer.contained():
                assert time.monotonic() < deadline, "the build goes on"
                await asyncio.sleep(0.02)
            assert (await client.list_tools()).tools

    asyncio.run(main())


@pytest.mark.parametrize("mode", MODES)
def test_a_failed_build_is_an_error_with_the_end_of_its_log(connect, mode):
    async def main():
        async with connect(mode) as client:
            result = await client.call_tool("python_build", {"directory": "broken"})
            assert result.is_error
            assert result.structured_content["status"] == "failed"
            assert "about to fail" in result.structured_content["log_tail"]
            assert "this project fails" in result.content[0].text

    asyncio.run(main())


@pytest.fixture(params=["stdio", "http"])
def connect_guarded(request, tmp_path_factory, projects):
    """The same before a policy that lets nobody build."""
    home = tmp_path_factory.mktemp("guarded")
    policy = home / "policy.json"
    rule = {"action": "deny", "reason": "no builds before the release"}
    policy.write_text(json.dumps({"version": "1", "default": "allow", "tools": {"python_build": rule}}))
    if request.param == "stdio":
        yield by_stdio(home, projects, "--policy", str(policy))
        return
    service = peer.Service(home, "--folders", str(projects), "--policy", str(policy))
    yield by_http(service)
    service.kill()


@pytest.mark.parametrize("mode", MODES)
def test_a_denial_of_the_policy_is_one_that_a_program_can_read(connect_guarded, mode):
    async def main():
        async with connect_guarded(mode) as client:
            return await client.call_tool("python_build", {"directory": "hello"})

    result = asyncio.run(main())
    assert result.is_error and result.structured_content["status"] == "rejected"
    error = result.structured_content["error"]
    assert error["code"] == "policy_denied" and error["rule"].startswith("/tools/python_build"), error
    assert "no builds before the release" in result.content[0].text
