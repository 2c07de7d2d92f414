"""The real bot with cards in a process of its own, between a pretend Slack and a slow pretend Flashduty."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.flashduty.habits import NO_HABITS, Habits
from sandbox.slack import PretendSlack
from sandbox.slack.journal import Call
from sandbox.slack.tiers import CALLS_A_MINUTE
from tests.proofs.bench.processes import LOOPBACK, Child, child, connected, database, free_port

# Of every call to Flashduty.
SECONDS_A_CALL: Final = 0.2
CHANNEL: Final = "C0PAYMENTS"
FLASHDUTY_CHANNEL: Final = 5001
WEBHOOK_SECRET: Final = "pretend-webhook-secret-0001"
PATIENCE: Final = 180.0
# How often it is looked whether Slack was called.
LOOK_EVERY: Final = 0.005
_TITLE: Final = re.compile(r"Service (\d+) is slow, state (\d+)")


@dataclass
class LivingPlace:
    """Everything that a change passes on its way to a card."""

    slack: PretendSlack
    flashduty: PretendFlashduty
    environ: Mapping[str, str]
    bot: Child
    ids: list[str] = field(default_factory=list)
    states: list[int] = field(default_factory=list)
    on_edit: Callable[[int, int], None] = lambda _number, _state: None
    """Called with the number of an incident and its state when its card was edited."""

    shown: dict[int, int] = field(default_factory=dict)
    _seen: int = 0

    async def raise_until(self, count: int) -> None:
        """Raise incidents until there are so many, and wait for their cards, with a Flashduty that answers at once."""
        self.flashduty.habits, hooks = NO_HABITS, self.flashduty.webhooks.hooks
        self.flashduty.webhooks.hooks = []
        while len(self.ids) < count:
            number = len(self.ids)
            record = self.flashduty.raise_incident(
                title=_title(number, 0), severity="Warning", flashduty_channel=FLASHDUTY_CHANNEL
            )
            self.ids.append(record["incident_id"])
            self.states.append(0)
        await self.comes(lambda: len(self.shown) >= count)
        # The story of each is read at its pace.
        await self.comes(lambda: self.calls("/incident/feed") >= count)
        await self.is_quiet()
        self.flashduty.webhooks.hooks = hooks
        self.flashduty.habits = Habits(seconds=SECONDS_A_CALL)

    def change(self, number: int) -> int:
        """Change an incident as its alerts do, without an entry in its timeline; its webhook hints at it."""
        self.states[number] += 1
        record = self.flashduty.account.incidents[self.ids[number]]
        record["title"] = _title(number, self.states[number])
        self.flashduty.webhooks.push("i_new", record)
        return self.states[number]

    def calls(self, path: str) -> int:
        """Count the calls of one operation."""
        return sum(call.path == path for call in self.flashduty.calls)

    async def comes(self, predicate: Callable[[], object], patience: float = PATIENCE) -> None:
        """Wait until something holds; raises RuntimeError."""
        ends = time.monotonic() + patience
        while not predicate():
            if time.monotonic() > ends:
                raise RuntimeError(f"it did not come within {patience:.0f} s: {len(self.shown)} cards")
            await asyncio.sleep(LOOK_EVERY)

    async def is_quiet(self, seconds: float = 2.0) -> None:
        """Wait until neither is called for a while, polls aside."""
        calls, since = -1, time.monotonic()
        while time.monotonic() - since < seconds:
            now = len(self.slack.calls) + sum(call.path != "/incident/list" for call in self.flashduty.calls)
            if now != calls:
                calls, since = now, time.monotonic()
            await asyncio.sleep(0.1)

    async def watch(self) -> None:
        """Look at the calls of Slack again and again."""
        while True:
            for call in self.slack.calls[self._seen :]:
                self._note(call)
            self._seen = len(self.slack.calls)
            await asyncio.sleep(LOOK_EVERY)

    def _note(self, call: Call) -> None:
        found = _TITLE.search(str(call.params.get("text", ""))) if call.error is None else None
        if found is None or call.method not in {"chat.postMessage", "chat.update"}:
            return
        number, state = int(found[1]), int(found[2])
        self.shown[number] = state
        if call.method == "chat.update":
            self.on_edit(number, state)


def hooked(flashduty: PretendFlashduty, port: int) -> None:
    """Have Flashduty push what is new, and nothing else, to whoever listens at a port."""
    flashduty.webhooks.add(
        url=f"http://{LOOPBACK}:{port}/flashduty/webhook/payments",
        headers={"X-Flashduty-Bot-Secret": WEBHOOK_SECRET},
        event_types=["i_new"],
    )


def _title(number: int, state: int) -> str:
    return f"Service {number} is slow, state {state}"


@asynccontextmanager
async def living_place(
    module: str = "bot", *, limits_slack: bool = False, **settings: str
) -> AsyncIterator[LivingPlace]:
    """Run everything until the block ends; `limits_slack` turns the limits of Slack on."""
    clock = Clock()
    limits = CALLS_A_MINUTE if limits_slack else {}
    slack = PretendSlack(clock=clock, calls_a_minute=limits, limits_channels=limits_slack)
    account = harbor_account(clock.now())
    account.incidents.clear()
    flashduty = PretendFlashduty(clock=clock, account=account)
    async with slack, flashduty:
        port = free_port()
        environ = environ_of(slack, flashduty, port) | settings
        with child(module, environ=environ) as bot:
            (await asyncio.to_thread(connected, port)).close()
            hooked(flashduty, port)
            place = LivingPlace(slack, flashduty, environ, bot)
            flashduty.habits = Habits(seconds=SECONDS_A_CALL)
            watching = asyncio.create_task(place.watch())
            # Its first look is over: what comes from now on is new.
            await place.comes(lambda: any(call.path == "/incident/list" for call in flashduty.calls))
            await place.is_quiet()
            try:
                yield place
            finally:
                watching.cancel()


def environ_of(slack: PretendSlack, flashduty: PretendFlashduty, port: int) -> dict[str, str]:
    """Write the settings of a team with cards."""
    team = {
        "APP_KEY": str(flashduty.keys["payments"]),
        "FLASHDUTY_CHANNEL_IDS": str(FLASHDUTY_CHANNEL),
        "CARDS_CHANNEL": CHANNEL,
        "CARDS_STORM": "1000",
        "CARDS_MENTION": "off",
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "SLACK_RESPONSE_URLS": slack.api_url.removesuffix("api/"),
        "FLASHDUTY_API_URL": flashduty.url,
        "HOST": LOOPBACK,
        "PORT": str(port),
        "DATABASE_URL": database(),
        "LOG_LEVEL": "warning",
        **{f"FLASHDUTY_TEAMS__PAYMENTS__{name}": value for name, value in team.items()},
    }
