"""Close, with notes or without, Reopen, Unacknowledge, and their Undo."""

import asyncio

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
from harbor import ALICE, BOB, CAROL, PAYMENTS, replica_of

from sandbox.faults import Fault


def control(message, action):
    """A control of a message or a view."""
    found = [
        one
        for block in message["blocks"]
        for one in [*(block.get("elements", []) if block["type"] == "actions" else []), block.get("accessory", {})]
    ]
    return next(one for one in found if one.get("action_id", "").startswith(action))


def newest(place, words, user=ALICE):
    return next(one for one in place.slack.seen_by(user, PAYMENTS)[::-1] if words in one["text"])


async def close_form(place, incident, user=ALICE):
    more = await presses_on_card(place, incident, f"more:{incident}", user)
    await place.presses(more, f"form:close:{incident}", user)
    return view_of(place, user)


def typed_in(view, name):
    return next(one for one in view["blocks"] if one["block_id"] == name)["element"].get("initial_value", "")


async def test_one_press_closes__tells_the_channel_and_offers_undo(harbor):
    incident = await acknowledged(harbor)
    await harbor.presses(await card_of(harbor, incident), f"close:{incident}")
    assert record(harbor, incident)["progress"] == "Closed"
    assert len(lines(harbor, "Alice Chen closed", CAROL)) == 1
    confirmation = newest(harbor, "You closed")
    assert buttons(confirmation) == ["Undo", "Show incident"]
    assert "Flashduty pages its responders again" in confirmation["text"]
    assert [call.body for call in harbor.called("/incident/resolve")] == [{"incident_ids": [incident]}]


@pytest.mark.parametrize(("severity", "asks"), [("Critical", True), ("Warning", False), ("Info", False)])
async def test_closing__asks_first_for_a_critical_incident_alone(quay, severity, asks):
    incident = await acknowledged(quay, severity=severity)
    assert ("confirm" in control(await card_of(quay, incident), "close:")) == asks


async def test_undo_of_a_close__reopens_after_it_has_asked__and_its_undo_closes_again(quay):
    incident = await acknowledged(quay)
    await quay.presses(await card_of(quay, incident), f"close:{incident}")
    confirmation = newest(quay, "You closed")
    assert "pages its responders again" in control(confirmation, "reopen:undo")["confirm"]["text"]["text"]
    await quay.presses(confirmation, "reopen:undo")
    assert record(quay, incident)["progress"] == "Triggered"
    reopened = newest(quay, "You reopened")
    assert "stays paged" in reopened["text"]
    await quay.presses(reopened, "close:undo")
    assert record(quay, incident)["progress"] == "Closed"


async def test_undo_of_a_close__when_it_was_reopened_and_closed_again_meanwhile__changes_nothing(quay):
    incident = await acknowledged(quay)
    await quay.presses(await card_of(quay, incident), f"close:{incident}")
    record(quay, incident)["close_time"] += 600
    await quay.presses(newest(quay, "You closed"), "reopen:undo")
    assert quay.called("/incident/reopen") == []
    assert lines(quay, "was closed again")


async def test_the_form__sends_what_was_written_and_leaves_out_what_was_not_changed(quay):
    incident = await acknowledged(quay, description="disk full\non web-01")
    record(quay, incident)["resolution"] = "restarted"
    view = await close_form(quay, incident)
    assert typed_in(view, "description") == "disk full\non web-01"
    assert typed_in(view, "resolution") == "restarted"
    await submits(quay, view, root_cause="a leak", resolution="restarted", description="disk full\non web-01")
    (call,) = quay.called("/incident/resolve")
    assert call.body == {"incident_ids": [incident], "root_cause": "a leak"}
    assert record(quay, incident)["resolution"] == "restarted"
    assert "You closed" in told(quay)


async def test_a_description_that_was_changed__is_sent(quay):
    incident = await acknowledged(quay, description="disk full")
    await submits(
        quay, await close_form(quay, incident), root_cause="", resolution="", description="disk of web-01 full"
    )
    (call,) = quay.called("/incident/resolve")
    assert call.body == {"incident_ids": [incident], "description": "disk of web-01 full"}


@pytest.mark.parametrize(("length", "is_offered"), [(3000, True), (3001, False)])
async def test_a_description_that_no_field_holds__is_not_offered(quay, length, is_offered):
    incident = await acknowledged(quay, description="d" * length)
    view = await close_form(quay, incident)
    assert ("description" in [block["block_id"] for block in view["blocks"]]) == is_offered


async def test_a_form_that_fails__keeps_what_was_typed__and_so_does_the_next_one(quay):
    incident = await acknowledged(quay)
    quay.flashduty.fail("/incident/resolve", Fault.code("NoLicense"), times=None)
    view = await close_form(quay, incident)
    await submits(quay, view, root_cause="a leak", resolution="restarted")
    shown = view_of(quay)
    assert "was not closed" in told(quay)
    assert typed_in(shown, "root_cause") == "a leak"
    quay.flashduty.mend()
    await quay.slack.close_view(ALICE, shown)
    again = await close_form(quay, incident)
    assert typed_in(again, "resolution") == "restarted"
    await submits(quay, again, root_cause="a leak", resolution="restarted")
    assert record(quay, incident)["root_cause"] == "a leak"


