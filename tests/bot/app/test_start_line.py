"""What the process writes when it is ready."""

import asyncio
import json
import os
import re
import signal
import sys
import tomllib
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bot import VERSION
from sandbox.flashduty import PretendFlashduty
from sandbox.slack import PretendSlack

ROOT = Path(__file__).parents[3]
PAYMENTS = "FLASHDUTY_TEAMS__PAYMENTS__"


async def connected(slack, stack):
    """Let another process hold a connection of the same app."""
    session = await stack.enter_async_context(aiohttp.ClientSession())
    headers = {"Authorization": f"Bearer {slack.app_token}"}
    async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as answer:
        address = (await answer.json())["url"]
    await stack.enter_async_context(session.ws_connect(address))


async def lines_until_ready(place, *, until="process.ready", others=0, **more):
    """Run the bot until it says something that begins like `until`, end it, and give its log."""
    async with PretendSlack() as slack, PretendFlashduty() as flashduty, AsyncExitStack() as stack:
        for _ in range(others):
            await connected(slack, stack)
        way_in = {"SLACK_SIGNING_SECRET": slack.signing_secret} if more.pop("http", False) else {}
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SLACK_BOT_TOKEN": slack.bot_token,
            **(way_in or {"SLACK_APP_TOKEN": slack.app_token}),
            "SLACK_API_URL": slack.api_url,
            "FLASHDUTY_API_URL": flashduty.url,
            PAYMENTS + "APP_KEY": str(flashduty.keys["payments"]),
            "HOST": "127.0.0.1",
            "PORT": "0",
            "LOG_FORMAT": "json",
            "DATABASE_URL": f"sqlite:///{place}/bot.db",
            **more,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=place, env=environ, stderr=asyncio.subprocess.PIPE
        )
        said = []
        async with asyncio.timeout(60):
            while not said or not said[-1]["message"].startswith(until):
                said.append(json.loads(await process.stderr.readline()))
            process.send_signal(signal.SIGTERM)
            rest, _ = await asyncio.gather(process.stderr.read(), process.wait())
        assert process.returncode == 0
        return said + [json.loads(line) for line in rest.splitlines()]


@pytest.mark.parametrize("http", [False, True])
async def test_a_start__says_in_one_line_what_runs_here(http, tmp_path):
    """Mode, workspace, teams, next digest, database, version."""
    more = {PAYMENTS + "DIGEST_CHANNEL": "C0PAYMENTS", PAYMENTS + "TIMEZONE": "Asia/Shanghai"}
    said = await lines_until_ready(tmp_path, http=http, **more)
    assert not [line for line in said if line["message"] == "slack.socket_mode.token_shared"]
    (ready,) = (line for line in said if line["message"] == "process.ready")
    assert ready["mode"] == ("http" if http else "socket mode")
    assert ready["workspace"] == "Harbor (T0HARBOR)"
    assert ready["teams"] == "payments"
    assert ready["database"] == "SQLite"
    assert ready["version"] == VERSION
    assert re.fullmatch(r"payments, \w{3} \d{4}-\d\d-\d\d at 09:00 Asia/Shanghai \(UTC\+08:00\)", ready["next_digest"])


async def test_a_start__names_settings_that_nothing_comes_of(tmp_path):
    """A setting without effect, such as SHIFT_REMINDER without SHIFT_NOTICES, is a mistake nobody sees."""
    more = {
        PAYMENTS + "SHIFT_REMINDER": "2h",
        PAYMENTS + "DIGEST_TIME": "08:00",
        PAYMENTS + "DIGEST_DAYS": "daily",
        PAYMENTS + "DIGEST_CATCH_UP": "3h",
        PAYMENTS + "CARDS_LINKS": "Runbook=labels.runbook_url",
    }
    said = await lines_until_ready(tmp_path, **more)
    warned = {line["setting"]: line for line in said if line["message"] == "settings.without_effect"}
    # What is as usual is nobody's mistake.
    assert warned.keys() == {
        PAYMENTS + name for name in ("SHIFT_REMINDER", "DIGEST_TIME", "DIGEST_DAYS", "CARDS_LINKS")
    }
    assert "SHIFT_NOTICES" in warned[PAYMENTS + "SHIFT_REMINDER"]["why"]
    assert "CARDS_LINK_HOSTS" in warned[PAYMENTS + "CARDS_LINKS"]["why"]
    assert "to dm or both" in warned[PAYMENTS + "SHIFT_REMINDER"]["remedy"]
    assert {line["next_digest"] for line in said if line["message"] == "process.ready"} == {"none"}


async def test_a_start__beside_another_process_of_the_same_app__warns(tmp_path):
    """Two bots on one token with two SQLite files post everything twice."""
    said = await lines_until_ready(tmp_path, until="slack.socket_mode.token_shared", others=1)
    (warned,) = (line for line in said if line["message"] == "slack.socket_mode.token_shared")
    assert (warned["level"], warned["connections"]) == ("warning", 2)
    assert "DATABASE_URL" in warned["remedy"]


def test_the_version__is_the_packages():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION
