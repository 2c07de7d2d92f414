"""Incidents closed in the last thirty days."""

import random
from collections.abc import Iterator
from typing import Final

from sandbox.flashduty.incidents.record import assignment, incident_record
from sandbox.flashduty.model.account import Account
from sandbox.flashduty.seed.organisation import ALICE, BOB, CHECKOUT, KENJI, PAYMENTS_API, SEARCH_CHANNEL, XIAOMING
from sandbox.flashduty.seed.payments import TWINS
from sandbox.flashduty.seed.randomness import new_id, new_number, responders, seeded_random
from sandbox.flashduty.seed.rules import RULES
from sandbox.flashduty.wire.checks import DAY, Record

_HOW_MANY: Final = 45
_LONG_AGO: Final = 29 * DAY
_HOUR: Final = 3_600

# severity, title, check, resource, root cause, resolution
_STORIES: Final = (
    (
        "Critical",
        "Card payments declined by the acquirer",
        "declines",
        "acquirer-2",
        "Expired client certificate",
        "Renewed it",
    ),
    ("Critical", "数据库主从延迟超过 60 秒", "replica_lag", "db-payments-01", "大批量更新未分批", "改为每批 500 条"),
    (
        "Warning",
        "Connection pool exhausted on payments-api",
        "pool",
        "payments-api",
        "Leak in the retry path",
        "Rolled back",
    ),
    ("Warning", "Checkout p95 above 1.5 s", "http_p95", "checkout-web", "", "Recovered by itself"),
    ("Warning", "Webhook deliveries to merchants fail", "webhooks", "merchant-hooks", "DNS at the provider", ""),
    ("Info", "Nightly export took 42 minutes, usually 12", "duration", "ledger-export", "", ""),
    ("Info", "节点重启：k8s-pay-07", "node_restart", "k8s-pay-07", "内核升级", "按计划完成"),
)


def closed_incidents(account: Account, now: int) -> Iterator[Record]:
    """Yield closed incidents; one of them shares its number with two open ones."""
    rng = seeded_random(f"closed {now}")
    for index in range(_HOW_MANY):
        number = new_number(rng) if index else TWINS
        yield _incident(account, now - rng.randrange(_HOUR, _LONG_AGO), number=number, rng=rng)


def _incident(account: Account, started: int, *, number: str, rng: random.Random) -> Record:
    severity, title, check, resource, root_cause, resolution = rng.choice(_STORIES)
    channel = rng.choice((PAYMENTS_API, PAYMENTS_API, CHECKOUT, SEARCH_CHANNEL)) if number != TWINS else CHECKOUT
    person = KENJI if channel == SEARCH_CHANNEL else rng.choice((ALICE, BOB, XIAOMING))
    took = rng.randrange(20, 900)
    closed = min(started + took + rng.randrange(120, 4 * _HOUR), started + _HOUR)
    by_itself = not resolution
    return incident_record(
        account,
        account.channels[channel],
        new_id(started, number, rng),
        start_time=started,
        title=title,
        incident_severity=severity,
        incident_status="Ok" if by_itself else severity,
        progress="Closed",
        ack_time=started + took,
        close_time=closed,
        end_time=closed if by_itself else 0,
        closer_id=0 if by_itself else person,
        updated_at=closed,
        root_cause=root_cause,
        resolution=resolution,
        labels={"check": check, "resource": resource, "env": "production"},
        responders=responders(started, [person], {person: started + took}),
        assigned_to=assignment([person], started, rule=RULES[channel]),
        alert_cnt=rng.randint(1, 12),
        active_alert_cnt=0,
        alert_event_cnt=rng.randint(12, 200),
    )