async def test_a_form_that_is_sent_after_somebody_closed__says_so_and_keeps_the_text(quay):
    incident = await acknowledged(quay)
    view = await close_form(quay, incident)
    closes_in_console(quay, incident)
    await submits(quay, view, root_cause="a leak", resolution="")
    assert "was closed" in told(quay)
    assert quay.called("/incident/resolve") == []


async def test_a_form_that_opens_when_the_incident_is_closed__says_so(quay):
    incident = await acknowledged(quay)
    more = await presses_on_card(quay, incident, f"more:{incident}")
    closes_in_console(quay, incident)
    await quay.presses(more, f"form:close:{incident}")
    assert "was closed" in told(quay)


async def test_reopen__takes_a_reason_and_pages(harbor):
    incident = await acknowledged(harbor)
    closes_in_console(harbor, incident)
    card = await card_of(harbor, incident)
    assert buttons(card) == ["Reopen", "Add comment", "More"]
    view = await presses_on_card(harbor, incident, f"form:reopen:{incident}")
    assert "Flashduty pages its responders again" in told(harbor)
    await submits(harbor, view, reason="it is back")
    (call,) = harbor.called("/incident/reopen")
    assert call.body == {"incident_ids": [incident], "reason": "it is back"}
    assert record(harbor, incident)["progress"] == "Triggered"
    assert len(lines(harbor, "Alice Chen reopened", CAROL)) == 1


async def test_a_reopen_without_a_reason__is_refused_beside_the_field(quay):
    incident = await acknowledged(quay)
    closes_in_console(quay, incident)
    view = await presses_on_card(quay, incident, f"form:reopen:{incident}")
    delivery = await submits(quay, view, reason="   ")
    assert set(delivery.answer["errors"]) == {"reason"}
    assert quay.called("/incident/reopen") == []


async def test_a_reopen_whose_answer_is_lost__is_never_sent_twice(quay):
    incident = await acknowledged(quay)
    closes_in_console(quay, incident)
    view = await presses_on_card(quay, incident, f"form:reopen:{incident}")
    quay.flashduty.fail("/incident/reopen", Fault.lost_answer(), times=1)
    await submits(quay, view, reason="it is back")
    assert len(quay.called("/incident/reopen")) == 1
    assert "You reopened" in told(quay)


async def test_unacknowledge__asks_whose_it_is__and_frees_what_a_colleague_acknowledged(quay):
    incident = await acknowledged(quay)
    more = await presses_on_card(quay, incident, f"more:{incident}", BOB)
    pressed = control(more, "unacknowledge:")
    assert "Alice Chen acknowledged it" in pressed["confirm"]["text"]["text"]
    await quay.presses(more, pressed["action_id"], BOB)
    assert record(quay, incident)["progress"] == "Triggered"
    assert "Nobody is on it, and Flashduty pages again" in told(quay, BOB)
    assert len(lines(quay, "Bob Müller unacknowledged", CAROL)) == 1


async def test_unacknowledge__says_who_still_has_it(quay):
    incident = await acknowledged(quay)
    at = int(quay.clock.now().timestamp())
    other = {"person_id": 7002, "person_name": "Bob Müller", "assigned_at": at, "acknowledged_at": at}
    record(quay, incident)["responders"].append(other)
    more = await presses_on_card(quay, incident, f"more:{incident}")
    await quay.presses(more, f"unacknowledge:{incident}")
    assert record(quay, incident)["progress"] == "Processing"
    assert "still acknowledged by Bob Müller" in told(quay)


async def test_what_was_acknowledged_in_the_console__is_not_offered_to_be_unacknowledged(quay):
    incident = raised(quay)
    at = int(quay.clock.now().timestamp())
    record(quay, incident).update(progress="Processing", ack_time=at)
    record(quay, incident)["responders"] = [{"person_id": 7005, "assigned_at": at, "acknowledged_at": at}]
    more = await presses_on_card(quay, incident, f"more:{incident}")
    assert "Unacknowledge" not in buttons(more)


async def test_a_double_press_of_close__closes_once_and_tells_once(quay):
    incident = await acknowledged(quay)
    card = await card_of(quay, incident)
    await asyncio.gather(*(quay.slack.press(ALICE, card, action_id=f"close:{incident}") for _ in range(4)))
    await quay.slack.settled()
    assert len(quay.called("/incident/resolve")) == 1
    assert len(lines(quay, "Alice Chen closed", CAROL)) == 1


async def test_two_replicas_that_close__tell_once(quay):
    incident = await acknowledged(quay)
    card = await card_of(quay, incident)
    async with replica_of(quay) as other:
        quay.slack.busy_while(lambda: other.work.in_progress > 0)
        await asyncio.gather(*(quay.slack.press(ALICE, card, action_id=f"close:{incident}") for _ in range(2)))
        await quay.slack.settled()
    assert len(lines(quay, "Alice Chen closed", CAROL)) == 1


@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.half_body()], ids=["lost", "half"])
async def test_a_close_whose_answer_is_lost__is_looked_up(quay, fault):
    incident = await acknowledged(quay)
    card = await card_of(quay, incident)
    quay.flashduty.fail("/incident/resolve", fault, times=1)
    await quay.presses(card, f"close:{incident}")
    assert record(quay, incident)["progress"] == "Closed"
    assert lines(quay, "You closed")
