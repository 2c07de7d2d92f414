"""Partners that repeat what they were told in confidence: nowhere the bot writes or says is a key or a token."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from sandbox.faults import Fault
from tests.proofs.bench.processes import LOOPBACK
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, Transport, place
from tests.proofs.chaos.together import together

TRANSPORTS: Final[tuple[Transport, ...]] = ("http", "socket")
BOB: Final = "U0BOB"
# A key with what is written otherwise in an address.
KEY: Final = "made+up/app=key=0001"
READS: Final = ("incidents", "oncall", "oncall week", "me", "digest", "digest week", "incident 0E83EE", "digest post")
OF_SLACK: Final = ("users.info", "chat.postMessage", "chat.postEphemeral", "conversations.members")


async def lines() -> AsyncIterator[Line]:
    """Let Flashduty repeat the APP Key, and Slack the bot's token, in everything they say."""
    makings = [made(transport) for transport in TRANSPORTS for made in (_errors, _titles, _of_slack)]
    async for line in together(makings):
        yield line


async def _errors(transport: Transport) -> Line:
    """Answer with the key in request id, code, message and header."""
    async with _repeating() as address:
        settings = {"FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": KEY, "FLASHDUTY_API_URL": address, "LOG_LEVEL": "debug"}
        async with place(transport, **settings, ADMINS=ALICE) as here:
            for _ in _forms(KEY):
                await _asked(here, ALICE)
            return await _searched(here, "Flashduty's errors repeat the APP Key", KEY)


async def _titles(transport: Transport) -> Line:
    """Write the key into titles of incidents, which are answers of another kind."""
    async with place(transport, LOG_LEVEL="debug") as here:
        key = str(here.flashduty.keys["payments"])
        for form in _forms(key):
            here.flashduty.raise_incident(title=f"Somebody pasted {form} here", severity="Critical")
        await _asked(here, ALICE)
        shown = here.slack.seen_by(ALICE, PAYMENTS)
        line = await _searched(here, "titles of incidents repeat the APP Key", key)
        hidden = sum("Somebody pasted" in str(message) for message in shown)
        return (
            line if hidden else Line(line.fault, line.where, line.counts, (*line.broken, "no title was shown at all"))
        )


async def _of_slack(transport: Transport) -> Line:
    """Refuse with the token in every field of a refusal, and in a page."""
    async with place(transport, LOG_LEVEL="debug", ADMINS=ALICE) as here:
        await here.warm()
        token = here.slack.bot_token
        for form in _forms(token):
            told = {"ok": False, "error": form, "needed": form, "provided": form, "warning": form}
            for method in OF_SLACK:
                here.slack.fail(
                    method, Fault.says(json.dumps(told | {"response_metadata": {"messages": [form]}})), None
                )
            here.slack.fail("response_url", Fault.says(form, content_type="text/plain", status=500), times=2)
            await _asked(here, BOB)
            await _asked(here, ALICE)
            here.slack.mend()
        return await _searched(here, "Slack repeats the bot's token", token)


async def _asked(here: Place, user: str) -> None:
    for words in READS:
        await here.slack.command(user, PAYMENTS, f"/flashduty {words}")
    await here.settled(40)


def _forms(secret: str) -> tuple[str, ...]:
    """Write a secret as it is, percent-encoded, and with every byte percent-encoded."""
    whole = "".join(f"%{byte:02x}" for byte in secret.encode())
    return tuple(dict.fromkeys((secret, quote(secret, safe=""), whole, whole.upper())))


async def _searched(here: Place, what: str, secret: str) -> Line:
    """Count the secret wherever the bot wrote or said something; its log is whole when it has ended."""
    _, ready = await here.bot.readiness()
    people = ((ALICE, PAYMENTS), (BOB, PAYMENTS), (ALICE, "D0ALICE"), (BOB, "D0BOB"))
    shown = [message for user, channel in people for message in here.slack.seen_by(user, channel) if message["is_bot"]]
    here.bot.terminate()
    await here.bot.ended()
    told = {
        "in the log": here.bot.log.read_text(errors="replace"),
        "in messages": json.dumps(shown, ensure_ascii=False),
        "in /readyz": json.dumps(ready),
        "in the database": "\n".join(_contents(here.folder / "bot.db")),
    }
    found = {where: sum(text.count(form) for form in _forms(secret)) for where, text in told.items()}
    hidden = sum(text.count("[hidden]") for text in told.values())
    broken = [
        *(f"{count} times {where}" for where, count in found.items() if count),
        *([f"{here.bot.tracebacks} tracebacks"] if here.bot.tracebacks else []),
        *([] if hidden else ["nothing was hidden anywhere: it was not repeated at all"]),
        *([] if shown else ["nobody was told anything"]),
    ]
    return Line(what, here.transport, {"messages": len(shown), "hidden": hidden, **found}, tuple(broken))


def _contents(path: Path) -> Iterator[str]:
    """Give every row of every table, and the file's own bytes, the write-ahead log's included."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            yield from map(str, connection.execute(f'SELECT * FROM "{name}"'))  # noqa: S608 - names of our own tables
    for file in path.parent.glob(f"{path.name}*"):
        yield file.read_bytes().decode("latin-1")


@asynccontextmanager
async def _repeating() -> AsyncIterator[str]:
    """Listen as a Flashduty that answers each request with the key it came with, in one form after the other."""
    asked = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal asked
        forms = _forms(request.query.get("app_key", ""))
        form = forms[asked % len(forms)]
        asked += 1
        told: dict[str, Any] = {
            "request_id": form,
            "error": {"code": form, "message": f"app_key={form} is wrong: {form}"},
        }
        return web.json_response(told, status=400, headers={"Flashcat-Request-Id": form})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, 0)
        await site.start()
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
