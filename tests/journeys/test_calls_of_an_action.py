"""What an action costs, counted by the pretend Flashduty; and that what is drawn without another look is true."""

from datetime import timedelta

import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at, replica_of

from sandbox.clock import Clock
from sandbox.faults import Fault

OWNER, BOB_ID = 7005, 7002
READ, ACKNOWLEDGE, UNDO, LIST = "/incident/info", "/incident/ack", "/incident/unack", "/incident/list"
ATTRIBUTION = "/incident/comment"


async def raised(place, title="Card payments fail", paged=(BOB_ID,)):
    at = int(place.clock.now().timestamp()) - 3600
    responders = [{"person_id": one, "assigned_at": at, "acknowledged_at": 0} for one in paged]
    record = place.flashduty.raise_incident(
        title=title, severity="Critical", flashduty_channel=5001, responders=responders, start_time=at
    )
    return record["incident_id"]


async def calls_of(place, message, action, user=ALICE):
    """The operations of Flashduty that a press takes, without the comment that follows the answer."""
    before = len(place.flashduty.calls)
    await place.presses(message, action, user)
    return answering(place.flashduty.calls[before:])


def answering(calls):
    """The operations of calls, without the comment that follows the answer, once at most."""
    paths = [call.path for call in calls]
    assert paths.count(ATTRIBUTION) <= 1
    return [one for one in paths if one != ATTRIBUTION]


async def pressed_on_card(place, incident, user=ALICE):
    card = await place.types(f"/flashduty incident {incident}", user)
    return card, await calls_of(place, card, f"acknowledge:{incident}", user)


async def acknowledged_before(place):
    """Let the bot learn from a first press whom the key acts as, and remember the names that a card shows."""
    incident = await raised(place, "Disk of the archive is full")
    await pressed_on_card(place, incident)
    await place.types(f"/flashduty incident {incident}")


def shown(place, message, user=ALICE):
    return next(one for one in place.slack.seen_by(user, PAYMENTS) if one["ts"] == message["ts"])


def drawn(message):
    """The blocks of a message without the names that Slack gives them."""
    return [{name: value for name, value in block.items() if name != "block_id"} for block in message["blocks"]]


def confirmation(place, user=ALICE):
    return next(one for one in place.slack.seen_by(user, PAYMENTS)[::-1] if "You acknowledged" in one["text"])


async def test_an_acknowledgement_on_a_card__costs_two_calls(quay):
    await acknowledged_before(quay)
    incident = await raised(quay)
    card, calls = await pressed_on_card(quay, incident)
    assert calls == [READ, ACKNOWLEDGE]
    assert "Acknowledged* by Alice Chen" in shown(quay, card)["text"]


async def test_an_acknowledgement_in_a_list__costs_one_more_for_the_other_rows(quay):
    await acknowledged_before(quay)
    incident = await raised(quay)
    listed = await quay.types("/flashduty incidents")
    before = len(quay.flashduty.calls)
    await quay.chooses(listed, incident, "acknowledge")
    assert answering(quay.flashduty.calls[before:]) == [READ, ACKNOWLEDGE, LIST]


async def test_the_first_acknowledgement__is_not_read_back__as_the_owner_of_the_key_is_known(quay):
    incident = await raised(quay)
    card, calls = await pressed_on_card(quay, incident)
    assert [one for one in calls if one != "/person/infos"] == [READ, ACKNOWLEDGE]
    assert drawn(shown(quay, card)) == drawn(await quay.types(f"/flashduty incident {incident}"))


async def test_the_first_acknowledgement__where_the_clocks_differ__is_read_back_to_learn_by_how_much(quay):
    quay.flashduty.clock = Clock(quay.clock.now() + timedelta(minutes=1), frozen=True)
    _, calls = await pressed_on_card(quay, await raised(quay))
    assert [one for one in calls if one != "/person/infos"] == [READ, ACKNOWLEDGE, READ]
    _, calls = await pressed_on_card(quay, await raised(quay))
    assert [one for one in calls if one != "/person/infos"] == [READ, ACKNOWLEDGE]


