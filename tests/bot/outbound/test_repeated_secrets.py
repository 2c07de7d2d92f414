"""The other side repeats the secrets in everything it says."""

import asyncio
import json
import os
import re
import sys
from base64 import b64encode
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web
from harbor import ALICE, PAYMENTS, environment

from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty
from sandbox.slack import PretendSlack

ROOT = Path(__file__).parents[3]
KEY = "k3y+of/payments=&Zk9q"
SIGNING = "deadbeef0123456789abcdefdeadbeef"
ENCODINGS = {
    "as it is": str,
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "in part": lambda secret: "".join(f"%{ord(c):02x}" if at % 3 == 1 else c for at, c in enumerate(secret)),
    "as JSON": lambda secret: secret.replace("/", "\\/"),
    "in base64": lambda secret: b64encode(f"app:{secret}".encode()).decode(),
    "in digits": lambda secret: secret.encode().hex(),
}

# For what starts a process each time.
SOME = ("as it is", "in part", "in base64")


def forms(secret):
    """The secret in every encoding, the ends of base64 left out, which hold bits of what is beside it."""
    packed = [b64encode(b"\0" * before + secret.encode()).decode()[4:-4] for before in range(3)]
    return {spell(secret) for name, spell in ENCODINGS.items() if name != "in base64"} | set(packed)


@asynccontextmanager
async def parrot(spell):
    """A Flashduty that refuses everything and repeats the key in id, code, message and headers."""

    async def refuse(request):
        said = spell(request.query["app_key"])
        body = {"request_id": f"01-{said}", "error": {"code": f"No {said}", "message": f"key {said} is unknown"}}
        headers = {"Flashcat-Request-Id": f"01-{said}"}
        if request.path == "/schedule/list":
            return web.Response(text="<html>", status=502, headers=headers)
        return web.json_response(body, status=400, headers=headers)

    app = web.Application()
    app.router.add_post("/{path:.*}", refuse)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _process(command, environ):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", command),
        cwd=ROOT,
        env={**environ, "PATH": os.environ["PATH"], "COLUMNS": "200"},
        stdout=PIPE,
        stderr=PIPE,
    )


@asynccontextmanager
async def digest_dependencies(spell, folder, **more):
    async with PretendSlack() as slack, PretendFlashduty() as flashduty, parrot(spell) as url:
        given = environment(slack, flashduty, socket_mode=True)
        given |= {
            "FLASHDUTY_API_URL": url,
            "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": KEY,
            "FLASHDUTY_TEAMS__PAYMENTS__TOPIC": "true",
            "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "channel",
            "DATABASE_URL": f"sqlite:///{folder}/bot.db",
            "ADMINS": ALICE,
            **more,
        }
        yield slack, {name: str(value) for name, value in given.items()}


def assert_hidden(secret, written):
    shown = [form for form in forms(secret) if form in written]
    assert not shown


async def _asked(process, slack):
    """Ask a running bot for everything, and end it; give its log, and what /readyz said."""
    lines = []
    while not lines or b"ready" not in lines[-1]:
        lines.append(await process.stderr.readline())
        assert lines[-1], b"".join(lines).decode()
    address = re.search(r"http://127[0-9.:]+", lines[-1].decode())[0]
    for words in ("incidents", "incident 0E83EE", "oncall", "me", "digest", "digest week", "digest post"):
        delivery = await slack.command(ALICE, PAYMENTS, f"/flashduty {words}")
        assert delivery.acked
    async with aiohttp.ClientSession() as session, session.get(f"{address}/readyz") as answer:
        ready = await answer.text()
    # What was asked for is still answered.
    process.terminate()
    _, rest = await process.communicate()
    return b"".join([*lines, rest]).decode(), ready


def _all_of(folder):
    return b"".join(path.read_bytes() for path in Path(folder).iterdir())


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_flashduty_that_repeats_the_key__is_quoted_nowhere(encoding):
    """Logs, messages, the database's file and /readyz of the running process are searched."""
    with TemporaryDirectory() as folder:
        async with digest_dependencies(ENCODINGS[encoding], folder, LOG_LEVEL="debug") as (slack, environ):
            process = await _process("run", environ)
            try:
                log, ready = await _asked(process, slack)
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.communicate()
            seen = json.dumps(slack.seen_by(ALICE, PAYMENTS), ensure_ascii=False)
        files = _all_of(folder)
    assert "[hidden]" in log
    assert "Flashduty" in seen
    for place in (log, seen, ready, files.decode("latin-1")):
        assert_hidden(KEY, place)


@pytest.mark.parametrize("encoding", SOME)
async def test_flashduty_that_repeats_the_key__is_not_quoted_by_check(encoding):
    with TemporaryDirectory() as folder:
        async with digest_dependencies(ENCODINGS[encoding], folder) as (_, environ):
            process = await _process("check", environ)
            out, errors = await process.communicate()
    assert process.returncode == 1
    assert "[hidden]" in out.decode()
    assert "Traceback" not in errors.decode()
    assert_hidden(KEY, (out + errors).decode())


@pytest.mark.parametrize("encoding", SOME)
@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_slack_that_repeats_a_secret__is_not_quoted_at_start(encoding, command, method):
    """The start sentence and the table of check are searched."""
    with TemporaryDirectory() as folder:
        async with digest_dependencies(str, folder, SLACK_SIGNING_SECRET=SIGNING) as (slack, environ):
            token = environ["SLACK_BOT_TOKEN" if method == "auth.test" else "SLACK_APP_TOKEN"]
            spell = ENCODINGS[encoding]
            slack.fail(method, Fault.error(f"no_{spell(token)}_{spell(SIGNING)}"), times=None)
            process = await _process(command, environ)
            out, errors = await process.communicate()
    written = (out + errors).decode()
    assert process.returncode == 1
    assert "Traceback" not in written
    for secret in (token, SIGNING):
        assert_hidden(secret, written)
