"""Set-ups whose settings are right and whose world is not: what `check` prints, and how it exits.

The rows are in `worlds`, by what is wrong: what exists only elsewhere, something else answers, settings without effect.
"""

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import main
from sandbox.flashduty import PretendFlashduty
from sandbox.slack import PretendSlack
from tests.bot.cli.worlds import of_flashduty, of_others, of_people, of_settings, of_slack
from tests.bot.cli.worlds.world import PAYMENTS

ROOT = Path(__file__).parents[3]
WORLDS = {
    **of_slack.TOKENS,
    **of_slack.CHANNELS,
    **of_slack.PEOPLE_AND_GROUPS,
    **of_others.SLACK,
    **of_others.A_START,
    **of_others.FLASHDUTY,
    **of_flashduty.KEYS_AND_IDS,
    **of_people.ON_CALL,
    **of_people.WHO_MAY_ACT,
    **of_settings.WITHOUT_EFFECT,
    **of_settings.THE_REST,
}


async def told_by(command, environ, place, capsys):
    """Run a command as the process does; give exit code and words."""
    environ = {"DATABASE_URL": f"sqlite:///{place}/bot.db", "SECRETS_DIR": str(place), **environ}
    if command == "run":
        code, shown = await started(environ, place)
    else:
        # In a thread with a loop of its own, as the servers are on this one.
        code = await asyncio.to_thread(main, [command], environ)
        shown = "".join(capsys.readouterr())
    secrets = ("xoxb-", "xapp-pre", "pretend-app-key", "nobody-nobody")
    assert not [word for word in ("Traceback", *secrets) if word in shown]
    return code, " ".join(shown.split())


async def started(environ, place):
    """Start the bot in a process of its own: it wants signals, which only a main thread gets."""
    around = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOST": "127.0.0.1", "PORT": "0"}
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=place, env=around | environ, **pipes
    )
    async with asyncio.timeout(60):
        shown, _ = await process.communicate()
    return process.returncode, shown.decode()


def environment(pretend_slack, pretend_flashduty):
    return {
        "SLACK_BOT_TOKEN": pretend_slack.bot_token,
        "SLACK_APP_TOKEN": pretend_slack.app_token,
        "SLACK_API_URL": pretend_slack.api_url,
        "FLASHDUTY_API_URL": pretend_flashduty.url,
        PAYMENTS + "APP_KEY": str(pretend_flashduty.keys["payments"]),
    }


@pytest.fixture
async def world():
    async with PretendSlack(calls_a_minute={}) as pretend_slack, PretendFlashduty() as pretend_flashduty:
        yield pretend_slack, pretend_flashduty


@pytest.mark.parametrize("title", WORLDS)
async def test_a_wrong_world__is_named_with_its_cure_and_no_secret(title, world, tmp_path, monkeypatch, capsys):
    row = WORLDS[title]
    pretend_slack, pretend_flashduty = world
    row.prepare(pretend_slack, pretend_flashduty)
    keys = {name: str(key) for name, key in pretend_flashduty.keys.items()}
    known = {"slack": pretend_slack.api_url, "flashduty": pretend_flashduty.url, "place": str(tmp_path), **keys}
    given = {name: value.format(**known) for name, value in row.environ.items()}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    code, told = await told_by(row.command, environment(pretend_slack, pretend_flashduty) | given, tmp_path, capsys)
    assert [words for words in row.says if words not in told] == [], told
    assert [words for words in row.never if words in told] == [], told
    assert code == row.code, told


@pytest.mark.parametrize(
    ("others", "shared", "says"),
    [
        (1, False, "✔ other connections one open besides this check's: the bot's own"),
        (2, False, "! other connections 2 open besides this check's, and each gets only a part"),
        (2, True, "✔ other connections 2 open besides this check's: the replicas'"),
        (10, False, "✘ SLACK_APP_TOKEN Slack takes no further connection of this app"),
    ],
)
async def test_processes_on_the_same_token__are_counted(others, shared, says, world, tmp_path, capsys):  # noqa: PLR0917 - pytest's
    """Two bots on one token with two SQLite files post everything twice."""
    pretend_slack, pretend_flashduty = world
    environ = environment(pretend_slack, pretend_flashduty)
    environ |= {"DATABASE_URL": "postgresql://bot@127.0.0.1:9/bot"} if shared else {}
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        for _ in range(others):
            headers = {"Authorization": f"Bearer {pretend_slack.app_token}"}
            async with session.post(f"{pretend_slack.api_url}apps.connections.open", headers=headers) as answer:
                address = (await answer.json())["url"]
            await stack.enter_async_context(session.ws_connect(address))
        _, told = await told_by("check", environ, tmp_path, capsys)
        assert says in told
        # This check's own connection is closed again.
        await pretend_slack.until(lambda: pretend_slack.connections == others)


async def test_check__on_a_terminal_that_knows_ascii_only__is_readable(world, tmp_path):
    """No traceback, whatever the terminal."""
    environ = environment(*world) | {"PYTHONIOENCODING": "ascii", "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    environ |= {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", PAYMENTS + "SLACK_CHANNELS": "C0NOWHERE"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "check", cwd=tmp_path, env=environ, stdout=-1, stderr=-1
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode == 1
    assert err == b""
    assert b"+ SLACK_BOT_TOKEN" in out
    assert b"x channel C0NOWHERE" in out
    assert b'"/invite @Flashduty"' in out
