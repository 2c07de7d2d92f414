"""What the bot itself refuses is in the audit trail too: once, with the reason, and nothing of what was typed."""

from datetime import timedelta

import pytest
from acting import acknowledged, card_of, closes_in_console, presses_on_card, raised, submits
from comment_forms import view_of
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at
from trails import trail

from sandbox.faults import Fault


@pytest.fixture
async def place(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", ADMINS=ALICE, socket_mode=False) as place:
        yield place


async def rows(place, result="refused"):
    """Who was refused what on which incident, and why."""
    return [
        (one.attempt.slack_user_name, one.attempt.action, one.attempt.incident_id, one.outcome.reason)
        for one in await trail(place)
        if one.outcome.result == result
    ]


async def form_of(place, incident, form, user=ALICE):
    more = await presses_on_card(place, incident, f"more:{incident}", user)
    await place.presses(more, f"form:{form}:{incident}", user)
    return view_of(place, user)


@pytest.mark.parametrize("way", ["button", "typed"])
async def test_whoever_may_not_act__is_refused(place, way):
    incident = raised(place)
    if way == "button":
        card = await card_of(place, incident, ALICE)
        button = next(one for block in card["blocks"] for one in block.get("elements", []) if "value" in one)
        await place.forges(CAROL, PAYMENTS, button["action_id"], button["value"])
    else:
        await place.types(f"/flashduty ack {incident}", CAROL)
        await place.slack.settled()
    assert await rows(place) == [("Carol Diaz", "acknowledge", incident, "not_a_responder")]
    (row,) = await trail(place)
    assert (row.attempt.slack_user_id, row.attempt.team) == (CAROL, "payments")


async def test_the_same_again__is_one_entry_a_minute__and_somebody_who_goes_on_fills_no_more_than_twenty(place):
    incident = raised(place)
    for _ in range(3):
        await place.types(f"/flashduty ack {incident}", CAROL)
        await place.slack.settled()
    assert len(await rows(place)) == 1
    place.clock.shift(timedelta(minutes=1))
    for number in range(25):
        await place.types(f"/flashduty close {number:024x}", CAROL)
        await place.slack.settled()
    assert len(await rows(place)) == 1 + 20


async def test_wrong_input_of_a_form__is_refused_with_the_name_of_the_field(place):
    incident = await acknowledged(place)
    view = await form_of(place, incident, "snooze")
    await submits(place, view, until="next spring")
    assert await rows(place) == [("Alice Chen", "snooze", incident, "invalid_input: until")]
    assert "spring" not in repr(await trail(place))


@pytest.mark.parametrize(
    ("typed", "action", "reason"),
    [
        ("snooze {incident} 3d", "snooze", "invalid_input"),
        ("snooze {incident} 0", "snooze", "invalid_input"),
        ("close {incident} " + "x" * 1100, "close", "invalid_input"),
        ("comment {incident} " + "x" * 1100, "comment", "invalid_input"),
    ],
)
async def test_what_is_typed_wrong__is_refused(place, typed, action, reason):
    incident = await acknowledged(place)
    await place.types(f"/flashduty {typed.format(incident=incident)}")
    await place.slack.settled()
    assert [(one[1], one[3]) for one in await rows(place)] == [(action, reason)]


@pytest.mark.parametrize("verb", ["ack", "close", "comment"])
async def test_an_unknown_number__is_refused_with_the_number(place, verb):
    await place.types(f"/flashduty {verb} 0ABCDE hello" if verb == "comment" else f"/flashduty {verb} 0ABCDE")
    await place.slack.settled()
    (row,) = await trail(place)
    assert (row.outcome.result, row.outcome.reason, row.attempt.asked) == ("refused", "no_such_incident", "#0ABCDE")


async def test_several_at_once__each_have_their_own_entry(place):
    incident = await acknowledged(place)
    await place.types(f"/flashduty wake {incident} 0ABCDE")
    await place.slack.settled()
    results = [(one.outcome.result, one.outcome.reason) for one in await trail(place)][1:]
    assert sorted(results) == [("refused", "no_such_incident"), ("unchanged", "no_longer_so")]


async def test_an_undo_that_comes_too_late__is_refused(place):
    incident = await acknowledged(place)
    await place.presses(await card_of(place, incident), f"close:{incident}")
    confirmation = next(one for one in place.shown()[::-1] if "You closed" in one["text"])
    place.clock.shift(timedelta(minutes=16))
    await place.presses(confirmation, "reopen:undo")
    assert await rows(place) == [("Alice Chen", "reopen", incident, "too_late_to_undo")]


async def test_a_form_that_opens_too_late__is_refused(place):
    incident = await acknowledged(place)
    more = await presses_on_card(place, incident, f"more:{incident}")
    closes_in_console(place, incident)
    await place.presses(more, f"form:close:{incident}")
    assert await rows(place) == [("Alice Chen", "close", incident, "wrong_state")]


async def test_a_control_that_cannot_be_read__is_refused(place):
    incident = raised(place)
    await place.forges(ALICE, PAYMENTS, f"close:{incident}", "{}")
    assert await rows(place) == [("Alice Chen", "close", incident, "outdated_control")]


async def test_what_somebody_else_did_first__is_unchanged__with_the_state_as_the_reason(place):
    incident = await acknowledged(place)
    card = await card_of(place, incident, BOB)
    closes_in_console(place, incident)
    await place.presses(card, f"close:{incident}", BOB)
    assert await rows(place, "unchanged") == [("Bob Müller", "close", incident, "is_closed")]


async def test_a_key_without_the_permission__is_not_done__also_where_the_incident_cannot_be_read(place):
    incident = raised(place)
    place.flashduty.fail("/incident/ack", Fault.code("AccessDenied"), times=1)
    await place.types(f"/flashduty ack {incident}")
    await place.slack.settled()
    place.flashduty.fail("/incident/info", Fault.code("AccessDenied"), times=None)
    await place.types(f"/flashduty close {incident}")
    await place.slack.settled()
    assert await rows(place, "not_done") == [
        ("Alice Chen", "acknowledge", incident, "AccessDenied"),
        ("Alice Chen", "close", incident, "failed: AccessDenied"),
    ]
    assert await rows(place) == []


async def test_what_is_only_looked_at__is_no_attempt(place):
    await place.types("/flashduty incidents", "U0GINA")
    await place.types("/flashduty incident 0ABCDE")
    await place.slack.settled()
    assert await trail(place) == []


async def test_the_command__shows_what_was_refused_and_why(place):
    await place.types("/flashduty ack 0ABCDE", CAROL)
    await place.slack.settled()
    shown = await place.types("/flashduty audit")
    assert "Carol Diaz · Acknowledge #0ABCDE · refused · `not_a_responder`" in shown["text"]
