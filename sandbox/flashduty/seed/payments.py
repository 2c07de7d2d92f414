"""The open incidents of the payments team: one of each kind that is hard to display."""

from collections.abc import Iterator
from typing import Final

from sandbox.flashduty.incidents.record import assignment, incident_record
from sandbox.flashduty.model.account import Account
from sandbox.flashduty.seed import titles
from sandbox.flashduty.seed.organisation import (
    ALICE,
    BOB,
    CAROL,
    CHECKOUT,
    DELETED,
    LEDGER,
    PAYMENTS_API,
    PENDING,
    XIAOMING,
)
from sandbox.flashduty.seed.randomness import new_id, responders, seeded_random
from sandbox.flashduty.seed.rules import RULES
from sandbox.flashduty.wire.checks import DAY, Record

TWINS: Final = "5C0DE5"
_MINUTE: Final = 60
_HOUR: Final = 3_600


class _IncidentOpener:
    """Builds open incidents of an account."""

    def __init__(self, account: Account, now: int) -> None:
        self._account = account
        self._now = now
        self._chance = seeded_random(f"payments {now}")

    def __call__(
        self,
        number: str,
        age: int,
        title: str,
        *,
        severity: str = "Critical",
        channel: int = PAYMENTS_API,
        people: tuple[int, ...] = (ALICE,),
        acked: dict[int, int] | None = None,
        level: int = 0,
        **fields: object,
    ) -> Record:
        """Build an incident that started `age` seconds ago; `acked` maps person ids to seconds after the start."""
        started = self._now - age
        when = {person: started + after for person, after in (acked or {}).items()}
        given = {
            "incident_severity": severity,
            "progress": "Processing" if when else "Triggered",
            "ack_time": min(when.values(), default=0),
            "last_time": self._now - age // 10,
            "updated_at": max(when.values(), default=started),
            "assigned_to": assignment(list(people), started, rule=RULES[channel], level=level) if people else None,
            "responders": responders(started + 2, list(people), when),
        }
        incident_id = new_id(started, number, self._chance)
        where = self._account.channels[channel]
        return incident_record(self._account, where, incident_id, start_time=started, title=title, **(given | fields))


def payments_incidents(account: Account, now: int) -> Iterator[Record]:
    """Yield 14 open incidents of the last 31 days, and one that is older than the range of any list."""
    opened = _IncidentOpener(account, now)
    yield from _waiting(opened)
    yield from _in_hand(opened, now)
    yield from _strange(opened)
    yield opened(
        "0DDF00",
        40 * DAY,
        "Reconciliation report of the old acquirer is late",
        severity="Info",
        acked={CAROL: 2 * DAY},
        people=(CAROL,),
        labels={"check": "report_late", "resource": "acquirer-legacy", "env": "prod"},
    )


def _waiting(opened: _IncidentOpener) -> Iterator[Record]:
    yield opened(
        "0E83EE",
        12 * _MINUTE,
        "Payments API: p99 latency above 2 s in eu-west-1",
        people=(ALICE, BOB),
        description="p99 was 2.31 s for 10 minutes (threshold 2 s).\n\nRunbook: https://wiki.harbor.example/payments/p99",
        ai_summary="Latency rose with the 08:12 release of payments-api; database time is unchanged.",
        labels=_labels("http_p99_high", "payments-api", region="eu-west-1", service="payments-api"),
        alert_cnt=4,
        active_alert_cnt=3,
        alert_event_cnt=61,
    )
    yield opened(
        "3FA2C1",
        25 * _MINUTE,
        titles.EMOJI_TITLE,
        channel=CHECKOUT,
        people=(ALICE, BOB),
        level=1,
        impact="About one customer in seven cannot pay by card.",
        labels=_labels("http_5xx_ratio", "checkout-web", region="eu-central-1"),
        alert_cnt=27,
        active_alert_cnt=25,
        alert_event_cnt=412,
    )
    yield opened(
        "B71D04",
        3 * _HOUR,
        "Kafka consumer lag on payments.settlement above 1,200,000",
        severity="Warning",
        labels=_labels("kafka_lag", "payments.settlement", cluster="kafka-pay-1", group="settler"),
        alert_cnt=6,
        alert_event_cnt=88,
    )
    yield opened(
        "C0FFEE",
        5 * DAY,
        "Certificate of pay.harbor.example expires in 6 days",
        severity="Info",
        channel=CHECKOUT,
        people=(PENDING,),
        labels=_labels("tls_expiry", "pay.harbor.example"),
    )


