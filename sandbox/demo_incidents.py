"""Incidents of the demo: by the press of a button, or some that live by themselves."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from typing import Final

from sandbox.clock import Clock
from sandbox.demo_workspace import CARDS_CHANNEL, Language
from sandbox.flashduty import PretendFlashduty
from sandbox.flashduty.console import Console
from sandbox.flashduty.seed.organisation import ALICE, BOB, PAYMENTS_API, XIAOMING
from sandbox.slack import PretendSlack

PAYMENTS_CHANNEL: Final = "C0PAYMENTS"
# What happens by itself: how often something does, how many incidents in all, how many of them are open at a time.
STEP: Final = timedelta(seconds=10)
MOST_INCIDENTS: Final = 8
MOST_OPEN: Final = 3
STORM: Final = 60
GROUPED: Final = 12
_SEVERITIES: Final = ("Warning", "Critical", "Info", "Warning")


@dataclass(frozen=True)
class DemoAlert:
    """What an alert says: its title, its description, what it checks and where."""

    title: str
    said: str
    check: str
    resource: str

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the incident."""
        return {"check": self.check, "resource": self.resource, "env": "production"}


_RUNBOOKS: Final = "https://wiki.harbor.example/payments"
ALERTS: Final[Mapping[str, tuple[DemoAlert, ...]]] = {
    "Critical": (
        DemoAlert(
            "Card payments fail with 502, 18 % declined",
            f"18 % declined for 5 minutes (threshold 2 %).\n\nRunbook: {_RUNBOOKS}/502",
            check="card_declined_ratio",
            resource="card-gateway",
        ),
        DemoAlert(
            "Card authorisations time out in eu-west-1 🔥",
            f"p99 was 9.8 s for 5 minutes (threshold 3 s).\n\nRunbook: {_RUNBOOKS}/timeouts",
            check="auth_timeout",
            resource="card-acquirer-1",
        ),
    ),
    "Warning": (
        DemoAlert(
            "Payments API: p99 latency above 1.5 s for 10 minutes",
            f"p99 was 1.71 s for 10 minutes (threshold 1.5 s).\n\nRunbook: {_RUNBOOKS}/p99",
            check="http_p99_high",
            resource="payments-api",
        ),
        DemoAlert(
            "Refund queue grows: 4,200 waiting",
            "4,200 waiting (threshold 1,000).",
            check="queue_depth",
            resource="refunds",
        ),
    ),
    "Info": (
        DemoAlert(
            "Certificate of pay.harbor.example expires in 14 days",
            "Not valid after 14 days from now.",
            check="tls_expiry",
            resource="pay.harbor.example",
        ),
        DemoAlert(
            "Ledger export took 42 minutes, usually 12",
            "Took 42 min.",
            check="export_duration",
            resource="ledger-export",
        ),
    ),
}
# They come first where the demo begins in Chinese, and last elsewhere.
CHINESE_ALERTS: Final[Mapping[str, tuple[DemoAlert, ...]]] = {
    "Critical": (
        DemoAlert(
            "数据库主从延迟超过 90 秒，支付写入变慢",
            f"主从延迟 96 秒，已持续 5 分钟（阈值 30 秒）。\n\n处理手册：{_RUNBOOKS}/replication",
            check="mysql_replica_lag",
            resource="db-payments-01",
        ),
        DemoAlert(
            "支付网关无法连接：全部渠道下单失败",
            f"连续 3 次探测失败。\n\n处理手册：{_RUNBOOKS}/gateway",
            check="gateway_down",
            resource="支付网关",
        ),
    ),
    "Warning": (
        DemoAlert("退款队列积压超过阈值", "积压 4,200 条（阈值 1,000 条）。", check="queue_depth", resource="refunds"),
    ),
    "Info": (
        DemoAlert(
            "pay.harbor.example 的证书将在 14 天后过期",
            "请在过期前续签。",
            check="tls_expiry",
            resource="pay.harbor.example",
        ),
    ),
}
STORM_TITLES: Final[Mapping[Language, str]] = {"en": "Node pay-{:02} does not answer", "zh": "节点 pay-{:02} 无响应"}
Act = tuple[Callable[[Console, str], object], str]
_RECOVERS: Final[Act] = (lambda at, one: at.recover(one), "has recovered and is closed.")
# The lives of incidents that happen by themselves, in turn.
LIVES: Final[tuple[tuple[Act, ...], ...]] = (
    (
        (lambda at, one: at.acknowledge(one, by=BOB), "is acknowledged by Bob Müller."),
        (lambda at, one: at.comment(one, text="A bad release, rolling back.", by=BOB), "has a comment of Bob Müller."),
        (lambda at, one: at.close(one, by=BOB, resolution="Rolled back"), "is closed by Bob Müller."),
    ),
    (
        (lambda at, one: at.alert(one, count=4), "has four more alerts."),
        (lambda at, one: at.page(one, failed_reason="The number is switched off"), "could not be called out by phone."),
        (lambda at, one: at.escalate(one), "goes to the next level: nobody has acknowledged it."),
        (lambda at, one: at.acknowledge(one, by=XIAOMING), "is acknowledged by 王小明."),
        _RECOVERS,
    ),
    (
        (lambda at, one: at.severity(one, severity="Warning", by=ALICE), "is a warning now, says Alice Chen."),
        _RECOVERS,
    ),
)


