"""`kill -9` of the replica that leads the cards: no card stays stale, none comes twice, and neither does a reply."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from tests.proofs.bench.processes import free_port
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import PAYMENTS, Place, Process, place, start, until_ready
from tests.proofs.chaos.postgres import MISSING, fresh_database, is_installed, server

BOB: Final = "U0BOB"
# While something is open, and at rest.
MOST_STALE: Final = 40.0
MOST_STALE_AT_REST: Final = 120.0
KILLS: Final = 4
TEAM: Final = "FLASHDUTY_TEAMS__PAYMENTS__"
CARDS: Final = {TEAM + "CARDS_CHANNEL": PAYMENTS, TEAM + "CARDS_MENTION": "thread", TEAM + "CARDS_STORM": "100"}


@dataclass
class _Replicas:
    """Two processes on one database; the one that is killed is started anew."""

    here: Place
    both: list[Process]
    stack: AsyncExitStack
    stale: list[float] = field(default_factory=list)

    async def begin(self) -> Process:
        """Start one more."""
        settings = {**self.here.settings, "PORT": str(free_port())}
        bot = await start(settings, self.here.folder / f"bot-{len(self.stale)}-{len(self.both)}.log")
        self.stack.push_async_callback(bot.ended)
        self.stack.callback(bot.terminate)
        await until_ready(bot)
        self.both.append(bot)
        return bot

    async def kill_the_leader(self) -> None:
        """Kill whoever says that it leads, wherever it is."""
        for _ in range(200):
            for bot in self.both:
                if (await bot.readiness())[1].get("seconds_since_cards") is not None:
                    self.both.remove(bot)
                    bot.process.kill()
                    await bot.process.wait()
                    return
            await asyncio.sleep(0.1)
        raise RuntimeError("no replica leads the cards")

    async def follows(self, shown: Callable[[], bool], since: float) -> None:
        """Wait until the card shows it, and note how long it was stale."""
        await self.here.comes(shown, MOST_STALE_AT_REST)
        self.stale.append(time.monotonic() - since)


async def lines() -> AsyncIterator[Line]:
    """Kill the leader between a change and its card, and look at what is in the channel."""
    if not is_installed():
        yield Line("kill -9 of the leader of cards", "socket", {}, (MISSING,))
        return
    with server() as own:
        for most, poll_every in ((MOST_STALE, "20s"), (MOST_STALE_AT_REST, "60s")):
            settings = {**CARDS, TEAM + "CARDS_POLL_EVERY": poll_every}
            address = await fresh_database(own.address)
            async with place("socket", DATABASE_URL=address, **settings) as here, AsyncExitStack() as stack:
                yield await _killed(_Replicas(here, [here.bot], stack), most, poll_every)


async def _killed(replicas: _Replicas, most: float, poll_every: str) -> Line:
    here, chance, incidents = replicas.here, random.Random(poll_every), list[str]()
    console = here.flashduty.console
    for number in range(KILLS if most == MOST_STALE else 1):
        await replicas.begin()
        title = f"Host {number} is gone"
        record = here.flashduty.raise_incident(title=title, severity="Warning", flashduty_channel=5001)
        incident = str(record["incident_id"])
        incidents.append(incident)
        await here.comes(lambda: _cards(here, incident), MOST_STALE_AT_REST)  # noqa: B023 - awaited here
        console.acknowledge(incident, by="Bob Müller")
        console.comment(incident, text=f"Looking at {number}.")
        since = time.monotonic()
        await asyncio.sleep(chance.uniform(0, 3))
        await replicas.kill_the_leader()
        await replicas.follows(lambda: _is_told(here, incident, number), since)  # noqa: B023 - same
    await here.settled(30)
    return _line(replicas, incidents, most=most, poll_every=poll_every)


def _line(replicas: _Replicas, incidents: list[str], *, most: float, poll_every: str) -> Line:
    here, said = replicas.here, _said(replicas.here)
    cards = sum(len(_cards(here, one)) for one in incidents)
    replies = sum(said.count(f"Looking at {number}.") for number in range(len(incidents)))
    told = sum(_is_told(here, one, number) for number, one in enumerate(incidents))
    longest = max(replicas.stale)
    counts = {"kills": len(incidents), "cards": cards, "replies": replies, "seconds stale at most": round(longest)}
    broken = [
        *([f"{cards} cards for {len(incidents)} incidents"] if cards != len(incidents) else []),
        *([f"{replies} replies with {len(incidents)} comments"] if replies != len(incidents) else []),
        *([f"{len(incidents) - told} cards stayed stale"] if told != len(incidents) else []),
        *([f"a card was stale for {longest:.0f} s, of {most:g} s"] if longest > most else []),
    ]
    what = f"kill -9 of the leader of cards, looks every {poll_every}"
    return Line(what, here.transport, counts, tuple(broken))


def _said(here: Place) -> str:
    return "\n".join(str(one["text"]) for one in here.slack.seen_by(BOB, PAYMENTS))


def _cards(here: Place, incident: str) -> list[dict[str, Any]]:
    number = f"#{incident[-6:].upper()}"
    found = here.slack.seen_by(BOB, PAYMENTS)
    return [one for one in found if one["text"].startswith("🔶") and number in one["text"].split("\n")[0]]


def _is_told(here: Place, incident: str, number: int) -> bool:
    """Whether the card shows the acknowledgement, and the thread the comment."""
    has_state = any("*Acknowledged* by Bob Müller" in one["text"] for one in _cards(here, incident))
    return has_state and f"Looking at {number}." in _said(here)
