"""Hostile and broken requests and answers: nothing falls over, nothing runs twice, nothing gets in."""

import asyncio
import copy
import hashlib
import hmac
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from sandbox.slack.delivery.deliveries import Delivery
from tests.proofs.bench.processes import LOOPBACK
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, place

BODIES: Final = 3000
REPLAYS: Final = 40
AT_A_TIME: Final = 20
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
STRANGE: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 10**40, 1.5, float("inf"), "", " ", "a" * 5000, "\x00", "\ud800", "<@U0ALICE>", "<!channel>",
    [], [[]], [None], {}, {"": ""}, {"id": []}, {"id": {"id": 1}}, [{"actions": 1}], "payload=%7B", "../../etc/passwd",
)  # fmt: skip


async def lines() -> AsyncIterator[Line]:
    """Send and answer what nobody should."""
    async with place("http") as here:
        await here.warm()
        yield await _signed_bodies(here)
        yield await _replays(here)
        yield await _forged(here)
        yield await _forged_response_urls(here)
    async with place("socket") as here:
        await here.warm()
        yield await _replays(here)


async def _signed_bodies(here: Place) -> Line:
    """Send thousands of rightly signed bodies of wrong shapes (seeded, and the seed is told)."""
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    originals = [delivery.payload for delivery in await _samples(here)]
    statuses: Counter[int] = Counter()
    gate = asyncio.Semaphore(AT_A_TIME)

    async with aiohttp.ClientSession() as session:

        async def one(kind: str, body: bytes) -> None:
            async with gate:
                statuses[await _sent(session, here, body, kind)] += 1

        await asyncio.gather(*(one(*_mutated(chance, originals)) for _ in range(BODIES)))
    await here.settled(60)
    alive = await here.answered(3)
    broken_answers = sum(count for status, count in statuses.items() if status >= 500)
    tracebacks = here.bot.tracebacks
    broken = [
        *([f"{broken_answers} answers of 5xx (seed {seed})"] if broken_answers else []),
        *([f"{tracebacks} tracebacks in the log (seed {seed})"] if tracebacks else []),
        *(["it does not answer any more"] if alive < 3 else []),
    ]
    counts = {"bodies": BODIES, "5xx": broken_answers, "tracebacks": tracebacks, "seed": seed}
    return Line("signed bodies of wrong shapes", here.transport, counts, tuple(broken), here.kept_mib, 32.0)


async def _samples(here: Place) -> list[Delivery]:
    """Take real payloads of every kind that people cause."""
    incident = here.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    command = await here.slack.command(ALICE, PAYMENTS, "/flashduty incidents")
    await here.settled()
    shown = await here.listed(incident["incident_id"])
    press = await here.acknowledges(ALICE, shown, incident["incident_id"])
    mention = await here.slack.say(ALICE, PAYMENTS, f"<@{here.slack.workspace.app.user_id}> oncall")
    await here.settled()
    return [command, press, mention]