@dataclass
class _Life:
    """An incident that lives by itself, and what is still to happen to it."""

    news: dict[str, object]
    acts: deque[Act]


class DemoIncidents:
    """Starts incidents in the payments team, and lets them live."""

    def __init__(
        self, slack: PretendSlack, flashduty: PretendFlashduty, clock: Clock, *, language: Language = "en"
    ) -> None:
        self._slack = slack
        self._flashduty = flashduty
        self._clock = clock
        one, other = (CHINESE_ALERTS, ALERTS) if language == "zh" else (ALERTS, CHINESE_ALERTS)
        self._alerts = {severity: cycle((*alerts, *other[severity])) for severity, alerts in one.items()}
        self._storm_title = STORM_TITLES[language]
        self._going: asyncio.Task[None] | None = None
        self._storm: list[str] = []

    @property
    def is_going(self) -> bool:
        """Return whether incidents live by themselves now."""
        return self._going is not None and not self._going.done()

    def has_severity(self, name: str) -> bool:
        """Return whether there are incidents of a severity."""
        return name in self._alerts

    def start(self, severity: str, *, alerts: int = 1) -> dict[str, object]:
        """Start an incident; returns what a page shows of it: its number, a sentence, and what to type to see it."""
        alert = next(self._alerts[severity])
        record = self._flashduty.raise_incident(
            title=alert.title,
            severity=severity,
            flashduty_channel=PAYMENTS_API,
            alerts=alerts,
            description=alert.said,
            labels=alert.labels,
        )
        grouped = f", with {alerts} alerts" if alerts > 1 else ""
        return {
            "num": record["num"],
            "id": record["incident_id"],
            "sentence": f"A new {severity.lower()} incident is in Flashduty{grouped}: #{record['num']} {alert.title}",
            "command": "/flashduty incidents",
            "channel": PAYMENTS_CHANNEL,
            "cards": CARDS_CHANNEL,
        }

    def storm(self) -> dict[str, object]:
        """Start sixty incidents at once; returns what a page shows of it."""
        for number in range(STORM):
            severity = ("Warning", "Info", "Warning", "Critical")[number % 4]
            title = self._storm_title.format(number + 1)
            last = self._flashduty.raise_incident(title=title, severity=severity, flashduty_channel=PAYMENTS_API)
            self._storm.append(last["incident_id"])
        return {
            "num": last["num"],
            "id": last["incident_id"],
            "sentence": f"A storm: {STORM} new incidents are in Flashduty.",
            "command": "/flashduty incidents",
            "channel": PAYMENTS_CHANNEL,
            "cards": CARDS_CHANNEL,
        }

    def end_storm(self) -> int:
        """Let everything recover that came with a storm; returns how many incidents that closed."""
        storm, self._storm = self._storm, []
        return sum(self._flashduty.recover(one) for one in storm)

    def go(self) -> None:
        """Let incidents live by themselves, a bounded number of them."""
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
        """Start incidents one after the other, and between two of them let something happen to each that is open."""
        lives: deque[_Life] = deque()
        for number in range(MOST_INCIDENTS):
            while len(lives) == MOST_OPEN:
                await self._go_on(lives)
            news = self.start(_SEVERITIES[number % len(_SEVERITIES)])
            lives.append(_Life(news, deque(LIVES[number % len(LIVES)])))
            self._tell(news)
            await self._pause()
        while lives:
            await self._go_on(lives)
        self._going = None
        self._tell()

    async def _go_on(self, lives: deque[_Life]) -> None:
        """Let the next thing happen to the incident whose turn it is; one that somebody has closed is left alone."""
        life = lives.popleft()
        act, sentence = life.acts.popleft()
        try:
            act(self._flashduty.console, str(life.news["id"]))
        except ValueError:
            return
        if life.acts:
            lives.append(life)
        self._tell({**life.news, "sentence": f"#{life.news['num']} {sentence}"})
        await self._pause()

    async def _pause(self) -> None:
        """Wait for a step of the pretend time: a clock that is moved far ahead makes one step, not many."""
        await self._slack.notices.at(self._clock, self._clock.now() + STEP)

    def _tell(self, news: Mapping[str, object] | None = None) -> None:
        self._slack.notices.send("live", {"on": self.is_going, "news": news})
