"""Whether everybody gets an answer when everybody asks at once and Flashduty hangs."""

import asyncio
import json
import signal
from collections.abc import Mapping
from typing import Final

from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from sandbox.slack.harbor import harbor
from tests.proofs.bench.processes import LOOPBACK, Child, child, connected, database, free_port
from tests.proofs.bench.row import Row

COMMANDS: Final = 500
DEADLINE: Final = 3.0
MOST_LAG_MS: Final = 50.0
PATIENCE: Final = 30.0
WITH_CARDS: Final[tuple[Mapping[str, str], ...]] = (
    {},
    {"FLASHDUTY_TEAMS__PAYMENTS__CARDS_CHANNEL": "C0PAYMENTS"},
)


def measure() -> list[Row]:
    """Send 500 commands at once to the bot in a process of its own, without cards and with them."""
    return [row for cards in WITH_CARDS for row in asyncio.run(_measure(cards))]


async def _measure(cards: Mapping[str, str]) -> list[Row]:
    clock = Clock()
    slack = PretendSlack(clock=clock, workspace=harbor())
    flashduty = PretendFlashduty(clock=clock, account=harbor_account(clock.now()))
    port = free_port()
    async with slack, flashduty:
        with child("tests.proofs.bench.bot_with_meter", environ=_environ(slack, flashduty, port) | cards) as bot:
            (await asyncio.to_thread(connected, port)).close()
            slack.deliver_to(f"http://{LOOPBACK}:{port}/slack/events")
            if cards:
                # What is open has its place before Flashduty hangs, for the watch of the cards as well.
                await slack.until(lambda: any(call.method == "chat.postMessage" for call in slack.calls), PATIENCE)
            flashduty.fail("/incident/list", Fault.hang(), times=None)
            bot.process.send_signal(signal.SIGUSR1)
            took = await _all_at_once(slack)
            await slack.settled(timeout=PATIENCE)
            lag = await _lag(bot)
    return _rows(took, lag, ", with cards on" if cards else "")


async def _all_at_once(slack: PretendSlack) -> list[float]:
    deliveries = await asyncio.gather(
        *(slack.command("U0ALICE", "C0PAYMENTS", "/flashduty incidents") for _ in range(COMMANDS))
    )
    return [delivery.seconds for delivery in deliveries if delivery.acked]


async def _lag(bot: Child) -> dict[str, float]:
    told: dict[str, float] = json.loads(await asyncio.to_thread(bot.stop))
    return told


def _rows(took: list[float], lag: dict[str, float], which: str) -> list[Row]:
    in_time = sum(seconds <= DEADLINE for seconds in took)
    slowest = f"the slowest after {max(took):.2f} s" if took else "none at all"
    return [
        Row(
            f"answers within 3 s to {COMMANDS} simultaneous commands while Flashduty hangs{which}",
            "the real bot in a process of its own, signed HTTP from the pretend Slack",
            f"{in_time} of {COMMANDS}, {slowest}",
            str(COMMANDS),
            in_time == COMMANDS,
        ),
        Row(
            f"how late the bot's event loop was meanwhile{which}",
            "a timer every 5 ms inside the bot, the worst of the whole storm",
            f"{lag['worst']:.0f} ms (99 in 100: {lag['p99']:.0f} ms)",
            f"≤ {MOST_LAG_MS:.0f} ms",
            lag["worst"] <= MOST_LAG_MS,
        ),
    ]


def _environ(slack: PretendSlack, flashduty: PretendFlashduty, port: int) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "SLACK_RESPONSE_URLS": slack.api_url.removesuffix("api/"),
        "FLASHDUTY_API_URL": flashduty.url,
        "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": str(flashduty.keys["payments"]),
        "HOST": LOOPBACK,
        "DATABASE_URL": database(),
        "PORT": str(port),
        "LOG_LEVEL": "warning",
    }
