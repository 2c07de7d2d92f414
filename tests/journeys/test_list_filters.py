"""`/flashduty incidents` with the filters that Flashduty has not: whose, where, labels, snoozed, the oldest first."""

import pytest
from harbor import ALICE, BOB, PAYMENTS

from sandbox.faults import Fault

ALICE_ID, BOB_ID = 7001, 7002
BROKEN = Fault.html(502)


@pytest.fixture
def told(quay):
    """Three incidents and no others: one of Alice's, one of Bob's with a label, one snoozed in another channel."""
    for other in quay.flashduty.account.incidents.values():
        other["progress"] = "Closed"
    now = int(quay.clock.now().timestamp())
    paged = lambda *ids: [{"person_id": one, "assigned_at": now - 60, "acknowledged_at": 0} for one in ids]  # noqa: E731
    raised = quay.flashduty.raise_incident
    raised(title="Card payments fail", flashduty_channel=5001, responders=paged(ALICE_ID), start_time=now - 300)
    raised(
        title="Ledger is behind",
        flashduty_channel=5001,
        responders=paged(BOB_ID),
        start_time=now - 600,
        labels={"Env": "Prod", "region": "eu"},
    )
    snoozed = raised(title="Disk is full", flashduty_channel=5002, responders=paged(BOB_ID), start_time=now - 60)
    snoozed["progress"], snoozed["snoozed_before"] = "Processing", now + 3_600
    return quay


def titles(message):
    known = ("Card payments fail", "Ledger is behind", "Disk is full")
    return sorted((one for one in known if one in message["text"]), key=message["text"].index)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("mine", ["Card payments fail"]),
        ("我的", ["Card payments fail"]),
        ("responder:@bob", ["Ledger is behind", "Disk is full"]),
        ('responder:"bob müller" snoozed', ["Disk is full"]),
        ("处理人员：Bob", ["Ledger is behind", "Disk is full"]),
        ("label:env=prod", ["Ledger is behind"]),
        ("label:region label:env=prod", ["Ledger is behind"]),
        ("snoozed", ["Disk is full"]),
        ("sort:age", ["Ledger is behind", "Card payments fail", "Disk is full"]),
        ("mine label:env=prod", []),
    ],
)
async def test_a_filter__leaves_out_what_does_not_fit(told, words, found):
    message = await told.types(f"/flashduty incidents {words}")
    assert titles(message) == found


async def test_a_channel__is_found_by_a_part_of_its_name(told):
    name = told.flashduty.account.incidents[next(iter(told.flashduty.account.incidents))]["channel_name"]
    message = await told.types(f'/flashduty incidents channel:"{name.upper()[:6]}"')
    assert titles(message)


async def test_nothing_that_fits__is_no_reassurance(told):
    message = await told.types("/flashduty incidents label:env=nowhere")
    assert "No open incident fits: label env=nowhere" in message["text"]
    assert "No open incidents" not in message["text"]


async def test_mine__is_what_was_acknowledged_in_slack_too(told):
    record = next(one for one in told.flashduty.account.incidents.values() if one["title"] == "Ledger is behind")
    card = await told.types(f"/flashduty incident {record['incident_id']}")
    await told.presses(card, f"acknowledge:{record['incident_id']}")
    assert titles(await told.types("/flashduty incidents mine")) == ["Card payments fail", "Ledger is behind"]


async def test_mine_that_is_shared__stays_of_whoever_shared_it(told):
    message = await told.types("/flashduty incidents mine")
    await told.presses(message, "share")
    shared = told.slack.seen_by(BOB, PAYMENTS)[-1]
    assert "responder Alice Chen" in shared["text"]
    await told.presses(shared, "again:refresh", BOB)
    assert titles(told.slack.seen_by(ALICE, PAYMENTS)[-1]) == ["Card payments fail"]


async def test_mine__is_not_nothing_where_names_cannot_be_read(told):
    told.flashduty.fail("/person/infos", BROKEN, times=None)
    message = await told.types("/flashduty incidents mine")
    assert "No open incident" not in message["text"]
    assert "Flashduty" in message["text"]
