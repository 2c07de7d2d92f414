"""Living cards while Flashduty takes 200 ms a call: hint to edited card, hints a second, and memory."""

import asyncio
import json
import random
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import aiohttp

from tests.proofs.bench.living_place import CHANNEL, LivingPlace, hooked, living_place
from tests.proofs.bench.processes import LOOPBACK, child, connected, database, free_port
from tests.proofs.bench.row import Row, ratio

WITHOUT_LIMITS: Final = "tests.proofs.bench.bot_without_limits"
FLAT: Final = 1.3
LEAST: Final = 0.5
MOST_MEMORY: Final = 1.5


@dataclass(frozen=True)
class Scale:
    """How much of it; a smaller one is for the test of this benchmark."""

    live: tuple[int, ...] = (1, 100, 1_000)
    samples: int = 30
    seconds: float = 60.0
    in_progress: int = 100
    known: int = 10_000
    settles: float = 45.0


WHOLE: Final = Scale()


def measure() -> list[Row]:
    """Measure one bot with more and more cards, then the plain way, then a bot that starts with all of it."""
    return asyncio.run(measured(WHOLE))


async def measured(scale: Scale) -> list[Row]:
    """Measure at a scale."""
    waited: dict[int, list[float]] = {}
    async with living_place(WITHOUT_LIMITS) as place:
        for live in scale.live:
            await place.raise_until(live)
            waited[live] = await _waited(place, live, scale.samples)
        bot = await _sustained(place, scale)
        place.bot.stop()
        async with _bare(place):
            bare = await _sustained(place, scale)
        full = await _peak_with_all(place, scale)
    empty = await _peak_when_empty(scale)
    return [_flat(waited), _worst(waited), _throughput(bot, bare, scale), _memory(full, empty, scale)]


async def _waited(place: LivingPlace, live: int, samples: int) -> list[float]:
    """Change one incident after the other, and give the seconds until each card shows it."""
    chance, waited = random.Random(live), []
    for _ in range(samples):
        number = chance.randrange(live)
        began = time.monotonic()
        state = place.change(number)
        await place.comes(lambda: place.shown[number] == state)  # noqa: B023 - awaited here
        waited.append(time.monotonic() - began)
        # At any moment of the hints' and the polls' own rhythm.
        await asyncio.sleep(chance.uniform(0.2, 1.0))
    return waited


async def _sustained(place: LivingPlace, scale: Scale) -> float:
    """Keep so many hints in progress, each at another incident; give how many cards a second were edited for theirs."""
    waiting: dict[int, int] = {}
    numbers = iter(range(10**9))
    done = 0

    def send() -> None:
        number = next(numbers) % len(place.ids)
        waiting[number] = place.change(number)

    def edited(number: int, state: int) -> None:
        nonlocal done
        if waiting.get(number) == state:
            del waiting[number]
            done += 1
            send()

    place.on_edit = edited
    for _ in range(min(scale.in_progress, len(place.ids))):
        send()
    began = time.monotonic()
    await asyncio.sleep(scale.seconds)
    sustained = done / (time.monotonic() - began)
    place.on_edit = lambda _number, _state: None
    return sustained


@asynccontextmanager
async def _bare(place: LivingPlace) -> AsyncIterator[None]:
    """Let the plain way follow the hints instead of the bot; the limits of Flashduty's account do not hold for it."""
    port = free_port()
    place.flashduty.webhooks.clear()
    place.flashduty.rate_limit.is_on = False
    messages = json.dumps(_messages(place)).encode()
    environ = {**place.environ, "PORT": str(port), "DATABASE_URL": database()}
    environ["APP_KEY"] = str(place.flashduty.keys["payments"])
    with child("tests.proofs.bench.bare_edits", environ=environ):
        (await asyncio.to_thread(connected, port)).close()
        async with aiohttp.ClientSession(f"http://{LOOPBACK}:{port}") as session:
            (await session.post("/messages", data=messages)).release()
        hooked(place.flashduty, port)
        yield
        place.flashduty.webhooks.clear()
    place.flashduty.rate_limit.is_on = True