def _in_hand(opened: _IncidentOpener, now: int) -> Iterator[Record]:
    yield opened(
        "7A11CE",
        48 * _MINUTE,
        "支付网关超时率升高：建设银行渠道 p99 > 3s，影响下单",
        people=(XIAOMING, ALICE),
        acked={XIAOMING: 95},
        description="渠道 CCB 超时率 12.4%（阈值 5%），已持续 8 分钟。",
        labels=_labels("gateway_timeout", "支付网关", cluster="cn-east-2", 渠道="CCB"),
        alert_cnt=9,
        active_alert_cnt=9,
        alert_event_cnt=133,
    )
    yield opened(
        "91B0E5",
        2 * _HOUR,
        "Redis memory above 90 % on cache-basket-3",
        severity="Warning",
        channel=CHECKOUT,
        people=(ALICE, BOB),
        acked={ALICE: 240, BOB: 610},
        labels=_labels("redis_memory", "cache-basket-3", cluster="basket"),
        alert_cnt=2,
    )
    yield opened(
        "44D2AB",
        7 * _HOUR,
        "Refund queue grows: 4,200 waiting",
        severity="Warning",
        people=(BOB,),
        acked={BOB: 15 * _MINUTE},
        snoozed_before=now + 3 * _HOUR,
        labels=_labels("queue_depth", "refunds"),
    )
    yield opened(
        "E0A5ED",
        9 * _HOUR,
        "Payout batch 2 of 3 failed, recovered by retry",
        incident_status="Ok",
        end_time=now - 8 * _HOUR,
        active_alert_cnt=0,
        labels=_labels("batch_failed", "payouts"),
        creator_id=0,
        manual_overrides=["incident_severity"],
    )


def _strange(opened: _IncidentOpener) -> Iterator[Record]:
    yield opened("500AAA", 70 * _MINUTE, titles.endless_title(), severity="Warning", labels=_labels("synthetic", "all"))
    yield opened(
        "BADA55",
        80 * _MINUTE,
        titles.HOSTILE_TITLE,
        description=titles.HOSTILE_DESCRIPTION,
        labels={"check": "<!channel>", "resource": "`whoami`", "note": "<@U0ALICE> & <https://evil.example|here>"},
    )
    yield opened("D0D0D0", 26 * _HOUR, titles.QUOTING_TITLE, severity="Warning", people=(DELETED,))
    yield opened(
        "FEED11", 2 * DAY, titles.REVERSED_TITLE, severity="Info", people=(), ever_muted=True, frequency="rare"
    )
    disk = _labels("disk_full", "checkout-web-7")
    title = "Disk {0} % full on checkout-web-7"
    yield opened(TWINS, 4 * _HOUR, title.format(91), severity="Warning", channel=CHECKOUT, labels=disk)
    yield opened(
        TWINS,
        6 * DAY,
        title.format(88),
        severity="Warning",
        channel=CHECKOUT,
        people=(BOB,),
        acked={BOB: 900},
        labels=disk,
    )


def ledger_incidents(account: Account, now: int) -> Iterator[Record]:
    """Yield the open incidents in the Flashduty channel of another team."""
    opened = _IncidentOpener(account, now + 1)
    yield opened(
        "1ED6E4",
        33 * _MINUTE,
        "Ledger: trial balance differs by 0.01 EUR",
        channel=LEDGER,
        people=(CAROL,),
        labels=_labels("balance", "ledger-core"),
    )
    yield opened(
        "1ED6E5",
        5 * _HOUR,
        "对账任务延迟 40 分钟",
        severity="Warning",
        channel=LEDGER,
        people=(CAROL,),
        acked={CAROL: 60},
    )


def _labels(check: str, resource: str, **more: str) -> dict[str, str]:
    return {"check": check, "resource": resource, "env": "production", **more}
