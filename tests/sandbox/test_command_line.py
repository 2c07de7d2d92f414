import asyncio
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import aiohttp.web
import pytest

from sandbox.__main__ import main

ROOT = Path(__file__).parent.parent.parent


async def started(*arguments):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
async def test_slack__says_where_it_listens_and_ends_cleanly(name):
    process = await started("slack", "--port", "0")
    async with asyncio.timeout(20):
        line = (await process.stdout.readline()).decode()
        address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        async with aiohttp.ClientSession() as session, session.post(f"{address}/api/auth.test") as answer:
            assert (await answer.json())["error"] == "not_authed"
        process.send_signal(getattr(signal, name))
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


async def test_slack__told_where_the_bot_is__delivers_signed_http_there():
    """Started alone, it delivers by HTTP as it does beside the bot."""
    got = []

    async def take(request):
        got.append((request.headers.get("X-Slack-Signature"), await request.text()))
        return aiohttp.web.Response()

    app = aiohttp.web.Application()
    app.router.add_post("/slack/events", take)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    process = await started("slack", "--port", "0", "--http", f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        async with asyncio.timeout(20):
            line = (await process.stdout.readline()).decode()
            address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
            order = {"user": "U0ALICE", "channel": "C0PAYMENTS", "text": "/flashduty help"}
            async with (
                aiohttp.ClientSession() as session,
                session.post(f"{address}/sandbox/type", json=order) as answer,
            ):
                assert (await answer.json())["delivery"]["acked"]
    finally:
        process.terminate()
        await process.communicate()
        await runner.cleanup()
    ((signature, body),) = got
    assert signature.startswith("v0=")
    assert "command=%2Fflashduty" in body


async def test_slack__on_a_taken_port__says_so_in_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = await started("slack", "--port", port)
        async with asyncio.timeout(20):
            _, errors = await process.communicate()
    assert process.returncode == 1
    (sentence,) = errors.decode().splitlines()
    assert port in sentence


@pytest.mark.parametrize(
    "arguments", [[], ["teams"], ["slack", "--port", "x"], ["slack", "--port", "70000"], ["slack", "--http", "bot"]]
)
def test_main__of_wrong_arguments__explains_them(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m sandbox" in capsys.readouterr().err
