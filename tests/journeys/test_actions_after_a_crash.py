"""Actions on incidents that a process did not live to tell: looked up by the next one, and told as they are."""

import pytest
from acting import acknowledged, card_of, closes_in_console, presses_on_card, raised, record, submits
from comment_forms import view_of
from crashes import dying, next_one, open_actions, silence
from harbor import ALICE, CAROL, PAYMENTS, harbor_at
from trails import results

from sandbox.faults import Fault

HERE = "D0ALICE"


@pytest.fixture
async def place(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        place.database = tmp_path / "bot.db"
        yield place


async def snoozed(place):
    incident = await acknowledged(place)
    await place.presses(await presses_on_card(place, incident, f"form:snooze:{incident}"), "snooze:60")
    return incident


async def closed(place):
    incident = await acknowledged(place)
    closes_in_console(place, incident)
    return incident


def form(name):
    async def open_form(place, incident):
        return await presses_on_card(place, incident, f"form:{name}:{incident}")

    return open_form


async def more(place, incident):
    return await presses_on_card(place, incident, f"more:{incident}")


async def unacknowledged(place):
    return raised(place)


def in_more(name):
    async def open_form(place, incident):
        await place.presses(await more(place, incident), f"form:{name}:{incident}")
        return view_of(place)

    return open_form


# What was there, what is open then, what is pressed, the call, what is told of it, and what of it not having been made.
ACTIONS = {
    "snooze": (acknowledged, form("snooze"), "snooze:60", "snooze", "You snoozed", "was not snoozed"),
    "wake": (snoozed, card_of, "wake:{}", "wake", "You ended the snooze", "was not ended"),
    "close": (acknowledged, card_of, "close:{}", "resolve", "You closed", "was not closed"),
    "escalate": (unacknowledged, in_more("escalate"), "escalate:2", "assign", "You escalated", "was not escalated"),
    "reassign": (unacknowledged, in_more("reassign"), "reassign:0", "assign", "You reassigned", "was not reassigned"),
    "unacknowledge": (
        acknowledged,
        more,
        "unacknowledge:{}",
        "unack",
        "You unacknowledged",
        "was not unacknowledged",
    ),
}


def heard(place, words, user=ALICE):
    """What a person saw of it in the channel, or directly."""
    return [text for channel in (PAYMENTS, HERE) for text in place.sees(user, channel) if words in text]


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_action_that_was_made__is_told_as_made_and_announced(place, action):
    before, opened, press, call, made, _ = ACTIONS[action]
    incident = await before(place)
    shown = await opened(place, incident)
    async with dying(place):
        silence(place)
        await place.slack.press(ALICE, shown, action_id=press.format(incident))
        await place.slack.until(lambda: place.called(f"/incident/{call}"), timeout=10)
    async with next_one(place):
        assert len(heard(place, made)) == 1
        assert len(heard(place, f"Alice Chen {made.partition(' ')[2]}", CAROL)) == 1
        assert open_actions(place) == []
        assert len(place.called(f"/incident/{call}")) == 1


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_action_that_was_not_made__is_told_as_not_made__and_can_be_tried_again(place, action):
    before, opened, press, call, made, not_made = ACTIONS[action]
    incident = await before(place)
    shown = await opened(place, incident)
    async with dying(place):
        silence(place)
        place.flashduty.fail("/incident/info", Fault.hang(), times=None)
        await place.slack.press(ALICE, shown, action_id=press.format(incident))
        await place.slack.until(lambda: open_actions(place), timeout=10)
    async with next_one(place):
        shown = [*place.shown(ALICE, PAYMENTS), *place.shown(ALICE, HERE)]
        (told,) = [one for one in shown if not_made in one["text"]]
        assert "The bot stopped before it was done." in told["text"]
        assert place.called(f"/incident/{call}") == []
        await place.presses(told, f"{action}:retry")
        assert len(place.called(f"/incident/{call}")) == 1
        assert heard(place, made)


async def test_undo_of_a_snooze_that_was_looked_up__wakes_it(place):
    incident = await acknowledged(place)
    view = await presses_on_card(place, incident, f"form:snooze:{incident}")
    async with dying(place):
        silence(place)
        await place.slack.press(ALICE, view, action_id="snooze:60")
        await place.slack.until(lambda: place.called("/incident/snooze"), timeout=10)
    async with next_one(place):
        (told,) = [one for one in place.shown(ALICE, HERE) if "You snoozed" in one["text"]]
        await place.presses(told, "wake:undo")
        assert record(place, incident)["snoozed_before"] == 0


async def test_a_form_that_was_sent__is_looked_up_and_its_text_kept(place):
    incident = await closed(place)
    view = await presses_on_card(place, incident, f"form:reopen:{incident}")
    async with dying(place):
        silence(place)
        place.flashduty.fail("/incident/reopen", Fault.hang(), times=None)
        await place.slack.submit(ALICE, view, {"reason": {"field": "it is back"}})
        await place.slack.until(lambda: ("reopen",) in [one[:1] for one in open_actions(place)], timeout=10)
        await place.flashduty.busy()
    async with next_one(place):
        assert heard(place, "was not reopened")
        assert record(place, incident)["progress"] == "Closed"
        again = await presses_on_card(place, incident, f"form:reopen:{incident}")
        assert "it is back" in str(again["blocks"])
        await submits(place, again, reason="it is back")
        assert record(place, incident)["progress"] == "Triggered"


async def test_acknowledge_and_snooze__of_which_half_was_made__says_which(place):
    incident = raised(place)
    view = await presses_on_card(place, incident, f"form:acknowledge_and_snooze:{incident}")
    async with dying(place):
        silence(place)
        place.flashduty.fail("/incident/snooze", Fault.hang(), times=None)
        await place.slack.press(ALICE, view, action_id="snooze:60")
        await place.slack.until(lambda: place.called("/incident/snooze"), timeout=10)
    async with next_one(place):
        assert heard(place, "You acknowledged")
        assert heard(place, "was not snoozed")
        assert len(heard(place, "Alice Chen acknowledged", CAROL)) == 1
    assert [(action, result) for _, action, _, result in await results(place)] == [
        ("acknowledge", "done"),
        ("snooze", "not_done"),
    ]


async def test_a_close_that_somebody_made_before__is_told_as_that(place):
    incident = await acknowledged(place)
    card = await card_of(place, incident)
    async with dying(place):
        silence(place)
        place.flashduty.fail("/incident/info", Fault.hang(), times=None)
        await place.slack.press(ALICE, card, action_id=f"close:{incident}")
        await place.slack.until(lambda: open_actions(place), timeout=10)
    closes_in_console(place, incident)
    record(place, incident)["close_time"] -= 600
    async with next_one(place):
        assert heard(place, "was closed")
        assert not heard(place, "You closed")
        assert place.called("/incident/resolve") == []


@pytest.mark.parametrize("action", ["wake", "close", "unacknowledge"])
async def test_what_somebody_did_in_the_console_after_the_crash__is_not_told_as_ones_own(place, action):
    before, opened, press, call, made, _ = ACTIONS[action]
    incident = await before(place)
    shown = await opened(place, incident)
    noted = len(await results(place))
    async with dying(place):
        silence(place)
        place.flashduty.fail(f"/incident/{call}", Fault.hang(), times=None)
        await place.slack.press(ALICE, shown, action_id=press.format(incident))
        await place.slack.until(lambda: open_actions(place), timeout=10)
        await place.flashduty.busy()
    if action == "unacknowledge":
        # The press has acknowledged in the name of the owner of the key.
        record(place, incident)["responders"] = [
            {**one, "acknowledged_at": 0} for one in record(place, incident)["responders"]
        ]
        record(place, incident).update(progress="Triggered", ack_time=0)
    else:
        getattr(place.flashduty.console, action)(incident, by="Carol Diaz")
    async with next_one(place):
        assert not heard(place, made)
        assert not heard(place, f"Alice Chen {made.partition(' ')[2]}", CAROL)
        assert open_actions(place) == []
    assert [result for *_, result in await results(place)][noted:] == ["unchanged"]
