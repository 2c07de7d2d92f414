"""What is offered once Flashduty has refused the team's key a change: nothing that would do nothing, and why."""

from datetime import timedelta

import pytest
from acting import buttons, card_of, presses_on_card, raised, record
from comment_forms import said, view_of
from harbor import CAROL, harbor_at, replica_of
from living import cards_at, looks, the_card
from living import raised as raised_with_card

from sandbox.faults import Fault

WHY = "Flashduty refused the APP Key of team payments a change"


@pytest.fixture
async def place(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        yield place


async def refused(place, incident, path="/incident/ack"):
    """Have Flashduty refuse the key one change."""
    place.flashduty.fail(path, Fault.code("AccessDenied"), times=1)
    await place.types(f"/flashduty ack {incident}")
    await place.slack.settled()
    assert record(place, incident)["progress"] == "Triggered"


async def test_the_private_card__offers_nothing_that_changes__and_says_why(place):
    incident = raised(place)
    assert buttons(await card_of(place, incident))[:2] == ["Acknowledge", "Acknowledge and snooze"]
    await refused(place, incident)
    card = await card_of(place, incident)
    assert buttons(card) == ["More"]
    assert WHY in card["text"]
    assert "Incidents Manage" in card["text"]


async def test_more__offers_only_to_look__and_says_why(place):
    incident = raised(place)
    await refused(place, incident)
    more = await presses_on_card(place, incident, f"more:{incident}")
    assert buttons(more) == ["Catch me up", "Details", "Open in Flashduty"]
    assert WHY in said(more)


async def test_a_list__offers_no_acknowledgement(place):
    incident = raised(place)
    await refused(place, incident)
    shown = await place.types("/flashduty incidents")
    assert f"acknowledge:{incident}" not in str(shown["blocks"])
    assert "comment" not in str(next(block for block in shown["blocks"] if incident in str(block)))


async def test_whoever_may_only_look__is_told_nothing_of_keys(place):
    incident = raised(place)
    await refused(place, incident)
    assert WHY not in (await card_of(place, incident, CAROL))["text"]


async def test_a_typed_command__tries_all_the_same__and_its_success_brings_everything_back(place):
    incident = raised(place)
    await refused(place, incident)
    await place.types(f"/flashduty ack {incident}")
    await place.slack.settled()
    assert record(place, incident)["progress"] == "Processing"
    card = await card_of(place, incident)
    assert buttons(card) == ["Snooze", "Close", "More"]
    assert WHY not in card["text"]


async def test_after_an_hour__everything_is_offered_again(place):
    incident = raised(place)
    await refused(place, incident)
    place.clock.shift(timedelta(minutes=59))
    assert buttons(await card_of(place, incident)) == ["More"]
    place.clock.shift(timedelta(minutes=2))
    assert "Acknowledge" in buttons(await card_of(place, incident))


async def test_a_key_that_may_not_read__is_no_key_that_may_not_change(place):
    incident = raised(place)
    card = await card_of(place, incident)
    place.flashduty.fail("/incident/info", Fault.code("AccessDenied"), times=1)
    await place.presses(card, f"acknowledge:{incident}")
    assert "Acknowledge" in buttons(await card_of(place, incident))


async def test_another_failure__takes_nothing_away(place):
    incident = raised(place)
    place.flashduty.fail("/incident/ack", Fault.code("InvalidParameter"), times=1)
    await place.types(f"/flashduty ack {incident}")
    await place.slack.settled()
    assert "Acknowledge" in buttons(await card_of(place, incident))


async def test_every_replica__knows(place):
    incident = raised(place)
    await refused(place, incident)
    async with replica_of(place) as other:
        place.slack.deliver_to(f"{other.url}/slack/events")
        assert buttons(await card_of(place, incident)) == ["More"]


async def test_the_card_in_the_channel__keeps_its_buttons__and_more_says_why():
    async with cards_at() as place:
        incident = raised_with_card(place)
        await looks(place)
        await refused(place, incident)
        await looks(place)
        card = the_card(place)
        assert "Acknowledge" in buttons(card)
        await place.presses(card, f"more:{incident}")
        assert WHY in said(view_of(place))


async def test_the_reason__is_said_in_chinese(place):
    incident = raised(place)
    await refused(place, incident)
    await place.types("/flashduty language 中文")
    card = await card_of(place, incident)
    assert "拒绝了团队 payments 的 APP Key" in card["text"]
