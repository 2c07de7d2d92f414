"""The living card: one for each incident, equal to it whoever changes it, wherever."""

from datetime import timedelta

from crashes import dying
from harbor import ALICE, BOB, PAYMENTS, replica_of
from living import SETTING, cards, cards_at, edits, looks, raised, the_card
from trails import results

from sandbox.faults import Fault


def colours(message):
    return [attachment["color"] for attachment in message.get("attachments", [])]


def control(message, label):
    return next(
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
        if element.get("text", {}).get("text") == label
    )


async def test_what_is_open_when_cards_are_switched_on__is_not_posted_one_by_one():
    async with cards_at() as place:
        assert [one for one in place.shown() if "Unacknowledged" in one["text"]] == []
        raised(place)
        await looks(place)
        assert len(cards(place)) == 1


async def test_an_incident__has_one_card__that_is_edited_when_the_console_changes_it():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        card = the_card(place)
        assert colours(card) == ["#e01e5a"]
        assert "🔴 *Critical*" in card["text"]
        assert "❗ *Unacknowledged*" in card["text"]
        await looks(place)
        assert edits(place) == []
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        await looks(place)
        after = the_card(place)
        assert (after["ts"], colours(after)) == (card["ts"], ["#ecb22e"])
        assert "👤 *Acknowledged* by Bob Müller" in after["text"]
        place.flashduty.console.severity(incident, severity="Info")
        await looks(place)
        assert "🔹 *Info*" in the_card(place)["text"]


async def test_a_closed_incident__leaves_a_line_or_two__and_its_card_lives_again_when_it_is_reopened():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        ts = the_card(place)["ts"]
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        place.clock.shift(timedelta(minutes=70))
        place.flashduty.console.close(incident, by="Bob Müller", resolution="Rolled back.")
        await looks(place)
        closed = the_card(place)
        assert (closed["ts"], colours(closed)) == (ts, ["#2eb67d"])
        assert "✅ *Closed* after 1 h 10 min" in closed["text"]
        assert "Acknowledged by Bob Müller · Resolution: Rolled back." in closed["text"]
        assert not any(block["type"] == "actions" for block in closed["blocks"])
        before = len(edits(place))
        await looks(place)
        assert len(edits(place)) == before
        place.flashduty.console.reopen(incident)
        await looks(place)
        assert (the_card(place)["ts"], colours(the_card(place))) == (ts, ["#e01e5a"])


async def test_acknowledge_on_the_card__shows_at_once__and_says_no_line_beside_it():
    async with cards_at() as place:
        raised(place)
        await looks(place)
        card = the_card(place)
        lines = len(place.shown())
        await place.presses(card, control(card, "Acknowledge"))
        await place.slack.until(lambda: "*Acknowledged* by Alice Chen" in the_card(place)["text"])
        assert len([one for one in place.sees() if "You acknowledged" in one]) == 1
        assert len(place.shown()) == lines + 1
        # One writer: the press itself draws nothing over what the leader draws.
        await looks(place)
        assert {call.params["ts"] for call in edits(place)} == {card["ts"]}
        assert len(edits(place)) == 1


async def test_two_who_do_the_same_in_one_second__are_each_named_in_the_thread():
    """The second is told by a look of its own."""
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        await place.types(f"/flashduty ack {incident}")
        for who, minutes in ((ALICE, 60), (BOB, 90)):
            await place.types(f"/flashduty snooze {incident} {minutes}", who)
            await looks(place)
        told = [one["text"] for one in place.slack.seen_by(BOB, PAYMENTS) if one.get("thread_ts")]
        assert [sum(f"{name} snoozed" in text for text in told) for name in ("Alice Chen", "Bob Müller")] == [1, 1]


async def test_what_a_colleague_did_in_the_console__is_not_of_somebody_whose_press_was_cut_off():
    async with cards_at(socket_mode=False) as place:
        incident = raised(place)
        await looks(place)
        await place.types(f"/flashduty ack {incident}")
        await looks(place)
        place.flashduty.console.snooze(incident, by="Carol Diaz")
        async with dying(place):
            place.flashduty.fail("/incident/snooze", Fault.hang(), times=None)
            place.clock.shift(timedelta(seconds=20))
            read = len(place.called("/incident/info"))
            await place.slack.command(ALICE, PAYMENTS, f"/flashduty snooze {incident} 90")
            await place.slack.until(lambda: len(place.called("/incident/info")) > read, timeout=10)
        assert [one[-1] for one in await results(place)] == ["done", None]
        place.slack.deliver_to(f"{place.bot.url}/slack/events")
        await looks(place)
        replies = [one["text"] for one in place.slack.seen_by(BOB, PAYMENTS) if one.get("thread_ts")]
        told = [text for text in replies if "Diaz snoozed" in text or "Chen snoozed" in text]
        assert [text.partition(" snoozed")[0] for text in told] == ["💤 Carol Diaz"]


async def test_acknowledged_from_a_list__the_card_shows_it_at_once():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        await place.types(f"/flashduty ack {incident}")
        await place.slack.until(lambda: "*Acknowledged* by Alice Chen" in the_card(place)["text"])


async def test_a_restart__keeps_the_card__and_shows_what_happened_meanwhile():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        ts = the_card(place)["ts"]
        await place.bot.cards.stop()
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        async with replica_of(place) as other:
            await looks(place, other)
            assert the_card(place)["ts"] == ts
            assert "by Bob Müller" in the_card(place)["text"]


async def test_two_replicas__make_one_card():
    async with cards_at() as place, replica_of(place) as other:
        incident = raised(place)
        await looks(place, other)
        await looks(place)
        await looks(place, other)
        assert len(cards(place)) == 1
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        await looks(place, other)
        await looks(place)
        assert "by Bob Müller" in the_card(place)["text"]
        assert len(edits(place)) == 1


async def test_the_grouped_alerts__are_the_first_five_and_a_count():
    async with cards_at() as place:
        raised(place, alerts=7)
        await looks(place)
        text = the_card(place)["text"]
        assert text.count("\n• ") >= 5
        assert "and 2 more" in text


async def test_who_is_paged_next__is_on_the_card_until_somebody_acknowledges():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        assert "⏫ If nobody acknowledges" in the_card(place)["text"]
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        await looks(place)
        assert "⏫" not in the_card(place)["text"]


async def test_rules__say_which_channel_a_card_goes_to_and_which_incident_has_none():
    rules = {SETTING + "CARDS_RULES": "severity=Info -> none; severity=Critical -> C0GENERAL"}
    async with cards_at(**rules) as place:
        raised(place, "Disk is full", severity="Info")
        raised(place, "Queue is long", severity="Warning")
        raised(place, "Nobody can pay", severity="Critical")
        await looks(place)
        assert cards(place, "Disk is full") == []
        assert len(cards(place, "Queue is long")) == 1
        assert cards(place, "Nobody can pay") == []
        assert len([one for one in place.slack.seen_by(ALICE, "C0GENERAL") if "Nobody can pay" in one["text"]]) == 1


async def test_without_a_channel_for_cards__nothing_is_watched(quay):
    raised(quay)
    quay.flashduty.calls.clear()
    await looks(quay)
    assert quay.flashduty.calls == []
    assert cards(quay) == []