def _messages(place: LivingPlace) -> dict[str, dict[str, Any]]:
    """Return the cards in the channel, by incident, as they are sent to be edited."""
    found = {}
    for message in place.slack.seen_by("U0BOB", CHANNEL):
        if (card := re.search(r"Service (\d+) is slow", message["text"])) and message.get("thread_ts") in {
            None,
            message["ts"],
        }:
            found[place.ids[int(card[1])]] = {"channel": CHANNEL, "ts": message["ts"], "blocks": message["blocks"]}
    return found


async def _peak_with_all(place: LivingPlace, scale: Scale) -> float:
    """Start the bot where it knows all incidents, and let it read and draw those with live cards."""
    _remember_closed(place.environ["DATABASE_URL"].removeprefix("sqlite:///"), scale.known - len(place.ids))
    return await _peak(place.environ, scale)


async def _peak_when_empty(scale: Scale) -> float:
    """Start the bot where there is not one incident."""
    async with living_place() as place:
        place.bot.stop()
        return await _peak(place.environ, scale)


async def _peak(environ: Mapping[str, str], scale: Scale) -> float:
    """Give the peak memory of a bot that has run for a while, in MB."""
    with child("tests.proofs.bench.as_installed", "bot", environ=environ) as bot:
        await asyncio.sleep(scale.settles)
        await asyncio.to_thread(bot.stop)
    return bot.peak_mb


def _remember_closed(file: str, count: int) -> None:
    """Write rows of incidents that are closed, each like one of those that are open."""
    with closing(sqlite3.connect(file)) as connection, connection:
        cursor = connection.execute("SELECT * FROM cards WHERE ts IS NOT NULL LIMIT 1")
        names = [column[0] for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
        slots = ", ".join(f":{name}" for name in names)
        rows = (
            row | {"incident_id": f"{number:024x}", "ts": f"1.{number:06}", "closed_at": row["posted_at"]}
            for number in range(count)
        )
        connection.executemany(f"INSERT INTO cards ({', '.join(names)}) VALUES ({slots})", rows)  # noqa: S608 - names of the table's own columns


def _flat(waited: Mapping[int, list[float]]) -> Row:
    medians = {live: median(seconds) for live, seconds in waited.items()}
    each = ", ".join(f"{seconds:.2f} s with {live:,}" for live, seconds in medians.items())
    least = next(iter(medians.values()))
    return ratio(
        "hint to edited card with the most live cards, over one",
        "from the webhook to Slack's answer, Flashduty takes 200 ms a call; medians of"
        f" {len(next(iter(waited.values())))} hints each, at any moment; Slack's limits are off",
        max(medians.values()) / least,
        FLAT,
        each,
    )


def _worst(waited: Mapping[int, list[float]]) -> Row:
    each = ", ".join(f"{max(seconds):.2f} s with {live:,}" for live, seconds in waited.items())
    return Row("the same, the slowest hint of each", "one that comes while all open incidents are read waits", each)


def _throughput(bot: float, bare: float, scale: Scale) -> Row:
    live = scale.live[-1]
    return Row(
        "hints a second, each ending in an edit of its own, over bare read, insert and edit",
        f"sustained for {scale.seconds:.0f} s, {scale.in_progress} in progress, each at another incident of {live:,};"
        " bare: for each a call, a committed row and a ready-made edit, same libraries, a process of its own;"
        " Slack's limits are off in both, Flashduty's for bare",
        f"{bot / bare:.2f} × ({bot:.0f} over {bare:.0f} a second)",
        f"≥ {LEAST:g} ×",
        bot / bare >= LEAST,
    )


def _memory(full: float, empty: float, scale: Scale) -> Row:
    return ratio(
        f"peak memory with {scale.known:,} known incidents and {scale.live[-1]:,} live cards, over none",
        f"{scale.settles:.0f} s from a start that reads and draws all open ones; resident, as the kernel counts it",
        full / empty,
        MOST_MEMORY,
        f"{full:.0f} MB over {empty:.0f} MB",
    )
