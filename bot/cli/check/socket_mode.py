"""Check of Socket Mode: whether a connection can be opened, of which app, and how many others are open."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from bot.cli.check.results import Finding, failed, passed, warning
from bot.slack.session import SlackUnreachable

# Errors of a connection without a hello message: no response, or one that is not Slack's.
_FAILURES: Final = (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError)
_WEBSOCKETS_REMEDY: Final = (
    "Let proxies and firewalls pass WebSockets (wss://) to Slack; or use HTTP: take SLACK_APP_TOKEN out and set"
    " SLACK_SIGNING_SECRET."
)


@dataclass(frozen=True)
class Hello:
    """Slack's first message: the token's app, and how many connections that app has, this one included.

    `failure` is why there was none; `unreachable` is set where a proxy or a certificate prevented the connection.
    """

    app: str | None = None
    connections: int | None = None
    failure: str | None = None
    unreachable: SlackUnreachable | None = None


async def receive_hello(session: aiohttp.ClientSession, address: str, timeout_seconds: float) -> Hello:
    """Open a connection, and close it after Slack's hello message; nothing that arrives is acknowledged.

    Source: docs.slack.dev/apis/events-api/using-socket-mode
    """
    closing = aiohttp.ClientWSTimeout(ws_close=1.0)
    try:
        async with asyncio.timeout(timeout_seconds), session.ws_connect(address, timeout=closing) as connection:
            message = await connection.receive_json()
    except SlackUnreachable as error:
        return Hello(failure="not reached", unreachable=error)
    except aiohttp.WSServerHandshakeError as error:
        return Hello(failure=f"status {error.status}")
    except _FAILURES as error:
        return Hello(failure=type(error).__name__)
    return _read(message)


def _read(message: Any) -> Hello:  # noqa: ANN401 - JSON of any shape
    if not isinstance(message, dict) or message.get("type") not in {"hello", "disconnect"}:
        return Hello(failure="no hello of Slack")
    if message["type"] == "disconnect":
        return Hello(failure=str(message.get("reason"))[:40])
    info, count = message.get("connection_info"), message.get("num_connections")
    app = info.get("app_id") if isinstance(info, dict) else None
    return Hello(app if isinstance(app, str) else None, count if isinstance(count, int) else None)


def connection_findings(hello: Hello, bot_app: str | None, *, shares_data: bool) -> Iterator[Finding]:
    """Report on a connection; `bot_app` is the bot token's app, `shares_data` whether replicas share one database."""
    if hello.failure == "too_many_websockets":
        what = "Slack takes no further connection of this app: it has ten, the most there may be"
        yield failed("SLACK_APP_TOKEN", what, "Stop the processes that use this token and that you do not need.")
    elif hello.unreachable is not None:
        yield failed("SLACK_APP_TOKEN", f"for Socket Mode, {hello.unreachable.what}", hello.unreachable.remedy)
    elif hello.failure is not None:
        what = f"Slack gives an address for Socket Mode, but no connection comes about ({hello.failure})"
        yield failed("SLACK_APP_TOKEN", what, _WEBSOCKETS_REMEDY)
    elif bot_app and hello.app and hello.app != bot_app:
        what = f"is of the app {hello.app}, and SLACK_BOT_TOKEN of {bot_app}: commands of one never reach the other"
        yield failed("SLACK_APP_TOKEN", what, "Copy both tokens from the pages of the same app.")
    else:
        yield passed("SLACK_APP_TOKEN", "opens Socket Mode connections")
    if hello.failure is None and hello.connections is not None:
        yield _other_connections(hello.connections - 1, shares_data=shares_data)


def _other_connections(count: int, *, shares_data: bool) -> Finding:
    subject = "other connections"
    if count <= 0:
        return passed(subject, "none open besides this check's")
    if count == 1:
        return passed(subject, "one open besides this check's: the bot's own, if it is running")
    if shares_data:
        return passed(subject, f"{count} open besides this check's: the replicas', if they are running")
    what = f"{count} open besides this check's, and each gets only a part of the commands and presses"
    remedy = (
        "Look whether the bot runs twice with this token: with SQLite each has data of its own. Stop one, or give them"
        " one PostgreSQL (DATABASE_URL). Connections that broke may be counted for some minutes."
    )
    return warning(subject, what, remedy)
