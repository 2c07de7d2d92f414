"""The look of `check` at Socket Mode: whether a connection comes about, of which app, and who else has one."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from bot.cli.check.results import Finding, bad, doubtful, good
from bot.slack.session import SlackHindered

# What a connection ends with that says no hello: no answer, or one that is not Slack's.
_FAILURES: Final = (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError)
_WEBSOCKETS: Final = (
    "Let proxies and firewalls pass WebSockets (wss://) to Slack; or use HTTP: take SLACK_APP_TOKEN out and set"
    " SLACK_SIGNING_SECRET."
)


@dataclass(frozen=True)
class Hello:
    """What Slack says first: the token's app, and how many connections that app has, this one among them."""

    app: str | None = None
    connections: int | None = None
    failure: str | None = None
    hindered: SlackHindered | None = None


async def hello(session: aiohttp.ClientSession, address: str, patience: float) -> Hello:
    """Open a connection, and close it as soon as Slack has said hello; nothing that arrives is answered.

    Source: docs.slack.dev/apis/events-api/using-socket-mode
    """
    closing = aiohttp.ClientWSTimeout(ws_close=1.0)
    try:
        async with asyncio.timeout(patience), session.ws_connect(address, timeout=closing) as connection:
            told = await connection.receive_json()
    except SlackHindered as error:
        return Hello(failure="not reached", hindered=error)
    except aiohttp.WSServerHandshakeError as error:
        return Hello(failure=f"status {error.status}")
    except _FAILURES as error:
        return Hello(failure=type(error).__name__)
    return _read(told)


def _read(told: Any) -> Hello:  # noqa: ANN401 - whatever came
    if not isinstance(told, dict) or told.get("type") not in {"hello", "disconnect"}:
        return Hello(failure="no hello of Slack")
    if told["type"] == "disconnect":
        return Hello(failure=str(told.get("reason"))[:40])
    info, count = told.get("connection_info"), told.get("num_connections")
    app = info.get("app_id") if isinstance(info, dict) else None
    return Hello(app if isinstance(app, str) else None, count if isinstance(count, int) else None)


def judged(said: Hello, bot_app: str | None, *, shares_data: bool) -> Iterator[Finding]:
    """Report a connection; `bot_app` is the app of the bot token, `shares_data` whether replicas have one database."""
    if said.failure == "too_many_websockets":
        what = "Slack takes no further connection of this app: it has ten, the most there may be"
        yield bad("SLACK_APP_TOKEN", what, "Stop the processes that use this token and that you do not need.")
    elif said.hindered is not None:
        yield bad("SLACK_APP_TOKEN", f"for Socket Mode, {said.hindered.what}", said.hindered.cure)
    elif said.failure is not None:
        what = f"Slack gives an address for Socket Mode, but no connection comes about ({said.failure})"
        yield bad("SLACK_APP_TOKEN", what, _WEBSOCKETS)
    elif bot_app and said.app and said.app != bot_app:
        what = f"is of the app {said.app}, and SLACK_BOT_TOKEN of {bot_app}: commands of one never reach the other"
        yield bad("SLACK_APP_TOKEN", what, "Copy both tokens from the pages of the same app.")
    else:
        yield good("SLACK_APP_TOKEN", "opens Socket Mode connections")
    if said.failure is None and said.connections is not None:
        yield _others(said.connections - 1, shares_data=shares_data)


def _others(count: int, *, shares_data: bool) -> Finding:
    subject = "other connections"
    if count <= 0:
        return good(subject, "none open besides this check's")
    if count == 1:
        return good(subject, "one open besides this check's: the bot's own, if it is running")
    if shares_data:
        return good(subject, f"{count} open besides this check's: the replicas', if they are running")
    what = f"{count} open besides this check's, and each gets only a part of the commands and presses"
    cure = (
        "Look whether the bot runs twice with this token: with SQLite each has data of its own. Stop one, or give them"
        " one PostgreSQL (DATABASE_URL). Connections that broke may be counted for some minutes."
    )
    return doubtful(subject, what, cure)
