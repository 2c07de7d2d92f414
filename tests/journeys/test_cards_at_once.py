"""A press shows on the living card before anything more is read; what is read afterwards has the last word."""

from datetime import timedelta

import pytest
from acting import record
from harbor import ALICE
from living import cards_at, edits, looks, raised, the_card
from wire_order import ANSWERED, SHOWN, WireOrder

from sandbox.faults import Fault
from sandbox.flashduty.habits import Habits

READ, MANY = "/incident/info", "/incident/list-by-ids"


async def pressed(place, incident, action):
    await place.slack.press(ALICE, the_card(place), action_id=f"{action}:{incident}")


async def shows(place, words):
    await place.slack.until(lambda: words in the_card(place)["text"], timeout=10)


@pytest.mark.parametrize(
    ("action", "call", "words"),
    [("acknowledge", "/incident/ack", "*Acknowledged* by Alice Chen"), ("close", "/incident/resolve", "*Closed*")],
)
async def test_a_press__shows_on_the_card_after_its_own_two_calls(action, call, words):
    async with cards_at() as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        if action == "close":
            await place.presses(the_card(place), f"acknowledge:{incident}")
            await looks(place)
        for path in (MANY, "/incident/list"):
            place.flashduty.fail(path, Fault.hang(), times=None)
        order = WireOrder.of(place)
        await pressed(place, incident, action)
        await shows(place, words)
        edited = order.events.index((SHOWN, "chat.update"))
        calls = [what for kind, what in order.events[:edited] if kind == ANSWERED]
        assert [one for one in calls if one in {READ, call}] == [READ, call]
        assert set(calls) <= {READ, call, "/incident/comment"}
        place.flashduty.mend()


async def test_what_is_read_after_a_press__is_no_second_edit():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        before = len(edits(place))
        await pressed(place, incident, "acknowledge")
        await shows(place, "*Acknowledged* by Alice Chen")
        await looks(place)
        assert len(edits(place)) == before + 1


async def test_flashduty_that_returns_the_state_from_before__does_not_take_it_back():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        place.clock.shift(timedelta(minutes=1))
        place.flashduty.habits = Habits(lag=30)
        before = len(edits(place))
        await pressed(place, incident, "acknowledge")
        await shows(place, "*Acknowledged* by Alice Chen")
        await looks(place)
        await looks(place)
        assert "*Acknowledged* by Alice Chen" in the_card(place)["text"]
        assert len(edits(place)) == before + 1


async def test_what_somebody_else_did_meanwhile__is_shown_as_it_is_read():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        await pressed(place, incident, "acknowledge")
        at = int(place.clock.now().timestamp()) + 1
        record(place, incident).update(progress="Closed", close_time=at, closer_id=7003, updated_at=at)
        await looks(place)
        await looks(place)
        assert "*Closed*" in the_card(place)["text"]
