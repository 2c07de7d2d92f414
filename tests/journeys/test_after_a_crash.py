"""Changes that a process did not live to tell: looked up by the next one, and told as they are."""

from datetime import timedelta

import pytest
from crashes import dying, next_one, open_actions, told
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at, replica_of
from trails import results

from sandbox.faults import Fault

HERE = "D0ALICE"


@pytest.fixture
async def place(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        place.database = tmp_path / "bot.db"
        yield place


def raised(place):
    return place.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)


async def pressed_and_untold(place, record):
    """Acknowledge an incident in a process that dies before anybody is told."""
    async with dying(place):
        message = await place.types("/flashduty incidents")
        place.slack.fail("*", Fault.hang(), times=None)
        press = await place.slack.press(ALICE, message, action_id=f"acknowledge:{record['incident_id']}")
        assert press.acked
        await place.slack.until(lambda: place.called("/incident/ack"), timeout=10)


async def test_what_was_made__is_told_as_made__to_the_person_and_the_channel(place):
    """The process ends after the write and before the answer."""
    record = raised(place)
    await pressed_and_untold(place, record)
    assert [action for action, _ in open_actions(place)] == ["acknowledge"]
    async with next_one(place):
        assert len(told(place, "You acknowledged")) == 1
        assert len(told(place, "Alice Chen acknowledged", CAROL)) == 1
        assert open_actions(place) == []
        card = await place.types(f"/flashduty incident {record['incident_id']}", BOB)
        assert "Acknowledged* by Alice Chen" in card["text"]
        assert len(place.called("/incident/ack")) == 1


async def test_what_was_not_made__is_told_as_not_made__and_can_be_done(place):
    """The change is noted in the database before it is sent to Flashduty."""
    record = raised(place)
    async with dying(place):
        message = await place.types("/flashduty incidents")
        place.slack.fail("*", Fault.hang(), times=None)
        place.flashduty.fail("/incident/info", Fault.hang(), times=None)
        await place.slack.press(ALICE, message, action_id=f"acknowledge:{record['incident_id']}")
        await place.slack.until(lambda: open_actions(place), timeout=10)
    async with next_one(place):
        number = record["incident_id"][-6:].upper()
        (shown,) = [m for m in place.shown() if f"#{number} was not acknowledged" in m["text"]]
        assert "The bot stopped before it was done." in shown["text"]
        assert open_actions(place) == []
        await place.presses(shown, "acknowledge:retry")
        assert place.flashduty.account.incidents[record["incident_id"]]["progress"] == "Processing"
        assert told(place, "Alice Chen acknowledged", CAROL)


async def test_what_somebody_else_made_meanwhile__is_told_as_theirs(place):
    record = raised(place)
    async with dying(place):
        message = await place.types("/flashduty incidents")
        theirs = await place.types("/flashduty incidents", BOB)
        place.flashduty.fail("/incident/info", Fault.hang(), times=1)
        place.slack.fail("response_url", Fault.hang(), times=None)
        await place.slack.press(ALICE, message, action_id=f"acknowledge:{record['incident_id']}")
        await place.slack.until(lambda: open_actions(place), timeout=10)
        place.slack.deliver_to(f"{place.bot.url}/slack/events")
        place.slack.mend()
        await place.slack.press(BOB, theirs, action_id=f"acknowledge:{record['incident_id']}")
        await place.slack.until(lambda: told(place, "You acknowledged", BOB), timeout=10)
    async with next_one(place):
        assert told(place, "already acknowledged by Bob Müller")
        assert not told(place, "You acknowledged")


async def test_an_undo__is_told_as_it_is(place):
    record = raised(place)
    async with dying(place):
        message = await place.types("/flashduty incidents")
        await place.presses(message, f"acknowledge:{record['incident_id']}")
        confirmation = next(m for m in place.slack.seen_by(ALICE, PAYMENTS) if "You acknowledged" in m["text"])
        place.slack.fail("*", Fault.hang(), times=None)
        await place.slack.press(ALICE, confirmation, action_id="undo_acknowledge")
        await place.slack.until(lambda: place.called("/incident/unack"), timeout=10)
    async with next_one(place):
        assert len(told(place, "Undone. ")) == 1
        assert len(told(place, " unacknowledged <", CAROL)) == 1


async def test_an_undo_whose_line_is_in_the_channel__is_not_announced_again(place):
    """The process ends after the line and before the answer to the person."""
    record = raised(place)
    async with dying(place):
        message = await place.types("/flashduty incidents")
        await place.presses(message, f"acknowledge:{record['incident_id']}")
        confirmation = next(m for m in place.slack.seen_by(ALICE, PAYMENTS) if "You acknowledged" in m["text"])
        place.clock.shift(timedelta(minutes=2))
        place.slack.fail("response_url", Fault.hang(), times=None)
        await place.slack.press(ALICE, confirmation, action_id="undo_acknowledge")
        await place.slack.until(lambda: told(place, " unacknowledged <", CAROL), timeout=10)
    async with next_one(place):
        assert len(told(place, "Undone. ")) == 1
        assert len(told(place, " unacknowledged <", CAROL)) == 1


