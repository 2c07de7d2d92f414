"""Slow and broken partners: what was made is told as made, whoever was slow is named, and everybody hears the end."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from sandbox.faults import Fault
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, Transport, place

BOB: Final = "U0BOB"
TRANSPORTS: Final[tuple[Transport, ...]] = ("http", "socket")
PRESSES: Final = 8
PATIENCE: Final = 45.0
UNCERTAIN: Final[Mapping[str, Fault]] = {
    "500": Fault.html(500),
    "503": Fault.html(503),
    "a proxy's page with 200": Fault.html(200),
    "a reset": Fault.reset(),
    "no answer at all": Fault.hang(),
    "an answer that is lost": Fault.lost_answer(),
}


async def lines() -> AsyncIterator[Line]:
    """Try everything that can be slow, on the transports where they differ."""
    for transport in TRANSPORTS:
        async with place(transport) as here:
            await here.warm()
            yield await _presses_while(here, "2 s for each call of Flashduty", _slow_flashduty)
            yield await _presses_while(here, "e-mail look-ups and users.info take 3 s", _slow_people)
            yield await _presses_while(here, "the database is locked", locked_database)
            yield await _reads_while_away(here)
            for name, fault in UNCERTAIN.items():
                yield await _answers_when_response_urls_fail(here, name, fault)
    for transport in TRANSPORTS:
        async with place(transport) as here:
            await here.warm()
            for name, fault in UNCERTAIN.items():
                yield await _shares_when_posts_fail(here, name, fault)


async def _presses_while(here: Place, trouble: str, troubled: Any) -> Line:
    """Press Acknowledge on several incidents in a private list, one after the other, while something is slow."""
    ids = [_raised(here, f"Slow part {number}") for number in range(PRESSES)]
    shown = await here.listed(*ids)
    before = len(here.flashduty.calls)
    acked = 0
    with troubled(here):
        for incident in ids:
            delivery = await here.acknowledges(ALICE, shown, incident)
            acked += delivery.acked
        done = await here.comes(lambda: all(_told_as_made(here, one) for one in ids), PATIENCE)
    await here.settled(60)
    told = sum(_told_as_made(here, one) for one in ids)
    made = sum(_state(here, one) == "Processing" for one in ids)
    calls = sum(call.path == "/incident/ack" for call in here.flashduty.calls[before:])
    denied = [text for text in _texts(here) if "Slow part" in text and re.search(r"was not (made|acknowledged)", text)]
    broken = [
        *([f"{PRESSES - acked} presses were not acknowledged"] if acked < PRESSES else []),
        *([f"{made - told} were made and not told as made"] if not done or told < made else []),
        *([f"{PRESSES - made} were not made"] if made < PRESSES else []),
        *([f"{calls} calls for {PRESSES} acknowledgements"] if calls > PRESSES else []),
        *(["somebody was told that it was not made"] if denied else []),
    ]
    counts = {"presses": PRESSES, "acked": acked, "made": made, "told as made": told, "calls": calls}
    return Line(f"Acknowledge while {trouble}", here.transport, counts, tuple(broken))


@contextmanager
def _slow_flashduty(here: Place) -> Iterator[None]:
    here.flashduty.fail("*", Fault.delay(2.0), times=None)
    try:
        yield
    finally:
        here.flashduty.mend()


@contextmanager
def _slow_people(here: Place) -> Iterator[None]:
    for method in ("users.info", "users.lookupByEmail", "usergroups.users.list"):
        here.slack.fail(method, Fault.delay(3.0), times=None)
    try:
        yield
    finally:
        here.slack.mend()


@contextmanager
def locked_database(here: Place) -> Iterator[None]:
    other = sqlite3.connect(here.settings["DATABASE_URL"].removeprefix("sqlite:///"), timeout=20)
    other.isolation_level = None
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def _reads_while_away(here: Place) -> Line:
    """Ask for lists while Flashduty hangs, fails and resets: few requests, and a sentence that names Flashduty."""
    faults = {"hangs": Fault.hang(), "500": Fault.code("InternalError"), "resets": Fault.reset(), "502": Fault.html()}
    asked = told = named = 0
    calls_before = len(here.flashduty.calls)
    for fault in faults.values():
        here.flashduty.fail("/incident/list", fault, times=None)
        seen = len(here.slack.seen_by(ALICE, PAYMENTS))
        many = await asyncio.gather(*(here.slack.command(ALICE, PAYMENTS, "/flashduty incidents") for _ in range(10)))
        asked += len(many)
        await here.comes(lambda: len(here.slack.seen_by(ALICE, PAYMENTS)) >= seen + 10, 12)  # noqa: B023 - awaited here
        fresh = here.slack.seen_by(ALICE, PAYMENTS)[seen:]
        told += len(fresh)
        named += sum("Flashduty" in message["text"] for message in fresh)
        here.flashduty.mend()
    requests = sum(call.path == "/incident/list" for call in here.flashduty.calls[calls_before:])
    broken = [
        *([f"{asked - told} were never answered"] if told < asked else []),
        *([f"{told - named} answers do not name Flashduty"] if named < told else []),
        # A reserve of ten retries, and a tenth of the calls: what 0.1 held, over these few.
        *([f"{requests} requests for {asked} questions"] if requests > asked * 1.17 + 12 else []),
    ]
    counts = {"asked": asked, "told": told, "naming Flashduty": named, "requests": requests}
    return Line("lists while Flashduty is away in four ways", here.transport, counts, tuple(broken))


async def _answers_when_response_urls_fail(here: Place, name: str, fault: Fault) -> Line:
    """Type commands while Slack's response URLs fail: the second way is always tried."""
    asked = 5
    here.slack.fail("response_url", fault, times=None)
    answered = await here.answered(asked)
    here.slack.mend()
    await here.settled(40)
    broken = [f"{asked - answered} of {asked} never saw an answer"] if answered < asked else []
    return Line(f"response URLs give {name}", here.transport, {"asked": asked, "seen": answered}, tuple(broken))


