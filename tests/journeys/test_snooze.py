"""Snooze, Acknowledge and snooze, Wake, and their Undo."""

import asyncio
from datetime import timedelta

import pytest
from acting import (
    acknowledged,
    buttons,
    card_of,
    closes_in_console,
    lines,
    presses_on_card,
    raised,
    record,
    submits,
    told,
)
from comment_forms import view_of
from harbor import ALICE, BOB, CAROL, GINA, replica_of
from trails import results

from sandbox.faults import Fault

HOUR = 3600


def at(place):
    return int(place.clock.now().timestamp())


async def snooze_form(place, incident, user=ALICE):
    return await presses_on_card(place, incident, f"form:snooze:{incident}", user)


async def test_two_presses_snooze__confirm_with_undo_and_tell_the_channel(harbor):
    incident = await acknowledged(harbor)
    view = await snooze_form(harbor, incident)
    assert buttons(view) == ["30 min", "1 h", "2 h", "4 h", "8 h", "12 h", "24 h"]
    await harbor.presses(view, "snooze:120")
    assert record(harbor, incident)["snoozed_before"] == at(harbor) + 2 * HOUR
    assert "You snoozed" in told(harbor)
    assert "Flashduty pages again then" in told(harbor)
    assert buttons(view_of(harbor)) == ["Undo", "Show incident"]
    assert len(lines(harbor, "Alice Chen snoozed", CAROL)) == 1
    assert [call.body for call in harbor.called("/incident/snooze")] == [{"incident_ids": [incident], "minutes": 120}]


async def test_the_card_of_a_snoozed_incident__says_until_when_and_what_then__and_offers_wake(quay):
    incident = await acknowledged(quay)
    await quay.presses(await snooze_form(quay, incident), "snooze:30")
    card = await card_of(quay, incident)
    assert "then Flashduty pages again" in card["text"]
    assert buttons(card) == ["Wake", "Close", "More"]


async def test_undo_of_a_snooze__wakes_it__and_its_undo_snoozes_for_the_rest(quay):
    incident = await acknowledged(quay)
    await quay.presses(await snooze_form(quay, incident), "snooze:60")
    until = record(quay, incident)["snoozed_before"]
    quay.clock.shift(timedelta(minutes=10))
    await quay.presses(view_of(quay), "wake:undo")
    assert record(quay, incident)["snoozed_before"] == 0
    assert "You ended the snooze" in told(quay)
    quay.clock.shift(timedelta(minutes=5))
    await quay.presses(view_of(quay), "snooze:undo")
    assert record(quay, incident)["snoozed_before"] == until


async def test_undo_after_fifteen_minutes__changes_nothing_and_says_so(quay):
    incident = await acknowledged(quay)
    await quay.presses(await snooze_form(quay, incident), "snooze:60")
    quay.clock.shift(timedelta(minutes=16))
    await quay.presses(view_of(quay), "wake:undo")
    assert record(quay, incident)["snoozed_before"] > 0
    assert "was good for 15 minutes" in told(quay)
    assert quay.called("/incident/wake") == []


async def test_undo_of_a_snooze_that_somebody_has_changed__leaves_the_new_one(quay):
    incident = await acknowledged(quay)
    await quay.presses(await snooze_form(quay, incident), "snooze:60")
    confirmation = view_of(quay)
    again = await presses_on_card(quay, incident, f"more:{incident}", BOB)
    await quay.presses(again, f"form:snooze:{incident}", BOB)
    await quay.presses(view_of(quay, BOB), "snooze:240", BOB)
    until = record(quay, incident)["snoozed_before"]
    await quay.presses(confirmation, "wake:undo")
    assert record(quay, incident)["snoozed_before"] == until
    assert "was snoozed again meanwhile" in told(quay)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("90", 90), ("2h", 120), ("1 h 30 min", 90), ("until 09:00", 30), ("9点", 30), ("２小时", 120), ("8:00", 1410)],
)
async def test_a_length_of_ones_own__in_minutes_or_until_a_time_of_ones_own_zone(quay, typed, minutes):
    """It is 08:30 in Berlin, where Alice is."""
    incident = await acknowledged(quay)
    await submits(quay, await snooze_form(quay, incident), until=typed)
    assert record(quay, incident)["snoozed_before"] == at(quay) + minutes * 60
    assert "You snoozed" in told(quay)


@pytest.mark.parametrize("typed", ["0", "3d", "25h", "until 25:00", "soon", "-5", "1441", "2,5h", ""])
async def test_a_length_that_cannot_be__is_refused_beside_its_field__and_kept(quay, typed):
    incident = await acknowledged(quay)
    view = await snooze_form(quay, incident)
    delivery = await submits(quay, view, until=typed)
    assert delivery.answer["response_action"] == "errors"
    assert set(delivery.answer["errors"]) == {"until"}
    assert quay.called("/incident/snooze") == []


