"""What an action on a card costs whoever waits: calls in a row, until the card is redrawn, until a form opens."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Final

import httpx

from sandbox.faults import Fault
from sandbox.flashduty.habits import NO_HABITS, Habits
from tests.proofs.bench.action_steps import ACTIONS, Action, Actions
from tests.proofs.bench.living_place import living_place
from tests.proofs.bench.processes import LOOPBACK
from tests.proofs.bench.row import Row, ratio
from tests.proofs.bench.wire import Wire, percentile
from tests.proofs.chaos.place import ALICE, PAYMENTS, place

SECONDS_A_CALL: Final = 0.2
# Nothing was shown for so long: nothing follows, as no two calls lie between what is shown.
LONGER_THAN_A_CALL: Final = 10 * SECONDS_A_CALL
MOST_REDRAW: Final = 1.3
MOST_OPENING: Final = 1.5
RESTART: Final = 9101
SETTINGS: Final = {
    "FLASHDUTY_TEAMS__PAYMENTS__CUSTOM_ACTIONS": f"Restart={RESTART}",
    "LOG_LEVEL": "warning",
}


@dataclass(frozen=True)
class Scale:
    """How much of it; a smaller one is for the test of this benchmark."""

    presses: int = 20
    blocks: int = 12
    actions: tuple[Action, ...] = ACTIONS


WHOLE: Final = Scale()


def measure() -> list[Row]:
    """Ask one bot in a process of its own, over signed HTTP, then one with living cards."""
    return asyncio.run(measured(WHOLE))


async def measured(scale: Scale) -> list[Row]:
    """Measure at a scale."""
    async with place("http", **SETTINGS) as here:
        await here.warm()
        acting = Actions(here, RESTART)
        rows = await _calls(acting, scale)
        rows.append(await _redrawn(acting, scale))
        rows.append(await _opened(acting, scale))
    return [*rows, await _living(scale)]


async def _calls(acting: Actions, scale: Scale) -> list[Row]:
    """Count the calls in a row of each action, each of which takes so long that those made at once overlap."""
    here, counted = acting.place, dict[str, int]()
    wire = Wire(here.slack, here.flashduty)
    for action in scale.actions:
        last = await acting.prepare(action)
        here.flashduty.habits = Habits(seconds=SECONDS_A_CALL)
        wire.clear()
        await acting.finish(last)
        await here.slack.settled(30, quiet=LONGER_THAN_A_CALL)
        counted[action.name] = wire.calls_in_a_row
        here.flashduty.habits = NO_HABITS
    how = "from the press to the last thing it shows to whoever pressed; calls at once count once; 200 ms a call"
    first = counted.pop("acknowledge")
    most = max(counted.values(), default=0)
    return [
        Row("calls to Flashduty until Acknowledge is seen", how, str(first), "≤ 2", first <= 2),
        Row(
            "calls to Flashduty until any other action is seen",
            f"{how}; in forms from what is sent",
            f"{most} (" + ", ".join(f"{name} {count}" for name, count in counted.items()) + ")",
            "≤ 3",
            most <= 3,
        ),
    ]


async def _redrawn(acting: Actions, scale: Scale) -> Row:
    """Acknowledge on cards that only the person sees, in turns with two bare calls."""
    here, took, bare = acting.place, list[float](), list[float]()
    wire = Wire(here.slack, here.flashduty)
    here.flashduty.habits = Habits(seconds=SECONDS_A_CALL)
    async with _plain(here.flashduty.url, str(here.flashduty.keys["payments"])) as plain:
        for _ in range(scale.presses):
            incident = acting.raised()
            card = await acting.card_of(incident)
            bare.append(await _two_calls(plain, acting.raised()))
            wire.clear()
            began = time.perf_counter()
            await here.slack.press(ALICE, card, action_id=f"acknowledge:{incident}")
            await here.comes(lambda: wire.redrawn_at)
            took.append(wire.redrawn_at - began)
            await here.settled()
    here.flashduty.habits = NO_HABITS
    return _over_two_calls("press to redrawn card of one's own, over two bare calls", took, bare)


async def _living(scale: Scale) -> Row:
    """Acknowledge on living cards of the channel, in turns with two bare calls."""
    took, bare = list[float](), list[float]()
    async with living_place(FLASHDUTY_TEAMS__PAYMENTS__RESPONDERS=ALICE) as here:
        here.slack.deliver_to(f"http://{LOOPBACK}:{here.environ['PORT']}/slack/events")
        wire = Wire(here.slack, here.flashduty)
        async with _plain(here.flashduty.url, str(here.flashduty.keys["payments"])) as plain:
            for count in range(1, scale.presses + 1):
                await here.raise_until(count)
                incident, other = here.ids[-1], here.flashduty.raise_incident(flashduty_channel=5003)["incident_id"]
                card = next(one for one in here.slack.seen_by(ALICE, PAYMENTS) if f"acknowledge:{incident}" in str(one))
                bare.append(await _two_calls(plain, other))
                wire.clear()
                began = time.perf_counter()
                await here.slack.press(ALICE, card, action_id=f"acknowledge:{incident}")
                await here.comes(lambda: wire.edited_at)
                took.append(wire.edited_at - began)
                await here.is_quiet()
    return _over_two_calls("press to edited living card, over two bare calls", took, bare)


def _over_two_calls(what: str, took: list[float], bare: list[float]) -> Row:
    return ratio(
        what,
        f"Acknowledge, {len(took)} presses in turns with an incident read and acknowledged by bare httpx;"
        " 200 ms a call; medians",
        median(took) / median(bare),
        MOST_REDRAW,
        f"{median(took) * 1000:.0f} ms over {median(bare) * 1000:.0f} ms, the slowest {max(took) * 1000:.0f} ms",
    )


@asynccontextmanager
async def _plain(url: str, key: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, params={"app_key": key}, timeout=30) as client:
        yield client


async def _two_calls(plain: httpx.AsyncClient, incident: str) -> float:
    began = time.perf_counter()
    for path, body in (
        ("/incident/info", {"incident_id": incident}),
        ("/incident/ack", {"incident_ids": [incident]}),
    ):
        (await plain.post(path, json=body)).raise_for_status()
    return time.perf_counter() - began


async def _opened(acting: Actions, scale: Scale) -> Row:
    """Open every form while Flashduty answers and while it hangs, in turns."""
    idle, hanging = list[float](), list[float]()
    for block in range(scale.blocks):
        idle += await _block(acting, block)
        acting.place.flashduty.mend()
        hanging += await _block(acting, block, Fault.hang())
        acting.place.flashduty.mend()
        await acting.place.settled(60)
    calm, broken = percentile(idle, 99), percentile(hanging, 99)
    return ratio(
        "a form that opens while Flashduty hangs, over an idle opening",
        f"99th percentiles of {len(hanging)} and {len(idle)} openings of every form, from a card, a command and More,"
        " in turns; from the press until Slack has the form",
        broken / calm,
        MOST_OPENING,
        f"{broken * 1000:.0f} ms over {calm * 1000:.0f} ms; medians {median(hanging) * 1000:.0f} ms"
        f" over {median(idle) * 1000:.0f} ms",
    )


async def _block(acting: Actions, block: int, fault: Fault | None = None) -> list[float]:
    """Open each form once, with what is pressed shown before the fault begins."""
    here, took = acting.place, list[float]()
    openings = await acting.openings(block)
    await here.settled(60)
    if fault is not None:
        here.flashduty.fail("*", fault, times=None)
    wire = Wire(here.slack, here.flashduty)
    for opening in openings:
        wire.clear()
        began = time.perf_counter()
        await opening()
        if not await here.comes(lambda: wire.opened_at):
            raise RuntimeError("a form did not open")
        took.append(wire.opened_at - began)
    return took