async def _shares_when_posts_fail(here: Place, name: str, fault: Fault) -> Line:
    """Press "Share in channel" while posting fails: it is there, or the presser is told, and never twice."""
    presses = 2
    told = there = twice = 0
    for _ in range(presses):
        shown = await here.listed()
        before = len(_public(here))
        private = len(here.slack.seen_by(ALICE, PAYMENTS))
        here.slack.fail("chat.postMessage", fault, times=None)
        await here.slack.press(ALICE, shown, action_id=_share(shown))
        await here.comes(lambda: len(here.slack.seen_by(ALICE, PAYMENTS)) > private, 15)  # noqa: B023 - awaited here
        here.slack.mend()
        await here.settled(40)
        posted = len(_public(here)) - before
        there += posted > 0
        twice += posted > 1
        said = [one["text"] for one in here.slack.seen_by(ALICE, PAYMENTS)[private:] if one.get("is_ephemeral", True)]
        told += any(re.search(r"did not (confirm|answer)|could not", text) for text in said)
    silent = presses - max(there, told)
    broken = [
        *([f"{silent} of {presses} ended in silence"] if silent > 0 else []),
        *([f"{twice} came twice"] if twice else []),
    ]
    counts = {"presses": presses, "there": there, "told": told, "twice": twice}
    return Line(f"Share in channel, chat.postMessage gives {name}", here.transport, counts, tuple(broken))


def _raised(here: Place, title: str) -> str:
    record = here.flashduty.raise_incident(title=title, severity="Critical", flashduty_channel=5001)
    return str(record["incident_id"])


def _texts(here: Place) -> list[str]:
    return [str(message) for message in here.slack.seen_by(ALICE, PAYMENTS)]


def _told_as_made(here: Place, incident: str) -> bool:
    number = incident[-6:].upper()
    return any(
        number in message["text"] and "cknowledged" in message["text"]
        for message in here.slack.seen_by(ALICE, PAYMENTS)
        if len(message["text"]) < 600
    )


def _state(here: Place, incident: str) -> str:
    return str(here.flashduty.account.incidents[incident]["progress"])


def _public(here: Place) -> list[dict[str, Any]]:
    return here.slack.seen_by(BOB, PAYMENTS)


def _share(shown: Mapping[str, Any]) -> str:
    elements = (element for block in shown["blocks"] for element in block.get("elements", ()))
    return next(str(one["action_id"]) for one in elements if str(one.get("action_id", "")).startswith("share"))
