"""Acknowledge and Undo: the core of it all."""

import asyncio
from dataclasses import replace

import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, acknowledge_buttons, harbor_at, replica_of
from samples import sample

from sandbox.faults import Fault


def lines(harbor, words, user=CAROL):
    return [text for text in harbor.sees(user) if words in text]


async def raised(harbor, title="Card payments fail", **given):
    record = harbor.flashduty.raise_incident(title=title, severity="Critical", flashduty_channel=5001, **given)
    return record, f"acknowledge:{record['incident_id']}"


async def test_a_press_acknowledges__redraws_and_tells_the_channel(harbor):
    record, action = await raised(harbor)
    message = await harbor.types("/flashduty incidents")
    await harbor.presses(message, action)
    assert harbor.flashduty.account.incidents[record["incident_id"]]["progress"] == "Processing"
    assert len(lines(harbor, "Alice Chen acknowledged")) == 1
    redrawn = harbor.slack.seen_by(ALICE, PAYMENTS)[0]
    assert action not in acknowledge_buttons(redrawn)
    assert "Acknowledged* by Alice Chen" in redrawn["text"]
    assert any("You acknowledged" in text for text in harbor.sees())
    assert lines(harbor, "You acknowledged") == []


async def test_undo_takes_it_back(harbor):
    record, action = await raised(harbor)
    await harbor.presses(await harbor.types("/flashduty incidents"), action)
    confirmation = next(m for m in harbor.slack.seen_by(ALICE, PAYMENTS) if "You acknowledged" in m["text"])
    await harbor.presses(confirmation, "undo_acknowledge")
    assert harbor.flashduty.account.incidents[record["incident_id"]]["progress"] == "Triggered"
    assert any("Undone. " in text for text in harbor.sees())
    assert len(lines(harbor, " unacknowledged <")) == 1


async def test_somebody_faster_is_named__and_nothing_is_done(quay):
    _, action = await raised(quay)
    slow = await quay.types("/flashduty incidents", BOB)
    await quay.presses(await quay.types("/flashduty incidents"), action)
    await quay.presses(slow, action, BOB)
    assert any("already acknowledged by Alice Chen" in text for text in quay.sees(BOB))
    assert len(quay.called("/incident/ack")) == 1


async def test_an_acknowledgement_made_in_flashduty_is_named_after_its_maker(quay):
    record, action = await raised(quay)
    message = await quay.types("/flashduty incidents")
    record = quay.flashduty.account.incidents[record["incident_id"]]
    at = int(quay.clock.now().timestamp())
    record.update(progress="Processing", ack_time=at)
    record["responders"] = [{"person_id": 7003, "assigned_at": at, "acknowledged_at": at}]
    await quay.presses(message, action)
    assert any("already acknowledged by 王小明" in text for text in quay.sees())
    assert quay.called("/incident/ack") == []


async def test_a_double_click_acts_once(harbor):
    _, action = await raised(harbor)
    message = await harbor.types("/flashduty incidents")
    await asyncio.gather(*(harbor.slack.press(ALICE, message, action_id=action) for _ in range(5)))
    await harbor.slack.settled()
    assert len(harbor.called("/incident/ack")) == 1
    assert len(lines(harbor, "acknowledged")) == 1
    assert sum("You acknowledged" in text for text in harbor.sees()) == 1


async def test_a_second_delivery_acts_once(harbor):
    _, action = await raised(harbor)
    delivery = await harbor.presses(await harbor.types("/flashduty incidents"), action)
    before = len(harbor.flashduty.calls)
    await harbor.slack.redeliver(delivery)
    await harbor.slack.settled()
    assert len(harbor.flashduty.calls) == before


async def test_two_replicas_tell_the_channel_once(quay):
    """Each replica gets one half of a double click."""
    _, action = await raised(quay)
    message = await quay.types("/flashduty incidents")
    async with replica_of(quay) as other:
        quay.slack.busy_while(lambda: other.work.in_progress > 0)
        await asyncio.gather(*(quay.slack.press(ALICE, message, action_id=action) for _ in range(2)))
        await quay.slack.settled()
    assert len(lines(quay, "Alice Chen acknowledged")) == 1


async def confirmation(place, action):
    """Acknowledge, and give the private confirmation with its Undo."""
    await place.presses(await place.types("/flashduty incidents"), action)
    return next(one for one in place.slack.seen_by(ALICE, PAYMENTS)[::-1] if "You acknowledged" in one["text"])


async def test_undo_at_two_replicas_at_once__tells_the_channel_once():
    async with harbor_at(socket_mode=False) as place:
        record, action = await raised(place)
        confirmed = await confirmation(place, action)
        async with replica_of(place) as other:
            place.flashduty.fail("/incident/unack", Fault.delay(1), times=2)
            presses = []
            for bot in (place.bot, other):
                place.slack.deliver_to(f"{bot.url}/slack/events")
                presses.append(await place.slack.press(ALICE, confirmed, action_id="undo_acknowledge"))
            assert all(one.acked for one in presses)
            await place.slack.settled()
        assert len(place.called("/incident/unack")) == 2
        assert place.flashduty.account.incidents[record["incident_id"]]["progress"] == "Triggered"
        assert len(lines(place, " unacknowledged <")) == 1


