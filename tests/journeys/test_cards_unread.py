"""Cards and messages of storms while Flashduty cannot be read, also for a replica that has never read it."""

from datetime import timedelta

from harbor import BOB, replica_of
from living import SETTING, Later, cards, cards_at, edits, looks, raised, the_card

from sandbox.faults import Fault

STORM = {SETTING + "CARDS_STORM": "3"}
READ_LAST = "⚠️ Not refreshed since <!date^1795505400^"
MARKED = "⚠️ Not refreshed since "


def storms(place):
    return [one for one in place.shown(BOB) if one["text"].startswith("🌪️")]


def card_edits(place):
    """The edits of messages that are not those of storms."""
    others = {one["ts"] for one in storms(place)}
    return [one for one in edits(place) if one.params["ts"] not in others]


def parts(message):
    """The blocks of a message from top to bottom, without the ids that Slack gives to each anew."""
    blocks = [*message["blocks"], *(block for one in message["attachments"] for block in one["blocks"])]
    return [{name: value for name, value in block.items() if name != "block_id"} for block in blocks]


def goes_away(place):
    for path in ("/incident/list", "/incident/list-by-ids"):
        place.flashduty.fail(path, Fault.reset(), times=None)


async def tries_for_a_minute(place, later, bot=None):
    for _ in range(6):
        later.ahead += 12
        place.clock.shift(timedelta(seconds=12))
        await looks(place, bot)


async def test_a_replica_that_starts_while_flashduty_is_away__says_so_on_the_cards_of_the_one_before():
    later = Later()
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        before = the_card(place)
        await place.bot.cards.stop()
        goes_away(place)
        async with replica_of(place, monotonic=later) as other:
            await tries_for_a_minute(place, later, other)
            marked = the_card(place)
            assert READ_LAST in marked["text"]
            assert [one for one in parts(marked) if MARKED not in str(one)] == parts(before)
            await tries_for_a_minute(place, later, other)
            assert len(card_edits(place)) == 1
            await other.cards.stop()
        async with replica_of(place, monotonic=later) as third:
            await tries_for_a_minute(place, later, third)
            assert len(card_edits(place)) == 1
            place.flashduty.mend()
            place.flashduty.console.acknowledge(incident, by="Bob Müller")
            await tries_for_a_minute(place, later, third)
            assert MARKED not in the_card(place)["text"]
            assert "by Bob Müller" in the_card(place)["text"]


async def test_a_process_that_died_between_edit_and_note__leaves_what_it_read_to_be_marked():
    later = Later()
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        place.slack.fail("chat.update", Fault.lost_answer(), 1)
        await place.bot.cards.look()
        await place.slack.until(lambda: "*Acknowledged*" in the_card(place)["text"])
        await place.bot.cards.stop()
        goes_away(place)
        async with replica_of(place, monotonic=later) as other:
            await tries_for_a_minute(place, later, other)
            assert MARKED in the_card(place)["text"]
            assert "by Bob Müller" in the_card(place)["text"]


async def test_flashduty_back__has_marks_taken_off_and_closed_cards_shrunk():
    later = Later()
    async with cards_at(monotonic=later) as place:
        closed, _ = raised(place, "Host 1 is gone"), raised(place, "Host 2 is gone")
        await looks(place)
        goes_away(place)
        await tries_for_a_minute(place, later)
        assert [MARKED in one["text"] for one in cards(place, "Host")] == [True, True]
        place.flashduty.console.close(closed)
        place.flashduty.mend()
        await tries_for_a_minute(place, later)
        assert "*Closed*" in the_card(place, "Host 1")["text"]
        assert "*Unacknowledged*" in the_card(place, "Host 2")["text"]
        assert not any(MARKED in one["text"] for one in cards(place, "Host"))
        assert len(card_edits(place)) == 4


async def test_a_card_that_is_posted_anew_after_the_outage__has_no_mark():
    later = Later()
    async with cards_at(monotonic=later) as place:
        raised(place)
        await looks(place)
        place.slack.delete_message("C0PAYMENTS", the_card(place)["ts"])
        goes_away(place)
        await tries_for_a_minute(place, later)
        assert cards(place) == []
        place.flashduty.mend()
        await tries_for_a_minute(place, later)
        assert MARKED not in the_card(place)["text"]


async def test_the_message_of_a_storm__says_that_it_is_not_refreshed__whoever_leads():
    later = Later()
    async with cards_at(**STORM) as place:
        for number in range(5):
            raised(place, f"Host {number} is gone", severity="Warning")
        await looks(place)
        before = storms(place)
        await place.bot.cards.stop()
        goes_away(place)
        async with replica_of(place, monotonic=later) as other:
            await tries_for_a_minute(place, later, other)
            assert [READ_LAST in one["text"] for one in storms(place)] == [True, True]
            sent = len(edits(place))
            await tries_for_a_minute(place, later, other)
            assert len(edits(place)) == sent
            await other.cards.stop()
        async with replica_of(place, monotonic=later) as third:
            place.flashduty.mend()
            await looks(place, third)
            await place.slack.until(lambda: not any(MARKED in one["text"] for one in storms(place)), timeout=15)
            assert [one["text"] for one in storms(place)] == [one["text"] for one in before]


async def test_what_changes_while_marks_are_taken_off__does_not_wait_for_them():
    later = Later()
    async with cards_at(monotonic=later) as place:
        incidents = [raised(place, f"Host {number} is gone", severity="Warning") for number in range(3)]
        await looks(place)
        goes_away(place)
        await tries_for_a_minute(place, later)
        assert all(MARKED in one["text"] for one in cards(place, "Host"))
        place.flashduty.mend()
        later.ahead += 12
        marked = len(storms(place)) + len(incidents)
        sent = len(edits(place)) + marked
        place.slack.fail("chat.update", Fault.rate_limited(3), marked)
        await place.bot.cards.look()
        await place.slack.until(lambda: len(edits(place)) == sent, timeout=15)
        # Slack wants no edits for a while; meanwhile the incidents are read again, and one of them changes.
        await place.bot.cards.look()
        place.flashduty.console.acknowledge(incidents[2], by="Bob Müller")
        await place.bot.cards.look()
        await place.slack.until(lambda: not any(MARKED in one["text"] for one in cards(place, "Host")), timeout=30)
        first = edits(place)[sent]
        assert first.params["ts"] == the_card(place, "Host 2")["ts"]
        assert "by Bob Müller" in the_card(place, "Host 2")["text"]
