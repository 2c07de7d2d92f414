"""The demo as a program: how it ends, and what it says when it cannot go on."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).parents[3]


def child_of(process):
    """The bot's process id."""
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(child)


async def ended(handle):
    """Wait until the process of a handle from `pidfd_open` has ended."""
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    loop.add_reader(handle, gone.set)
    try:
        async with asyncio.timeout(20):
            await gone.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)


async def test_port_taken__one_sentence_and_exit_code_1():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sandbox", "demo", "--port", str(port), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
    assert process.returncode == 1
    assert said.decode().strip() == (
        f"Port {port} is taken by another program: choose a free one, for example `make demo PORT={port + 1}`."
    )


@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT])
async def test_signal__nothing_left_running(demo, way):
    async with demo() as (process, _):
        bot = os.pidfd_open(child_of(process))
        process.send_signal(way)
        await ended(bot)
        assert await process.wait() == 0


async def test_demo_killed__bot_ends_by_itself(demo):
    async with demo(ends_with=-signal.SIGKILL) as (process, _):
        bot = os.pidfd_open(child_of(process))
        process.kill()
        await ended(bot)


async def test_bot_dies__demo_says_so_and_ends(demo):
    async with demo(ends_with=1) as (process, _):
        os.kill(child_of(process), signal.SIGKILL)
        said = (await process.stdout.read()).decode()
        assert said.startswith("The bot ended with exit code -9.")
        await process.wait()


@pytest.mark.parametrize("arguments", [(), ("--http",)])
async def test_command__answered_over_both_ways(demo, arguments):
    async with demo(*arguments) as (_, address), aiohttp.ClientSession(address) as session:
        typed = {"user": "U0ALICE", "channel": "C0PAYMENTS", "text": "/flashduty help"}
        async with session.post("/sandbox/type", json=typed) as answer:
            told = await answer.json()
    assert told["delivery"]["acked"], told
