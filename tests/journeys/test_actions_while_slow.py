"""Actions while Flashduty is slow, dead or refuses: forms open at once, nothing is unanswered, nothing half done."""

import asyncio

import pytest
from acting import acknowledged, buttons, card_of, lines, presses_on_card, raised, record, submits, told
from comment_forms import view_of
from harbor import ALICE, BOB, CAROL, harbor_at
from living import cards_at, looks, the_card
from living import raised as raised_on_card

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault

QUICK = TimeLimits(lookup=1.0, notice=0.05, call=1.0, redraw=1.0)


async def opened(place, card, action):
    """Press what opens a form, and give the view as soon as there is one."""
    pressed = asyncio.create_task(place.slack.press(ALICE, card, action_id=action))
    (view,) = await place.slack.until(lambda: place.slack.views(ALICE), timeout=10)
    await pressed
    return view


@pytest.mark.parametrize("action", ["more:{}", "form:acknowledge_and_snooze:{}"])
async def test_a_form__opens_while_flashduty_hangs__and_says_so_with_a_way_on(action):
    async with harbor_at(time_limits=QUICK) as place:
        incident = raised(place)
        card = await card_of(place, incident)
        place.flashduty.fail("*", Fault.hang(), times=None)
        view = await opened(place, card, action.format(incident))
        assert f"Loading #{incident[-6:].upper()}" in str(view["blocks"])
        await place.slack.settled(timeout=20)
        shown = view_of(place)
        assert "Flashduty" in str(shown["blocks"])
        place.flashduty.mend()
        (again,) = [one for one in _actions(shown) if one.endswith(":retry")]
        await place.presses(shown, again)
        assert buttons(view_of(place))


def _actions(view):
    return [one["action_id"] for block in view["blocks"] for one in block.get("elements", []) if "action_id" in one]


async def test_a_slow_action_in_a_form__is_said_to_be_under_way__and_then_done():
    async with harbor_at(time_limits=TimeLimits(notice=0.05)) as place:
        incident = await acknowledged(place)
        view = await presses_on_card(place, incident, f"form:snooze:{incident}")
        place.flashduty.fail("/incident/snooze", Fault.delay(0.5), times=1)
        await place.slack.press(ALICE, view, action_id="snooze:60")
        await place.slack.until(
            lambda: f"Snoozing #{incident[-6:].upper()}" in str(view_of(place)["blocks"]), timeout=10
        )
        await place.slack.until(lambda: "You snoozed" in str(view_of(place)["blocks"]), timeout=10)
        await place.slack.settled()
        assert len(lines(place, "Alice Chen snoozed", CAROL)) == 1


@pytest.mark.parametrize(
    ("action", "call", "words"),
    [("wake", "wake", "was not ended"), ("close", "resolve", "was not closed")],
)
async def test_a_key_without_the_permission__is_said__with_who_can_mend_it(quay, action, call, words):
    incident = await acknowledged(quay)
    record(quay, incident)["snoozed_before"] = int(quay.clock.now().timestamp()) + 3600
    quay.flashduty.fail(f"/incident/{call}", Fault.code("AccessDenied"), times=None)
    await quay.presses(await card_of(quay, incident), f"{action}:{incident}")
    (said,) = lines(quay, words)
    assert "lacks “Incidents Manage”" in said
    assert record(quay, incident)["progress"] == "Processing"


async def test_after_the_form_was_closed__the_outcome_comes_directly(quay):
    incident = await acknowledged(quay)
    view = await presses_on_card(quay, incident, f"form:snooze:{incident}")
    quay.flashduty.fail("/incident/snooze", Fault.delay(0.3), times=1)
    await quay.slack.press(ALICE, view, action_id="snooze:60")
    await quay.slack.close_view(ALICE, view)
    await quay.slack.settled(timeout=10)
    assert [text for text in quay.sees(ALICE, "D0ALICE") if "You snoozed" in text]


async def test_somebody_acts_while_another_form_is_open__the_second_is_told_who_was_first(quay):
    incident = await acknowledged(quay)
    mine = await presses_on_card(quay, incident, f"form:snooze:{incident}")
    theirs = await presses_on_card(quay, incident, f"form:snooze:{incident}", BOB)
    await quay.presses(mine, "snooze:60")
    await quay.presses(theirs, "snooze:60", BOB)
    assert "is already snoozed until" in told(quay, BOB)
    assert len(quay.called("/incident/snooze")) == 1


async def test_on_a_living_card__the_card_shows_it_and_the_channel_hears_nothing_more():
    async with cards_at() as place:
        incident = raised_on_card(place, severity="Warning")
        await looks(place)
        card = the_card(place)
        assert buttons(card) == ["Acknowledge", "Acknowledge and snooze", "More"]
        await place.presses(card, f"form:acknowledge_and_snooze:{incident}")
        await place.presses(view_of(place), "snooze:60")
        await looks(place)
        shown = the_card(place)
        assert buttons(shown) == ["Wake", "Close", "More"]
        assert "then Flashduty pages again" in shown["text"]
        assert not lines(place, "Alice Chen acknowledged", CAROL)
        await place.presses(shown, f"close:{incident}")
        await looks(place)
        assert "*Closed*" in the_card(place)["text"]
        assert not lines(place, "Alice Chen closed", CAROL)


async def test_a_form_whose_incident_is_of_another_team_now__is_refused(quay):
    incident = await acknowledged(quay)
    view = await presses_on_card(quay, incident, f"form:snooze:{incident}")
    record(quay, incident)["channel_id"] = 5003
    await submits(quay, view, until="2h")
    assert "does not belong to team" in told(quay)
    assert quay.called("/incident/snooze") == []