async def test_acknowledge_and_snooze__is_two_changes_and_one_line(quay):
    incident = raised(quay)
    view = await presses_on_card(quay, incident, f"form:acknowledge_and_snooze:{incident}")
    before = len(quay.flashduty.calls)
    await quay.presses(view, "snooze:60")
    changes = [
        call.path for call in quay.flashduty.calls[before:] if call.path in {"/incident/ack", "/incident/snooze"}
    ]
    assert changes == ["/incident/ack", "/incident/snooze"]
    assert record(quay, incident)["progress"] == "Processing"
    assert record(quay, incident)["snoozed_before"] == at(quay) + HOUR
    assert "You acknowledged" in told(quay)
    assert "and snoozed it until" in told(quay)
    assert len(lines(quay, "Alice Chen acknowledged", CAROL)) == 1


async def test_acknowledge_and_snooze__when_the_snooze_is_refused__says_which_of_both_was_made(quay):
    incident = raised(quay)
    view = await presses_on_card(quay, incident, f"form:acknowledge_and_snooze:{incident}")
    quay.flashduty.fail("/incident/snooze", Fault.code("InternalError"), times=None)
    await quay.presses(view, "snooze:60")
    assert record(quay, incident)["progress"] == "Processing"
    assert "You acknowledged" in told(quay)
    assert "was not snoozed" in told(quay)
    assert buttons(view_of(quay)) == ["Snooze", "Show incident"]
    assert len(lines(quay, "Alice Chen acknowledged", CAROL)) == 1


async def test_acknowledge_and_snooze__when_somebody_was_faster__snoozes_nothing(quay):
    incident = raised(quay)
    view = await presses_on_card(quay, incident, f"form:acknowledge_and_snooze:{incident}")
    await quay.types(f"/flashduty ack {incident}", BOB)
    await quay.presses(view, "snooze:60")
    assert "already acknowledged by Bob" in told(quay)
    assert "not snoozed either" in told(quay)
    assert quay.called("/incident/snooze") == []


async def test_a_form_that_was_opened_before_somebody_closed__says_so(quay):
    incident = await acknowledged(quay)
    view = await snooze_form(quay, incident)
    closes_in_console(quay, incident)
    await quay.presses(view, "snooze:60")
    assert "was closed" in told(quay)
    assert quay.called("/incident/snooze") == []


async def test_a_double_press_of_a_length__snoozes_once_and_tells_once(quay):
    incident = await acknowledged(quay)
    view = await snooze_form(quay, incident)
    await asyncio.gather(*(quay.slack.press(ALICE, view, action_id="snooze:60") for _ in range(4)))
    await quay.slack.settled()
    assert len(quay.called("/incident/snooze")) == 1
    assert len(lines(quay, "Alice Chen snoozed", CAROL)) == 1


async def test_two_replicas__tell_the_channel_once(quay):
    incident = await acknowledged(quay)
    view = await snooze_form(quay, incident)
    async with replica_of(quay) as other:
        quay.slack.busy_while(lambda: other.work.in_progress > 0)
        await asyncio.gather(*(quay.slack.press(ALICE, view, action_id="snooze:60") for _ in range(2)))
        await quay.slack.settled()
    assert len(lines(quay, "Alice Chen snoozed", CAROL)) == 1


@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.half_body()], ids=["lost", "half"])
async def test_a_snooze_whose_answer_is_lost__is_looked_up(quay, fault):
    incident = await acknowledged(quay)
    view = await snooze_form(quay, incident)
    quay.flashduty.fail("/incident/snooze", fault, times=1)
    await quay.presses(view, "snooze:60")
    assert "You snoozed" in told(quay)
    assert record(quay, incident)["snoozed_before"] > 0
    # Flashduty books each snooze: one entry of the timeline for one press.
    entries = quay.flashduty.account.timeline.of(record(quay, incident))
    assert [one.what for one in entries].count("i_snooze") == 1


async def test_more__lists_what_can_be_done_with_one_button_each(quay):
    incident = raised(quay)
    view = await presses_on_card(quay, incident, f"more:{incident}")
    assert buttons(view) == [
        "Acknowledge",
        "Snooze",
        "Add comment",
        "Close",
        "Close with notes",
        "Escalate",
        "Reassign",
        "Add",
        "Catch me up",
        "Details",
        "Open in Flashduty",
    ]


async def test_more__for_somebody_who_may_not_act__only_looks(quay):
    incident = raised(quay)
    await quay.presses(await card_of(quay, incident, CAROL), f"more:{incident}", CAROL)
    assert buttons(view_of(quay, CAROL)) == ["Catch me up", "Details", "Open in Flashduty"]


