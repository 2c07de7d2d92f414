"""The pretend Flashduty on its own, as a process."""

import asyncio
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).parents[3]
RUN = "import sys; from sandbox.flashduty import standalone; sys.exit(standalone(int(sys.argv[1])))"


async def started(port):
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN, str(port), cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
async def test_standalone__says_where_it_is_and_ends_cleanly(signum):
    process = await started(0)
    first = (await process.stdout.readline()).decode()
    key = (await process.stdout.readline()).decode().split()[1]
    address = next(word for word in first.split() if word.startswith("http://127.0.0.1:"))
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{address}/member/info", params={"app_key": key}, json={}) as answer,
    ):
        assert (await answer.json())["data"]["member_name"] == "Dana Okoye"
    process.send_signal(signum)
    _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


async def test_standalone__on_a_taken_port__says_so():
    taken = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        process = await started(port)
        out, errors = await process.communicate()
    assert process.returncode == 1
    assert f"Port {port} is taken" in out.decode()
    assert errors == b""
