"""Every form opens before Flashduty has answered anything: on a card, from More, by a command."""

import pytest
from acting import acknowledged, card_of, closes_in_console, raised
from comment_forms import view_of
from harbor import ALICE, PAYMENTS, harbor_at
from wire_order import WireOrder

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault

# What cannot be read is said soon, so that a journey ends; nobody's form waits for that.
QUICK = TimeLimits(lookup=1.0, call=1.0, redraw=1.0)


@pytest.fixture
async def place():
    async with harbor_at(time_limits=QUICK) as place:
        yield place


async def closed(place):
    incident = await acknowledged(place)
    closes_in_console(place, incident)
    return incident


def hangs(place):
    place.flashduty.fail("*", Fault.hang(), times=None)
    return WireOrder.of(place)


async def comes(place, order, title):
    """Wait for the form with this title: it is there although Flashduty has answered nothing."""
    await place.slack.until(lambda: [view for view in place.slack.views(ALICE) if view["title"]["text"] == title])
    assert "Loading" in str(view_of(place)["blocks"])
    await place.slack.settled(timeout=20)
    assert {"views.open", "views.update"} & set(order.before_the_first_answer)
    assert "Flashduty" in str(view_of(place)["blocks"])


FROM_A_CARD = {
    "more:{}": (raised, "More"),
    "form:acknowledge_and_snooze:{}": (raised, "Acknowledge and snooze"),
    "form:snooze:{}": (acknowledged, "Snooze"),
    "form:reopen:{}": (closed, "Reopen"),
}
FROM_MORE = {
    "form:acknowledge_and_snooze:{}": (raised, "Acknowledge and snooze"),
    "form:snooze:{}": (acknowledged, "Snooze"),
    "form:close:{}": (acknowledged, "Close with notes"),
    "form:reopen:{}": (closed, "Reopen"),
    "form:reassign:{}": (raised, "Reassign"),
    "form:escalate:{}": (raised, "Escalate"),
    "form:add_responder:{}": (raised, "Add responder"),
    "open:comment:{}": (raised, "Add comment"),
}
TYPED = {
    "snooze {}": (acknowledged, "Snooze"),
    "reopen {}": (closed, "Reopen"),
    "assign {}": (raised, "Reassign"),
    "escalate {}": (raised, "Escalate"),
    "add {}": (raised, "Add responder"),
    "comment {}": (raised, "Add comment"),
    "comment": (raised, "Add comment"),
}


async def made(place, state):
    found = state(place)
    return found if isinstance(found, str) else await found


@pytest.mark.parametrize("action", FROM_A_CARD)
async def test_a_form_of_a_card__opens_before_flashduty_answers(place, action):
    state, title = FROM_A_CARD[action]
    incident = await made(place, state)
    card = await card_of(place, incident)
    order = hangs(place)
    await place.slack.press(ALICE, card, action_id=action.format(incident))
    await comes(place, order, title)


@pytest.mark.parametrize("action", FROM_MORE)
async def test_a_form_from_more__takes_its_place_before_flashduty_answers(place, action):
    state, title = FROM_MORE[action]
    incident = await made(place, state)
    await place.presses(await card_of(place, incident), f"more:{incident}")
    more = view_of(place)
    order = hangs(place)
    await place.slack.press(ALICE, more, action_id=action.format(incident))
    await comes(place, order, title)


@pytest.mark.parametrize("typed", TYPED)
async def test_a_form_of_a_command__opens_before_flashduty_answers(place, typed):
    state, title = TYPED[typed]
    incident = await made(place, state)
    order = hangs(place)
    await place.slack.command(ALICE, PAYMENTS, f"/flashduty {typed.format(incident)}")
    await comes(place, order, title)