async def test_wake_from_the_card__ends_the_snooze(quay):
    incident = await acknowledged(quay)
    await quay.presses(await snooze_form(quay, incident), "snooze:60")
    await quay.presses(await card_of(quay, incident), f"wake:{incident}")
    assert record(quay, incident)["snoozed_before"] == 0
    assert record(quay, incident)["progress"] == "Processing"
    assert lines(quay, "You ended the snooze of")
    assert len(lines(quay, "Alice Chen ended the snooze", CAROL)) == 1


async def test_a_line_that_slack_refused__is_posted_by_the_control_beside_the_reason(quay):
    incident = await acknowledged(quay)
    view = await snooze_form(quay, incident)
    quay.slack.fail("chat.postMessage", Fault.code("not_in_channel"), times=1)
    await quay.presses(view, "snooze:60")
    assert lines(quay, "Alice Chen snoozed", CAROL) == []
    (problem,) = [one for one in quay.shown(ALICE, "D0ALICE") if "Not posted in" in one["text"]]
    await quay.presses(problem, "tell_action:retry")
    assert len(lines(quay, "Alice Chen snoozed", CAROL)) == 1
    assert len(quay.called("/incident/snooze")) == 1


async def test_after_an_action_in_a_form__the_message_behind_it_is_true_again(quay):
    incident = raised(quay)
    card = await card_of(quay, incident)
    await quay.presses(card, f"form:acknowledge_and_snooze:{incident}")
    await quay.presses(view_of(quay), "snooze:60")
    (behind,) = [one for one in quay.shown() if one["ts"] == card["ts"]]
    assert buttons(behind) == ["Wake", "Close", "More"]
    assert "Acknowledged* by Alice Chen" in behind["text"]
    await quay.presses(view_of(quay), "wake:undo")
    (behind,) = [one for one in quay.shown() if one["ts"] == card["ts"]]
    assert buttons(behind) == ["Snooze", "Close", "More"]


async def test_after_a_form_that_was_sent_from_a_list__its_row_is_true_again(quay):
    incident = raised(quay, title="Quince jam")
    listed = await quay.types("/flashduty incidents Quince")
    await quay.chooses(listed, incident, "more")
    await quay.presses(view_of(quay), f"form:acknowledge_and_snooze:{incident}")
    await submits(quay, view_of(quay), until="2h")
    (behind,) = [one for one in quay.shown() if one["ts"] == listed["ts"]]
    assert "snoozed until" in behind["text"]


@pytest.mark.parametrize("user", [CAROL, GINA])
async def test_whoever_may_not_act__sees_the_refusal_in_the_form__and_nothing_is_done(quay, user):
    """The buttons of a card in the channel are there for everybody."""
    incident = raised(quay)
    await quay.chooses(await card_of(quay, incident), incident, "share")
    shared = next(one for one in quay.shown(ALICE)[::-1] if not one["ephemeral"])
    await quay.presses(shared, f"form:acknowledge_and_snooze:{incident}", user)
    shown = view_of(quay, user)
    assert [block["type"] for block in shown["blocks"] if block["type"] == "input"] == []
    assert "was not" in told(quay, user) or "guest" in told(quay, user) or "Only its responders" in told(quay, user)
    assert record(quay, incident)["progress"] == "Triggered"


async def test_the_end_of_a_snooze_whose_answer_is_lost__while_somebody_closes__is_not_said_to_be_ones_own(quay):
    incident = await acknowledged(quay)
    await quay.presses(await snooze_form(quay, incident), "snooze:60")
    card = await card_of(quay, incident)
    quay.flashduty.fail("/incident/wake", Fault.reset(), times=1)
    quay.flashduty.on_call = lambda call: call.code == "reset" and closes_in_console(quay, incident)
    await quay.presses(card, f"wake:{incident}")
    assert lines(quay, "could not confirm that the snooze of")
    assert not lines(quay, "You ended the snooze")
    assert await results(quay) == [
        (ALICE, "acknowledge", incident, "done"),
        (ALICE, "snooze", incident, "done"),
        (ALICE, "wake", incident, "not_known"),
    ]


async def test_a_snooze_that_undo_has_given_back__is_ended_again_by_whoever_ends_it(quay):
    incident = await acknowledged(quay)
    await quay.presses(await snooze_form(quay, incident), "snooze:60")
    for action in ("wake:undo", "snooze:undo", "wake:undo"):
        quay.clock.shift(timedelta(minutes=1))
        await quay.presses(view_of(quay), action)
    assert "You ended the snooze" in told(quay)
    assert record(quay, incident)["snoozed_before"] == 0
    assert [result for *_, result in await results(quay)] == ["done"] * 5
