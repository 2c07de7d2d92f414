"""How long a person waits for an answer beside something broken, over an idle run of the same process."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from statistics import median
from typing import Final

from sandbox.faults import Fault
from tests.proofs.bench.processes import LOOPBACK
from tests.proofs.bench.row import Row, ratio
from tests.proofs.chaos.attacker import attacked
from tests.proofs.chaos.http_attacks import Scale
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, place
from tests.proofs.chaos.slowness import locked_database

COMMANDS: Final = 30
HELD: Final = Scale(seconds=20.0)
# A person waits 4.2 s at most: 100 idle commands of 42 ms, as measured on two shared cores beside other work. Three
# times that lets a machine be three times as fast; where nobody is told, the 20 s waited here are 480 of them.
MOST_IDLE_COMMANDS: Final = 300.0


def measure() -> list[Row]:
    """Ask the bot in a process of its own, over signed HTTP, first idle and then under each fault."""
    return asyncio.run(_measure())


async def _measure() -> list[Row]:
    async with place("http") as here:
        await here.warm()
        await _waited(here, "help")
        rows = []
        for what, words, broken, most in (
            ("1,100 silent connections", "help", _beside("silent connections"), 2.0),
            ("1,100 connections that drip heads", "help", _beside("slow heads"), 5.0),
            ("8 × 50 MiB of small headers", "help", _beside("tiny headers"), 10.0),
            ("a Slack method that hangs for others", "help", _slack_hangs, 2.0),
            ("a database that is locked", "oncall", _locked, 2.0),
        ):
            idle = await _waited(here, words)
            async with broken(here):
                under = await _waited(here, words)
            await here.settled(60)
            again = await _waited(here, words)
            calm = median([*idle, *again])
            how = (
                f"`/flashduty {words}`, {COMMANDS} in a row, from the request until the person sees the answer; medians"
            )
            detail = f"{median(under) * 1000:.0f} ms over {calm * 1000:.0f} ms idle"
            rows.append(ratio(f"an answer beside {what}", how, median(under) / calm, most, detail))
        return [*rows, await _while_away(here)]


async def _waited(here: Place, words: str) -> list[float]:
    """Type commands one after the other and give the seconds until each answer is seen."""
    took = []
    for _ in range(COMMANDS):
        before = len(here.slack.seen_by(ALICE, PAYMENTS))
        began = time.monotonic()
        await here.slack.command(ALICE, PAYMENTS, f"/flashduty {words}")
        if await here.comes(lambda: len(here.slack.seen_by(ALICE, PAYMENTS)) > before, 10):  # noqa: B023 - awaited here
            took.append(time.monotonic() - began)
    return took or [float("inf")]


async def _while_away(here: Place) -> Row:
    """Tell how long a person waits while Flashduty hangs: bounded by our patience, not by Flashduty."""
    idle = median(await _waited(here, "incidents"))
    here.flashduty.fail("/incident/list", Fault.hang(), times=None)
    began = time.monotonic()
    seen = len(here.slack.seen_by(ALICE, PAYMENTS))
    await asyncio.gather(*(here.slack.command(ALICE, PAYMENTS, "/flashduty incidents") for _ in range(COMMANDS)))
    is_told = await here.comes(lambda: len(here.slack.seen_by(ALICE, PAYMENTS)) >= seen + COMMANDS, 20)
    slowest = time.monotonic() - began
    here.flashduty.mend()
    return Row(
        "the sentence while Flashduty hangs",
        f"{COMMANDS} at once, until the last person knows, over one command of an idle bot",
        f"{slowest / idle:.0f} × ({slowest:.1f} s over {idle * 1000:.0f} ms idle)",
        f"≤ {MOST_IDLE_COMMANDS:g} ×",
        is_told and slowest / idle <= MOST_IDLE_COMMANDS,
    )


def _beside(name: str):
    @asynccontextmanager
    async def beside(here: Place) -> AsyncIterator[None]:
        attack = asyncio.create_task(_again_and_again(name, here))
        await asyncio.sleep(1)
        try:
            yield
        finally:
            attack.cancel()
            with suppress(asyncio.CancelledError):
                await attack

    return beside


async def _again_and_again(name: str, here: Place) -> None:
    while True:
        await attacked(name, LOOPBACK, here.bot.port, HELD)


@asynccontextmanager
async def _slack_hangs(here: Place) -> AsyncIterator[None]:
    """Let somebody else's requests hang in a method of Slack's that this one does not need."""
    here.slack.fail("conversations.members", Fault.hang(), times=None)
    for number in range(40):
        await here.slack.command("U0BOB", "C0GENERAL", f"/flashduty oncall {number}")
    try:
        yield
    finally:
        here.slack.mend()


@asynccontextmanager
async def _locked(here: Place) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        stack.enter_context(locked_database(here))
        yield
