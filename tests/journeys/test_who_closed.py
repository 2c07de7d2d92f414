"""Who acted in Slack is named wherever an incident says who did something: Flashduty has the owner of the key."""

from datetime import timedelta

from acting import acknowledged, card_of, presses_on_card, record, told
from comment_forms import view_of
from harbor import ALICE, BOB, PAYMENTS
from living import cards_at, looks, the_card
from living import raised as raised_with_card
from test_catch_up import caught_up

OWNER = "Dana Okoye"


def in_thread(place, card):
    """What is said in the thread of a card."""
    replies = [one for one in place.slack.seen_by(BOB, PAYMENTS) if one.get("thread_ts") == card["ts"] != one["ts"]]
    return " ".join(one["text"] for one in replies)


async def closed_by_alice(place):
    """Alice closes an incident on its card; its id."""
    incident = await acknowledged(place)
    await place.presses(await card_of(place, incident), f"close:{incident}")
    assert record(place, incident)["closer_id"] == 7005
    return incident


async def test_the_private_card__names_whoever_closed_in_slack(harbor):
    incident = await closed_by_alice(harbor)
    for user in (ALICE, BOB):
        card = await card_of(harbor, incident, user)
        assert "by Alice Chen" in card["text"].split("✅ *Closed*")[1].splitlines()[0]
        assert f"by {OWNER}" not in card["text"]


async def test_the_list_of_closed_incidents__names_whoever_closed_in_slack(quay):
    await closed_by_alice(quay)
    quay.clock.shift(timedelta(seconds=600))
    shown = await quay.types("/flashduty incidents closed")
    assert "by Alice Chen" in shown["text"]
    assert OWNER not in shown["text"]


async def test_catch_me_up__names_whoever_closed_in_slack(quay):
    incident = await closed_by_alice(quay)
    shown = await caught_up(quay, incident, user=BOB)
    assert "by Alice Chen" in shown["text"]
    assert "✅ Alice Chen closed" in shown["text"]
    assert OWNER not in shown["text"]


async def test_the_card_in_the_channel_and_its_thread__name_whoever_closed_in_slack():
    async with cards_at() as place:
        incident = raised_with_card(place, severity="Warning")
        await looks(place)
        await place.presses(the_card(place), f"acknowledge:{incident}", BOB)
        await place.slack.settled()
        await place.presses(the_card(place), f"close:{incident}", ALICE)
        await place.slack.settled()
        place.clock.shift(timedelta(seconds=60))
        await looks(place)
        card = the_card(place)
        assert "by Alice Chen" in card["text"]
        assert "Acknowledged by Bob Müller" in str(card)
        said = in_thread(place, card)
        assert "✅ Alice Chen closed it." in said
        assert OWNER not in str(card) + said


async def test_the_similar_past_incident_in_a_thread__names_whoever_closed_it_in_slack():
    async with cards_at() as place:
        past = await closed_by_alice(place)
        record(place, past)["resolution"] = "restarted"
        raised_with_card(place, title="Card payments fail again", severity="Critical")
        await looks(place)
        card = the_card(place, "Card payments fail again")
        said = in_thread(place, card)
        assert "closed by Alice Chen" in said
        assert OWNER not in said


async def test_a_form_that_gives_it_to_others__names_whoever_acknowledged_in_slack(quay):
    incident = await acknowledged(quay)
    more = await presses_on_card(quay, incident, f"more:{incident}", BOB)
    await quay.presses(more, f"form:reassign:{incident}", BOB)
    assert "by Alice Chen" in told(quay, BOB)


async def test_whoever_closed_in_the_console__is_named_there(quay):
    incident = await closed_by_alice(quay)
    quay.flashduty.console.reopen(incident)
    quay.clock.shift(timedelta(seconds=300))
    quay.flashduty.console.close(incident)
    card = await card_of(quay, incident)
    assert f"by {OWNER}" in card["text"]


async def test_an_earlier_acknowledgement_and_its_withdrawal__are_told_with_whoever_pressed(quay):
    incident = await acknowledged(quay)
    quay.clock.shift(timedelta(seconds=120))
    more = await presses_on_card(quay, incident, f"more:{incident}", BOB)
    await quay.presses(more, f"unacknowledge:{incident}", BOB)
    quay.clock.shift(timedelta(seconds=120))
    await quay.types(f"/flashduty ack {incident}", BOB)
    shown = await caught_up(quay, incident)
    for words in ("Alice Chen acknowledged", "Bob Müller unacknowledged", "Bob Müller acknowledged"):
        assert words in shown["text"]
    assert OWNER not in shown["text"]


async def test_the_thread__names_whoever_unacknowledged__not_whose_acknowledgement_it_was():
    async with cards_at() as place:
        incident = raised_with_card(place, severity="Warning")
        await looks(place)
        await place.presses(the_card(place), f"acknowledge:{incident}", ALICE)
        await looks(place)
        await place.presses(the_card(place), f"more:{incident}", BOB)
        await place.presses(view_of(place, BOB), f"unacknowledge:{incident}", BOB)
        place.clock.shift(timedelta(seconds=60))
        await looks(place)
        said = in_thread(place, the_card(place))
        assert "Bob Müller unacknowledged" in said
        assert "Alice Chen unacknowledged" not in said