def _mutated(chance: random.Random, originals: list[dict[str, Any]]) -> tuple[str, bytes]:
    """Break one of the payloads in one to four places, and write it in one of the ways a body is written."""
    payload = copy.deepcopy(chance.choice(originals))
    for _ in range(chance.randint(1, 4)):
        holder, name = chance.choice(list(_places(payload)))
        if chance.random() < 0.2:
            del holder[name]
        else:
            holder[name] = copy.deepcopy(chance.choice(STRANGE))
        if not payload:
            break
    way = chance.random()
    if way < 0.4:
        return FORM, urlencode({"payload": json.dumps(payload)}).encode()
    if way < 0.7:
        return JSON, json.dumps(payload).encode()
    flat = {str(name): value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
    return FORM, urlencode(flat, errors="replace").encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """List every place in a payload that can be broken."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, held in list(pairs):
        yield value, name
        yield from _places(held)


async def _sent(session: aiohttp.ClientSession, here: Place, body: bytes, kind: str, **changed: str) -> int:
    """Send a signed body and give the status; 0 when the connection broke."""
    headers = _signed(here.slack.signing_secret, body) | {"Content-Type": kind} | changed
    try:
        async with session.post(f"{here.bot.url}/slack/events", data=body, headers=headers) as answer:
            await answer.read()
            return answer.status
    except aiohttp.ClientError:
        return 0


def _signed(secret: str, body: bytes, *, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


async def _replays(here: Place) -> Line:
    """Bring the same delivery again and again: commands, presses and mentions run once."""
    deliveries = await _samples(here)
    calls, seen = len(here.flashduty.calls), len(here.slack.seen_by(ALICE, PAYMENTS))
    for delivery in deliveries:
        for _ in range(REPLAYS):
            await here.slack.redeliver(delivery)
    await here.settled(40)
    again = len(here.flashduty.calls) - calls
    shown = len(here.slack.seen_by(ALICE, PAYMENTS)) - seen
    broken = [
        *([f"{again} calls of Flashduty by replays"] if again else []),
        *([f"{shown} messages by replays"] if shown else []),
    ]
    counts = {"replays": REPLAYS * len(deliveries), "second runs": again + shown}
    return Line("the same request again", here.transport, counts, tuple(broken))


async def _forged(here: Place) -> Line:
    """Try ways in without the signing secret."""
    command = await here.slack.command(ALICE, PAYMENTS, "/flashduty help")
    await here.settled()
    body = urlencode(command.payload | {"trigger_id": "1.2.forged"}).encode()
    good = _signed(here.slack.signing_secret, body)
    tries: list[Mapping[str, str]] = [
        {},
        _signed("another secret", body),
        _signed(here.slack.signing_secret, body + b"&text=incidents"),
        _signed(here.slack.signing_secret, body, at=time.time() - 301),
        # Of the future, also when it has taken a while to be sent.
        _signed(here.slack.signing_secret, body, at=time.time() + 330),
        _signed("", body),
        good | {"X-Slack-Request-Timestamp": "0"},
        good | {"X-Slack-Request-Timestamp": "٣٣"},
        good | {"X-Slack-Signature": good["X-Slack-Signature"].upper()},
        good | {"X-Slack-Signature": good["X-Slack-Signature"].removeprefix("v0=")},
        good | {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": good["X-Slack-Signature"]},
        {"X-Slack-Request-Timestamp": good["X-Slack-Request-Timestamp"]},
    ]
    calls = len(here.slack.calls)
    statuses = [await _posted(here, body, headers) for headers in tries]
    await here.settled()
    let_in = sum(status < 400 for status in statuses)
    failed = sum(status >= 500 for status in statuses)
    acted = len(here.slack.calls) - calls
    broken = [
        *([f"{let_in} of {len(tries)} were let in"] if let_in else []),
        *([f"{failed} answers of 5xx"] if failed else []),
        *([f"{acted} calls of Slack because of them"] if acted else []),
    ]
    return Line("forged signatures", here.transport, {"tries": len(tries), "let in": let_in}, tuple(broken))


async def _posted(here: Place, body: bytes, headers: Mapping[str, str]) -> int:
    whole = {"Content-Type": FORM, **headers}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{here.bot.url}/slack/events", data=body, headers=whole) as answer,
    ):
        return answer.status


async def _forged_response_urls(here: Place) -> Line:
    """Sign commands whose response URLs lead elsewhere: nothing is sent there."""
    hits: list[str] = []
    async with _listening(hits) as elsewhere:
        origin = here.slack.url
        command = (await here.slack.command(ALICE, PAYMENTS, "/flashduty help")).payload
        addresses = [
            f"{elsewhere}/hooks/x",
            f"{origin}@{elsewhere.removeprefix('http://')}/x",
            f"{origin}.{elsewhere.removeprefix('http://')}/x",
            f"{elsewhere}/?x={origin}/",
            f"http://hooks.slack.com@{elsewhere.removeprefix('http://')}/",
            "file:///etc/passwd",
            "//" + elsewhere.removeprefix("http://"),
            f"{origin}\\@{elsewhere.removeprefix('http://')}/",
        ]
        async with aiohttp.ClientSession() as session:
            for number, address in enumerate(addresses):
                body = urlencode(command | {"response_url": address, "trigger_id": f"9.{number}.x"}).encode()
                await _sent(session, here, body, FORM)
        await here.settled(40)
    broken = [f"{len(hits)} requests went to a forged address"] if hits else []
    counts = {"addresses": len(addresses), "requests": len(hits)}
    return Line("forged response URLs", here.transport, counts, tuple(broken))


@asynccontextmanager
async def _listening(hits: list[str]) -> AsyncIterator[str]:
    """Listen on a port of its own and note every request."""

    async def note(request: web.Request) -> web.Response:
        hits.append(request.path)
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", note)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, 0)
        await site.start()
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