@pytest.mark.parametrize(("undo", "ack"), [(1.5, 0), (0.5, 1.5)])
async def test_whoever_acknowledges_while_an_undo_is_not_yet_answered__is_named(undo, ack):
    """Whichever answer comes last, the undo does not take the next acknowledgement with it."""
    async with harbor_at(socket_mode=False) as place:
        record, action = await raised(place)
        confirmed = await confirmation(place, action)
        async with replica_of(place) as other:
            place.flashduty.fail("/incident/unack", Fault.late(undo))
            place.flashduty.fail("/incident/ack", Fault.delay(ack))
            made = asyncio.Event()
            place.flashduty.account.timeline.on_note.append(lambda _: made.set())
            await place.slack.press(ALICE, confirmed, action_id="undo_acknowledge")
            await made.wait()
            assert record["progress"] == "Triggered"
            place.slack.deliver_to(f"{other.url}/slack/events")
            await place.types(f"/flashduty ack {record['incident_id']}", BOB)
            await place.slack.settled()
            answered = [one.path for one in place.flashduty.calls if one.path in {"/incident/ack", "/incident/unack"}]
            last = "/incident/unack" if undo > ack else "/incident/ack"
            assert (len(answered), answered[-1]) == (3, last)
            assert len(lines(place, "Bob Müller acknowledged")) == 1
            shown = await place.types(f"/flashduty incident {record['incident_id']}", CAROL)
        assert "Acknowledged* by Bob Müller" in shown["text"]


async def test_a_member_who_is_no_responder_is_refused(quay):
    _, action = await raised(quay)
    await quay.presses(await quay.types("/flashduty incidents", ALICE), "share")
    (shared,) = [message for message in quay.shown(CAROL) if not message["ephemeral"]]
    await quay.presses(shared, action, CAROL)
    assert any("Only its responders" in text for text in quay.sees(CAROL))
    assert quay.called("/incident/ack") == []


async def test_an_incident_of_another_team_is_refused__whatever_the_button_says():
    async with harbor_at(socket_mode=False) as place:
        foreign = place.flashduty.raise_incident(title="Search is slow", severity="Critical", flashduty_channel=5003)
        await place.forges(ALICE, PAYMENTS, "acknowledge:x", sample("acknowledge", foreign["incident_id"]))
        assert any("does not belong to team" in text for text in place.sees())
        assert place.called("/incident/ack") == []


@pytest.mark.parametrize(
    "fault", [Fault.lost_answer(), Fault.half_body(), Fault.html(502)], ids=["lost", "half", "html"]
)
async def test_a_write_whose_answer_is_lost_is_looked_up(quay, fault):
    record, action = await raised(quay)
    message = await quay.types("/flashduty incidents")
    quay.flashduty.fail("/incident/ack", fault, times=1)
    await quay.presses(message, action)
    assert quay.flashduty.account.incidents[record["incident_id"]]["progress"] == "Processing"
    assert any("You acknowledged" in text for text in quay.sees())


async def test_a_write_that_fails_for_good_says_so__and_can_be_tried_again(quay):
    record, action = await raised(quay)
    message = await quay.types("/flashduty incidents")
    quay.flashduty.fail("/incident/ack", Fault.code("InternalError"), times=None)
    await quay.presses(message, action)
    failed = quay.slack.seen_by(ALICE, PAYMENTS)[-1]
    assert "Something went wrong inside Flashduty" in failed["text"]
    quay.flashduty.mend()
    await quay.presses(failed, "acknowledge:retry")
    assert quay.flashduty.account.incidents[record["incident_id"]]["progress"] == "Processing"
    assert not any("Something went wrong inside" in text for text in quay.sees())


async def test_work_under_way_is_finished__when_the_bot_is_stopped():
    async with harbor_at(socket_mode=False) as place:
        _, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("/incident/info", Fault.delay(0.3), times=1)
        delivery = await place.slack.press(ALICE, message, action_id=action)
        assert delivery.acked
    assert len(lines(place, "Alice Chen acknowledged")) == 1


async def test_an_account_that_demands_a_form__is_told_of_and_nothing_was_made(quay):
    """A plain acknowledgement is refused, and no operation of the API shows the form."""
    record, action = await raised(quay)
    message = await quay.types("/flashduty incidents")
    quay.flashduty.habits = replace(quay.flashduty.habits, wants_forms=True)
    await quay.presses(message, action)
    assert quay.flashduty.account.incidents[record["incident_id"]]["progress"] == "Triggered"
    assert any("most likely asks for a form" in text for text in quay.sees())
    assert lines(quay, "acknowledged") == []


@pytest.mark.parametrize("code", ["OK", "ok", "", "0", 0])
async def test_an_acknowledgement_with_an_error_that_is_none__is_made(quay, code):
    """`error.code` OK beside `data` is a success, for a change as well."""
    record, action = await raised(quay)
    message = await quay.types("/flashduty incidents")
    quay.flashduty.habits = replace(quay.flashduty.habits, ok_code=code)
    await quay.presses(message, action)
    assert quay.flashduty.account.incidents[record["incident_id"]]["progress"] == "Processing"
    assert len(lines(quay, "Alice Chen acknowledged")) == 1
