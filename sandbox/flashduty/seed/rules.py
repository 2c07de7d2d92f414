"""Harbor's escalation rules: whom each Flashduty channel pages, in which order, and how long it waits."""

from collections.abc import Iterator
from typing import Final

from sandbox.flashduty.seed.organisation import (
    CAROL,
    CHECKOUT,
    DANA,
    LEDGER,
    PAYMENTS,
    PAYMENTS_API,
    SEARCH,
    SEARCH_CHANNEL,
)
from sandbox.flashduty.wire.checks import DAY, Record

# Id and name of the rule of each channel.
RULES: Final = {
    PAYMENTS_API: ("6500000000000000000000a1", "Payments, day and night"),
    CHECKOUT: ("6500000000000000000000a2", "Payments, day and night"),
    SEARCH_CHANNEL: ("6500000000000000000000a3", "Search, follow the sun"),
    LEDGER: ("6500000000000000000000a4", "Ledger desk"),
}
_RETIRED: Final = ("6500000000000000000000b1", "Payments, sale days")
_TEMPLATE: Final = "6500000000000000000000f0"
_BY_PREFERENCE: Final[Record] = {"follow_preference": True}
_BY_SEVERITY: Final[Record] = {
    "follow_preference": False,
    "critical": ["voice", "sms"],
    "warning": ["sms"],
    "info": ["email"],
}


def rules(account_id: int, now: int) -> dict[int, list[Record]]:
    """Return the rules of each channel; one is disabled, and one level pages nobody when its schedule is empty."""
    payments = list(_payments_layers())
    office = {"start": "09:00", "end": "18:00", "repeat": [1, 2, 3, 4, 5], "cal_id": "", "is_off": False}
    critical = [[{"key": "alert_severity", "oper": "IN", "vals": ["Critical"]}]]
    made = [
        _rule(PAYMENTS_API, RULES[PAYMENTS_API], payments),
        _rule(PAYMENTS_API, _RETIRED, payments[-1:]) | {"priority": 1, "status": "disabled", "filters": critical},
        _rule(CHECKOUT, RULES[CHECKOUT], payments) | {"aggr_window": 30},
        _rule(SEARCH_CHANNEL, RULES[SEARCH_CHANNEL], list(_search_layers())),
        _rule(LEDGER, RULES[LEDGER], [_layer({"person_ids": [CAROL]}, wait=0)]) | {"time_filters": [office]},
    ]
    told = {"account_id": account_id, "updated_by": DANA, "created_at": now - 300 * DAY, "updated_at": now - 20 * DAY}
    channels = dict.fromkeys(rule["channel_id"] for rule in made)
    return {number: [rule | told for rule in made if rule["channel_id"] == number] for number in channels}


def _payments_layers() -> Iterator[Record]:
    hook = {"type": "slack_app", "settings": {"chat_ids": ["C0PAYMENTS"]}}
    yield _layer({"schedule_to_role_ids": {"6001": [1]}, "webhooks": [hook]}, wait=15, again=2.5)
    yield _layer({"schedule_to_role_ids": {"6001": [2], "6002": [0]}}, wait=30, again=0.5, by=_BY_SEVERITY)
    yield _layer({"person_ids": [DANA]}, wait=0)


def _search_layers() -> Iterator[Record]:
    yield _layer({"schedule_to_role_ids": {"6003": [0]}}, wait=10)
    yield _layer({"team_ids": [SEARCH, PAYMENTS], "emails": ["noc@harbor.example"]}, wait=720) | {
        "force_escalate": True
    }


def _layer(target: Record, *, wait: int, again: float = 10, by: Record = _BY_PREFERENCE) -> Record:
    """Build a level: `wait` minutes until the next one, 0 for never; `again` minutes between notifications."""
    return {
        "max_times": 3,
        "notify_step": again,
        "target": {"by": by, "webhooks": [], **target},
        "escalate_window": wait,
        "force_escalate": False,
    }


def _rule(channel: int, named: tuple[str, str], layers: list[Record]) -> Record:
    rule_id, name = named
    return {
        "channel_id": channel,
        "priority": 0,
        "aggr_window": 0,
        "rule_name": name,
        "description": "",
        "layers": layers,
        "time_filters": [],
        "filters": [],
        "status": "enabled",
        "template_id": _TEMPLATE,
        "rule_id": rule_id,
    }
