"""How many calls to Flashduty lie between a press and its final result: what a person at night waits for.

Counted are calls that Flashduty has answered before the last thing that the press shows to whoever pressed: the answer
to them, the form, and the message they pressed in. A press in a form is counted from there; what the form shows was
read when it opened, and `test_forms_open_first.py` has that it does not wait for it.
"""

import re
from dataclasses import dataclass

import pytest
from acting import acknowledged, card_of, closes_in_console, raised, record, told
from comment_forms import comments, view_of
from harbor import ALICE, harbor_at
from living import Later, cards_at, looks, the_card
from living import raised as raised_on_card
from wire_order import ANSWERED, SHOWN, WireOrder

from bot.teams.team import CHANNEL_OWNERS_TTL
from sandbox.faults import Fault

RESTART, DANA = 9101, 7005
SETTING = {"FLASHDUTY_TEAMS__PAYMENTS__CUSTOM_ACTIONS": f"Restart={RESTART}"}
RESULT = re.compile(
    r"\bYou (acknowledged|snoozed|ended|closed|reopened|unacknowledged|reassigned|escalated|added|ran)|Comment added"
)
READ, ATTRIBUTION, NAMES = "/incident/info", "/incident/comment", "/person/infos"


async def triggered(place):
    return raised(place)


async def snoozed(place):
    incident = await acknowledged(place)
    record(place, incident)["snoozed_before"] = int(place.clock.now().timestamp()) + 3600
    return incident


async def closed(place):
    incident = await acknowledged(place)
    closes_in_console(place, incident)
    return incident


@dataclass(frozen=True)
class Row:
    """What is pressed on the card or in More, what is done in the form, and the most calls it may take."""

    state: object
    press: str
    then: str = ""
    most: int = 3
    beside: tuple = ()
    """What is asked at the same time as another call; `test_names_that_are_not_known_yet__…` has that it is."""


TABLE = {
    "acknowledge": Row(triggered, "acknowledge:{}", most=2, beside=(NAMES,)),
    "acknowledge and snooze": Row(triggered, "form:acknowledge_and_snooze:{}", "snooze:60", beside=(NAMES,)),
    "snooze": Row(acknowledged, "form:snooze:{}", "snooze:60"),
    "snooze for an own time": Row(acknowledged, "form:snooze:{}", "submit"),
    "wake": Row(snoozed, "wake:{}"),
    "close": Row(acknowledged, "close:{}"),
    "close with notes": Row(acknowledged, "form:close:{}", "submit"),
    "reopen": Row(closed, "form:reopen:{}", "submit"),
    "unacknowledge": Row(acknowledged, "unacknowledge:{}"),
    "reassign to who is on call": Row(triggered, "form:reassign:{}", "reassign:0"),
    "reassign to a person": Row(triggered, "form:reassign:{}", "person"),
    "escalate": Row(triggered, "form:escalate:{}", "escalate:2"),
    "add a responder": Row(triggered, "form:add_responder:{}", "add"),
    "custom action": Row(triggered, f"custom_action:{RESTART}:{{}}"),
    "comment": Row(triggered, "open:comment:{}", "submit"),
}


@pytest.fixture
async def place():
    async with harbor_at(**SETTING) as place:
        yield place


async def prepared(place, row):
    """Open More on the card of an incident, and in it the form where there is one; what is pressed or sent last."""
    incident = await row.state(place)
    await place.presses(await card_of(place, incident), f"more:{incident}")
    if not row.then:
        return row.press.format(incident)
    await place.presses(view_of(place), row.press.format(incident))
    if row.then in {"person", "add"}:
        await place.slack.suggest(ALICE, view_of(place), action_id="find_person", typed="dana")
    if row.then == "add":
        await place.slack.submit(ALICE, view_of(place), {"person": {"find_person": str(DANA)}})
        await place.slack.settled()
        return "add_responder:anyway"
    return row.then


async def finishes(place, last, until=None):
    """Press or send what is left, and wait until all of it has happened, or for something else."""
    view = view_of(place)
    if last == "person":
        await place.slack.submit(ALICE, view, {"person": {"find_person": str(DANA)}})
    elif last == "submit":
        inputs = [block for block in view["blocks"] if block["type"] == "input"]
        fields = [block for block in inputs if block["element"]["type"] == "plain_text_input"]
        values = {block["block_id"]: {block["element"]["action_id"]: "45"} for block in fields}
        await place.slack.submit(ALICE, view, values)
    else:
        await place.slack.press(ALICE, view, action_id=last)
    await (until or place.slack.settled())


@pytest.mark.parametrize("name", TABLE)
async def test_the_final_result_of_an_action__is_seen_after_so_many_calls__and_before_the_comment_about_it(place, name):
    row = TABLE[name]
    order = WireOrder.of(place)
    last = await prepared(place, row)
    written = comments(place)
    is_comment = name == "comment"
    if not is_comment:
        place.flashduty.fail(ATTRIBUTION, Fault.hang(), times=None)
    order.clear()
    await finishes(place, last, None if is_comment else order.asks(ATTRIBUTION))
    calls = [one for one in order.before_it_is_seen if one not in row.beside]
    assert READ in calls
    assert len(calls) <= row.most, calls
    assert RESULT.search(told(place))
    assert is_comment or (comments(place) == written and "views.update" in order.shown_before_asking(ATTRIBUTION))


async def test_the_first_press_on_a_living_card__finds_the_owners_and_the_key_known():
    async with cards_at() as place:
        incident = raised_on_card(place)
        await looks(place)
        order = WireOrder.of(place)
        await place.presses(the_card(place), f"acknowledge:{incident}")
        answer = order.events.index((SHOWN, "response_url"))
        assert [what for kind, what in order.events[:answer] if kind == ANSWERED] == [READ, "/incident/ack"]


async def test_names_that_are_not_known_yet__are_looked_up_while_it_is_acknowledged():
    async with harbor_at() as place:
        incident = raised(place)
        card = await card_of(place, incident)
        for path in ("/incident/ack", NAMES):
            place.flashduty.fail(path, Fault.delay(0.3), times=None)
        order = WireOrder.of(place)
        await place.presses(card, f"acknowledge:{incident}")
        assert order.are_at_once("/incident/ack", NAMES)
        calls = [one for one in order.before_it_is_seen if one != ATTRIBUTION]
        assert sorted(calls) == ["/incident/ack", READ, NAMES]


async def test_owners_of_a_flashduty_channel_that_have_run_out__are_read_beside_the_incident():
    later = Later()
    async with harbor_at(monotonic=later) as place:
        incident = raised(place)
        card = await card_of(place, incident)
        later.ahead = CHANNEL_OWNERS_TTL + 1
        for path in (READ, "/channel/info"):
            place.flashduty.fail(path, Fault.delay(0.3), times=None)
        order = WireOrder.of(place)
        await place.presses(card, f"acknowledge:{incident}")
        assert order.are_at_once(READ, "/channel/info")
