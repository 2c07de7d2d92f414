"""Incidents of the demo: one by the press of a button, or some that start and close by themselves."""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import cycle
from typing import Final

from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty
from sandbox.flashduty.seed.organisation import PAYMENTS_API
from sandbox.slack import PretendSlack

PAYMENTS_CHANNEL: Final = "C0PAYMENTS"
# What happens by itself: how often, how many incidents in all, how many of them are open at a time.
STEP: Final = timedelta(seconds=20)
MOST_INCIDENTS: Final = 8
MOST_OPEN: Final = 3
_SEVERITIES: Final = ("Warning", "Critical", "Info", "Warning")

TITLES: Final[Mapping[str, tuple[str, ...]]] = {
    "Critical": (
        "Checkout: payments fail with 502, error rate 18 %",
        "支付网关无法连接：全部渠道下单失败",
        "Card authorisations time out in eu-west-1 🔥",
    ),
    "Warning": (
        "Payments API: p99 latency above 1.5 s for 10 minutes",
        "Refund queue grows: 4,200 waiting",
        "退款队列积压超过阈值",
    ),
    "Info": (
        "Certificate of pay.harbor.example expires in 14 days",
        "Ledger export took 42 minutes, usually 12",
    ),
}


class DemoIncidents:
    """Starts incidents in the payments team, and lets them recover."""

    def __init__(self, slack: PretendSlack, flashduty: PretendFlashduty, clock: Clock) -> None:
        self._slack = slack
        self._flashduty = flashduty
        self._clock = clock
        self._titles = {severity: cycle(titles) for severity, titles in TITLES.items()}
        self._going: asyncio.Task[None] | None = None

    @property
    def is_going(self) -> bool:
        """Return whether incidents start and close by themselves now."""
        return self._going is not None and not self._going.done()

    def has_severity(self, name: str) -> bool:
        """Return whether there are incidents of a severity."""
        return name in self._titles

    def start(self, severity: str) -> dict[str, object]:
        """Start an incident; returns what a page shows of it: its number, a sentence, and what to type to see it."""
        title = next(self._titles[severity])
        record = self._flashduty.raise_incident(title=title, severity=severity, flashduty_channel=PAYMENTS_API)
        return {
            "num": record["num"],
            "id": record["incident_id"],
            "sentence": f"A new {severity.lower()} incident is in Flashduty: #{record['num']} {title}",
            "command": "/flashduty incidents",
            "channel": PAYMENTS_CHANNEL,
        }

    def go(self) -> None:
        """Let incidents start and close by themselves, a bounded number of them."""
        if not self.is_going:
            self._going = asyncio.create_task(self._let_happen())
            self._tell()

    async def halt(self) -> None:
        """Let nothing happen by itself any more; what was started stays."""
        if self._going is not None:
            self._going.cancel()
            with suppress(asyncio.CancelledError):
                await self._going
            self._going = None
            self._tell()

    async def _let_happen(self) -> None:
        """Start incidents one after the other, and let the oldest recover when three are open."""
        open_ones: deque[dict[str, object]] = deque()
        for severity in (_SEVERITIES * MOST_INCIDENTS)[:MOST_INCIDENTS]:
            if len(open_ones) == MOST_OPEN:
                await self._recover(open_ones.popleft())
            news = self.start(severity)
            open_ones.append(news)
            self._tell(news)
            await self._pause()
        while open_ones:
            await self._recover(open_ones.popleft())
        self._going = None
        self._tell()

    async def _recover(self, news: Mapping[str, object]) -> None:
        if self._flashduty.recover(str(news["id"])):
            self._tell({**news, "sentence": f"#{news['num']} has recovered and is closed."})
            await self._pause()

    async def _pause(self) -> None:
        """Wait for a step of the pretend time: a clock that is moved far ahead makes one step, not many."""
        await self._slack.notices.at(self._clock, self._clock.now() + STEP)

    def _tell(self, news: Mapping[str, object] | None = None) -> None:
        self._slack.notices.send("live", {"on": self.is_going, "news": news})
