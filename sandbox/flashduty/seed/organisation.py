"""The people, teams, Flashduty channels and APP keys of Harbor."""

from typing import Final

from sandbox.flashduty.wire.checks import DAY, Record
from sandbox.flashduty.wire.keys import ALL_PERMISSIONS, AppKey

ALICE: Final = 7001
BOB: Final = 7002
XIAOMING: Final = 7003
CAROL: Final = 7004
DANA: Final = 7005
PENDING: Final = 7006
DELETED: Final = 7007
KENJI: Final = 7008
LEA: Final = 7009

PAYMENTS: Final = 4001
SEARCH: Final = 4002
LEDGER_TEAM: Final = 4003

PAYMENTS_API: Final = 5001
CHECKOUT: Final = 5002
SEARCH_CHANNEL: Final = 5003
LEDGER: Final = 5004

_PEOPLE: Final = (
    (ALICE, "Alice Chen", "alice", "en-US", "Europe/Berlin"),
    (BOB, "Bob Müller", "bob", "en-US", "Europe/Berlin"),
    (XIAOMING, "王小明", "xiaoming", "zh-CN", "Asia/Shanghai"),
    (CAROL, "Carol Diaz", "carol", "en-US", "America/New_York"),
    (DANA, "Dana Okoye", "dana", "en-US", "Africa/Lagos"),
    (KENJI, "Kenji Sato", "kenji", "en-US", "Asia/Tokyo"),
    (LEA, "Léa Moreau", "lea", "en-US", "Europe/Paris"),
)


def persons(account_id: int, now: int) -> dict[int, Record]:
    """Return the people: most are active, one has not accepted the invitation, one is deleted."""
    known = {
        number: _person(account_id, number, now)
        | {
            "person_name": name,
            "email": f"{mailbox}@harbor.example",
            "phone": f"+49151****{number}",
            "locale": locale,
            "time_zone": zone,
            "avatar": f"/image/{mailbox}.png",
        }
        for number, name, mailbox, locale, zone in _PEOPLE
    }
    known[PENDING] = _person(account_id, PENDING, now) | {
        "email": "priya@harbor.example",
        "email_verified": False,
        "status": "pending",
    }
    known[DELETED] = _person(account_id, DELETED, now) | {"person_name": "Erik Lund", "status": "deleted"}
    return known


def _person(account_id: int, number: int, now: int) -> Record:
    return {
        "account_id": account_id,
        "person_id": number,
        "phone_verified": False,
        "email_verified": True,
        "as": "member",
        "status": "enabled",
        "created_at": now - 400 * DAY + number,
    }


def teams() -> dict[int, Record]:
    """Return the teams; no bot team of the demo covers Ledger."""
    return {
        PAYMENTS: _team(PAYMENTS, "Payments", [ALICE, BOB, XIAOMING, CAROL, DANA]),
        SEARCH: _team(SEARCH, "Search", [KENJI, LEA, PENDING]),
        LEDGER_TEAM: _team(LEDGER_TEAM, "Ledger", [CAROL]),
    }


def _team(number: int, name: str, person_ids: list[int]) -> Record:
    return {"team_id": number, "team_name": name, "person_ids": person_ids}


def channels(account_id: int, now: int) -> dict[int, Record]:
    """Return the Flashduty channels with their owners."""
    owned: tuple[tuple[int, str, int, list[int], str], ...] = (
        (PAYMENTS_API, "Payments API", PAYMENTS, [], "Gateway, cards, payouts"),
        (CHECKOUT, "Checkout", PAYMENTS, [LEDGER_TEAM], "Basket to receipt"),
        (SEARCH_CHANNEL, "Search", SEARCH, [], "Index, query, ranking"),
        (LEDGER, "Ledger(其他)", LEDGER_TEAM, [], "Bookings and reconciliation"),
    )
    return {
        number: _channel(account_id, now, number)
        | {"channel_name": name, "team_id": team, "managing_team_ids": others, "description": description}
        for number, name, team, others, description in owned
    }


def _channel(account_id: int, now: int, number: int) -> Record:
    return {
        "channel_id": number,
        "account_id": account_id,
        "creator_id": DANA,
        "status": "enabled",
        "deleted_at": 0,
        "created_at": now - 380 * DAY + number,
        "updated_at": now - 12 * DAY,
        "auto_resolve_timeout": 0,
        "auto_resolve_mode": "trigger",
        "is_private": False,
        "disable_outlier_detection": False,
        "disable_auto_close": False,
        "group": {"method": "p", "time_window": 30, "window_type": "tumbling"},
        "flapping": {"is_disabled": False, "max_changes": 4, "in_mins": 60, "mute_mins": 120},
        "is_starred": number == PAYMENTS_API,
        "is_external_report_enabled": False,
    }


def keys(now: int) -> dict[str, AppKey]:
    """Return the APP keys: one for each team, one read-only, one expired."""
    return {
        "payments": AppKey("pretend-app-key-payments-0001", owner_id=DANA),
        "search": AppKey(
            "pretend-app-key-search-0002", owner_id=KENJI, permissions=ALL_PERMISSIONS - {"Analytics Read"}
        ),
        "readonly": AppKey("pretend-app-key-readonly-0003", owner_id=CAROL, permissions={"Incidents Read"}),
        "expired": AppKey("pretend-app-key-expired-0004", owner_id=DANA, expires_at=now - DAY),
    }