async def test_what_was_made_and_taken_back_in_the_console__is_told_as_made__and_not_to_the_channel(place):
    record = raised(place)
    await pressed_and_untold(place, record)
    place.clock.shift(timedelta(minutes=3))
    place.flashduty.console.unacknowledge(record["incident_id"], by="Dana Okoye")
    async with next_one(place):
        assert not told(place, "was not acknowledged")
        assert len(told(place, "It is no longer acknowledged.")) == 1
        assert not told(place, "Alice Chen acknowledged", CAROL)
    assert [one[-1] for one in await results(place)] == ["done"]


async def test_what_was_not_made__and_was_pressed_again_since__is_not_told_as_made(place):
    record = raised(place)
    async with dying(place):
        message = await place.types("/flashduty incidents")
        place.slack.fail("*", Fault.hang(), times=None)
        place.flashduty.fail("/incident/ack", Fault.hang(), times=None)
        await place.slack.press(ALICE, message, action_id=f"acknowledge:{record['incident_id']}")
        await place.slack.until(lambda: open_actions(place), timeout=10)
        await place.slack.until(lambda: place.called("/incident/info"), timeout=10)
    place.clock.shift(timedelta(minutes=3))
    place.slack.deliver_to(f"{place.bot.url}/slack/events")
    await place.presses(await place.types("/flashduty incidents"), f"acknowledge:{record['incident_id']}")
    async with next_one(place):
        assert len(told(place, "You acknowledged")) == 1
        assert len(told(place, "Alice Chen acknowledged", CAROL)) == 1
    assert [one[-1] for one in await results(place)] == ["unchanged", "done"]


async def test_an_undo_that_was_not_made__and_was_pressed_again_since__is_not_told_as_made(place):
    record = raised(place)
    async with dying(place):
        await place.presses(await place.types("/flashduty incidents"), f"acknowledge:{record['incident_id']}")
        confirmation = next(m for m in place.slack.seen_by(ALICE, PAYMENTS) if "You acknowledged" in m["text"])
        place.slack.fail("*", Fault.hang(), times=None)
        place.flashduty.fail("/incident/unack", Fault.hang(), times=None)
        await place.slack.press(ALICE, confirmation, action_id="undo_acknowledge")
        await place.slack.until(lambda: open_actions(place), timeout=10)
    place.clock.shift(timedelta(minutes=3))
    place.slack.deliver_to(f"{place.bot.url}/slack/events")
    await place.presses(confirmation, "undo_acknowledge")
    await place.presses(await place.types("/flashduty incidents"), f"acknowledge:{record['incident_id']}")
    async with next_one(place):
        assert len(told(place, " unacknowledged <", CAROL)) == 1
    made, cut_off, *others = [one[-1] for one in await results(place)]
    assert [made, *others] == ["done", "done", "done"]
    # It depends on how far the process came.
    assert cut_off in {"not_done", "unchanged"}


async def test_what_cannot_be_looked_up__is_told_as_not_known(place):
    async with dying(place):
        place.slack.fail("chat.postMessage", Fault.hang(), times=None)
        place.slack.fail("response_url", Fault.hang(), times=None)
        await place.slack.command(ALICE, PAYMENTS, "/flashduty digest post")
        await place.slack.until(lambda: open_actions(place), timeout=10)
    async with next_one(place):
        assert len(told(place, "We could not confirm that today's digest was posted.")) >= 1
        assert open_actions(place) == []


async def test_a_response_url__is_used_for_half_an_hour__and_deleted_then(place):
    record = raised(place)
    await pressed_and_untold(place, record)
    assert open_actions(place)[0][1] is not None
    place.clock.shift(timedelta(minutes=31))
    async with next_one(place):
        assert not told(place, "You acknowledged")
        assert len(told(place, "You acknowledged", ALICE, HERE)) == 1
        assert open_actions(place) == []


async def test_while_flashduty_is_away__it_is_looked_up_again__and_not_known_after_five_minutes(place):
    record = raised(place)
    await pressed_and_untold(place, record)
    place.flashduty.fail("/incident/info", Fault.html(500), times=None)
    async with next_one(place) as bot:
        assert len(open_actions(place)) == 1
        place.clock.shift(timedelta(minutes=6))
        await bot.tick()
        assert len(told(place, "We could not confirm that")) == 1
        assert open_actions(place) == []


async def test_what_was_told__is_not_noted_any_more(place):
    record = raised(place)
    message = await place.types("/flashduty incidents")
    await place.presses(message, f"acknowledge:{record['incident_id']}")
    assert open_actions(place) == []


async def test_what_one_replica_works_on__is_not_another_ones(place):
    record = raised(place)
    message = await place.types("/flashduty incidents")
    async with replica_of(place) as other:
        place.flashduty.fail("/incident/info", Fault.delay(2.0), times=1)
        await place.slack.press(ALICE, message, action_id=f"acknowledge:{record['incident_id']}")
        await place.slack.until(lambda: open_actions(place), timeout=10)
        await other.tick()
        await place.slack.settled(20)
        assert len(told(place, "You acknowledged")) == 1
        assert not told(place, "was not acknowledged")