async def test_an_undo__costs_two_calls(quay):
    await acknowledged_before(quay)
    await pressed_on_card(quay, await raised(quay))
    assert await calls_of(quay, confirmation(quay), "undo_acknowledge") == [READ, UNDO]


async def test_a_press_that_comes_too_late__costs_one_call(quay):
    await acknowledged_before(quay)
    incident = await raised(quay)
    late = await quay.types(f"/flashduty incident {incident}", BOB)
    await pressed_on_card(quay, incident)
    assert await calls_of(quay, late, f"acknowledge:{incident}", BOB) == [READ]
    assert any("already acknowledged by Alice Chen" in text for text in quay.sees(BOB))


async def test_a_lost_answer__is_looked_up(quay):
    await acknowledged_before(quay)
    incident = await raised(quay)
    quay.flashduty.fail(ACKNOWLEDGE, Fault.half_body(), times=None)
    _, calls = await pressed_on_card(quay, incident)
    assert (calls[0], calls[-1]) == (READ, READ)
    assert any("You acknowledged" in text for text in quay.sees())


@pytest.mark.parametrize("paged", [(BOB_ID,), (), (OWNER,), (BOB_ID, OWNER)], ids=["bob", "nobody", "owner", "both"])
async def test_a_card_that_is_drawn_without_another_look__is_the_one_that_a_look_gives(quay, paged):
    await acknowledged_before(quay)
    incident = await raised(quay, paged=paged)
    card, _ = await pressed_on_card(quay, incident)
    looked = await quay.types(f"/flashduty incident {incident}")
    assert drawn(shown(quay, card)) == drawn(looked)


async def test_an_undo_that_is_not_read_back__leaves_whoever_acknowledged_besides(quay):
    await acknowledged_before(quay)
    incident = await raised(quay)
    await pressed_on_card(quay, incident)
    at = int(quay.clock.now().timestamp())
    for one in quay.flashduty.account.incidents[incident]["responders"]:
        if one["person_id"] == BOB_ID:
            one["acknowledged_at"] = at
    assert await calls_of(quay, confirmation(quay), "undo_acknowledge") == [READ, UNDO]
    assert any("is still acknowledged by Bob Müller" in text for text in quay.sees())
    assert quay.flashduty.account.incidents[incident]["progress"] == "Processing"


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_clocks_that_differ__cost_neither_the_name_nor_the_undo(quay, minutes):
    quay.flashduty.clock = Clock(quay.clock.now() + timedelta(minutes=minutes), frozen=True)
    await acknowledged_before(quay)
    incident = await raised(quay)
    _, calls = await pressed_on_card(quay, incident)
    assert calls == [READ, ACKNOWLEDGE]
    assert "Acknowledged* by Alice Chen" in (await quay.types(f"/flashduty incident {incident}", CAROL))["text"]
    await quay.presses(confirmation(quay), "undo_acknowledge")
    assert quay.flashduty.account.incidents[incident]["progress"] == "Triggered"


async def test_an_acknowledgement_of_minutes_later__is_not_taken_back_by_the_old_undo(quay):
    await acknowledged_before(quay)
    incident = await raised(quay)
    await pressed_on_card(quay, incident)
    at = int(quay.clock.now().timestamp()) + 120
    quay.flashduty.account.incidents[incident].update(
        ack_time=at, responders=[{"person_id": OWNER, "assigned_at": at, "acknowledged_at": at}]
    )
    await quay.presses(confirmation(quay), "undo_acknowledge")
    assert quay.flashduty.account.incidents[incident]["progress"] == "Processing"
    assert any("acknowledged again" in text for text in quay.sees())


async def test_an_undo_in_another_process__costs_the_same_two():
    """That process has acknowledged nothing, and knows the owner of the key."""
    async with harbor_at(socket_mode=False) as place:
        await pressed_on_card(place, await raised(place))
        async with replica_of(place) as other:
            place.slack.deliver_to(f"{other.url}/slack/events")
            calls = await calls_of(place, confirmation(place), "undo_acknowledge")
        assert [one for one in calls if one in {READ, UNDO}] == [READ, UNDO]
        assert any("is unacknowledged and Flashduty pages again" in text for text in place.sees())
