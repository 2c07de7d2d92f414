"""Living cards while Slack, Flashduty or a replica does not do its part."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from harbor import ALICE, BOB, PAYMENTS, replica_of
from living import Later, cards, cards_at, edits, looks, posts, raised, the_card

from bot.runtime.tasks import BackgroundTasks
from sandbox.faults import Fault

BOT = "U0FLASHBOT"


def direct(place, user=ALICE):
    return [message["text"] for message in place.slack.seen_by(user, f"D{user[1:]}")]


async def test_slacks_rate_limit__is_obeyed__and_the_last_state_shown():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        place.slack.fail("chat.update", Fault.rate_limited(1), 1)
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        await place.bot.cards.look()
        place.flashduty.console.close(incident)
        await place.bot.cards.look()
        await place.slack.until(lambda: "*Closed*" in the_card(place)["text"])


async def test_a_deleted_card__is_posted_once_more_while_its_incident_is_open():
    async with cards_at(ADMINS=ALICE) as place:
        incident = raised(place)
        await looks(place)
        first = the_card(place)["ts"]
        place.slack.delete_message(PAYMENTS, first)
        place.flashduty.console.severity(incident, severity="Warning")
        for _ in range(3):
            await looks(place)
        second = the_card(place)["ts"]
        assert second != first
        assert "🔶 *Warning*" in the_card(place)["text"]
        place.slack.delete_message(PAYMENTS, second)
        place.flashduty.console.severity(incident, severity="Critical")
        for _ in range(3):
            await looks(place)
        assert cards(place) == []
        told = [one["text"] for one in place.slack.seen_by(ALICE, "D0ALICE")]
        assert len([one for one in told if "deleted" in one]) == 1


def replies(place, ts):
    return [one["text"] for one in place.slack.seen_by(BOB, PAYMENTS) if one.get("thread_ts") == ts != one["ts"]]


@pytest.mark.parametrize("fault", [None, Fault.reset()])
async def test_news_for_the_thread_of_a_deleted_card__stays_out_of_the_channel__and_comes_below_the_new_card(fault):
    async with cards_at(ADMINS=ALICE) as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        first = the_card(place)["ts"]
        before = place.sees(BOB)
        place.slack.delete_message(PAYMENTS, first)
        if fault is not None:
            # Then only Slack's answer to the reply tells that there is no thread.
            place.slack.fail("chat.getPermalink", fault)
        place.clock.shift(timedelta(minutes=1))
        place.flashduty.console.comment(incident, text="The disk is full", by="Bob Müller")
        await looks(place)
        assert place.sees(BOB) == before[:-1]
        for _ in range(3):
            place.clock.shift(timedelta(minutes=1))
            await looks(place)
        second = the_card(place)["ts"]
        assert second != first
        assert replies(place, second) == ["💬 Bob Müller commented:\nThe disk is full"]
        assert place.sees(BOB) == before
        assert len([one for one in direct(place) if "was deleted" in one]) == 1


async def test_flashduty_away__is_said_on_the_card__until_it_answers_again():
    later = Later()
    async with cards_at(monotonic=later) as place:
        raised(place)
        await looks(place)
        place.flashduty.fail("/incident/list", Fault.reset(), times=None)
        for _ in range(6):
            later.ahead += 12
            await looks(place)
        assert "⚠️ Not refreshed since <!date^1795505400^" in the_card(place)["text"]
        assert len([one for one in edits(place) if one.params["ts"] == the_card(place)["ts"]]) == 1
        place.flashduty.mend()
        later.ahead += 6
        await looks(place)
        assert "Not refreshed" not in the_card(place)["text"]


async def test_flashduty_that_takes_few_ids_at_once__has_every_card_read():
    async with cards_at() as place:
        incidents = [raised(place, f"Host {number} is gone") for number in range(5)]
        await looks(place)
        place.flashduty.habits = replace(place.flashduty.habits, most_ids=2)
        for one in incidents:
            place.flashduty.console.close(one)
        await looks(place)
        assert ["*Closed*" in one["text"] for one in cards(place, "Host")] == [True] * 5


async def test_a_process_that_dies_between_post_and_note__leaves_one_card():
    async with cards_at() as place:
        raised(place)
        place.slack.fail("chat.postMessage", Fault.lost_answer(), 1)
        place.slack.fail("conversations.history", Fault.hang(), times=None)
        look = asyncio.create_task(place.bot.cards.look())
        await place.slack.until(lambda: cards(place))
        look.cancel()
        await asyncio.gather(look, return_exceptions=True)
        await place.bot.cards.stop()
        place.slack.mend()
        assert len(cards(place)) == 1
        async with replica_of(place) as other:
            await looks(place, other)
            await looks(place, other)
        assert len(cards(place)) == 1
        assert len(posts(place)) == 1


async def test_a_process_that_dies_between_edit_and_note__leaves_no_old_state():
    async with cards_at() as place:
        incident = raised(place)
        await looks(place)
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        # Slack edits the card and the answer is lost; before it is sent again the incident is as it was.
        place.slack.fail("chat.update", Fault.lost_answer(), 1)
        await place.bot.cards.look()
        await place.slack.until(lambda: "*Acknowledged*" in the_card(place)["text"])
        await place.bot.cards.stop()
        place.flashduty.console.unacknowledge(incident, by="Bob Müller")
        async with replica_of(place) as other:
            await looks(place, other)
            assert "*Unacknowledged*" in the_card(place)["text"]


async def test_the_bot_taken_out_of_the_channel__is_told_once__and_cards_come_when_it_is_back():
    async with cards_at(ADMINS=ALICE) as place:
        place.slack.take_out(BOT, PAYMENTS)
        raised(place)
        for _ in range(3):
            await looks(place)
        told = [one for one in direct(place) if "cannot be posted or updated" in one]
        assert len(told) == 1
        assert "/invite" in told[0]
        assert len(posts(place)) == 1
        place.slack.let_in(BOT, PAYMENTS)
        place.clock.shift(timedelta(minutes=1))
        await place.bot.cards.look_at_channels()
        await looks(place)
        assert len(cards(place)) == 1
        assert len([one for one in direct(place) if "posted in <#C0PAYMENTS> again" in one]) == 1


async def test_an_archived_channel__is_told_once__and_the_card_is_true_again_afterwards():
    async with cards_at(ADMINS=ALICE) as place:
        incident = raised(place)
        await looks(place)
        place.slack.archive(PAYMENTS)
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        for _ in range(3):
            await looks(place)
        assert len(edits(place)) == 1
        assert len([one for one in direct(place) if "The channel is archived" in one]) == 1
        place.slack.archive(PAYMENTS, is_archived=False)
        await place.bot.cards.look_at_channels()
        await looks(place)
        assert "by Bob Müller" in the_card(place)["text"]


async def test_a_workspace_that_forbids_late_edits__gets_the_card_once_anew():
    async with cards_at(ADMINS=ALICE) as place:
        incident = raised(place)
        await looks(place)
        old = the_card(place)
        place.slack.close_edits_after(timedelta(minutes=5))
        place.clock.shift(timedelta(minutes=10))
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        for _ in range(3):
            await looks(place)
        left, new = cards(place)
        assert left["text"] == old["text"]
        assert "by Bob Müller" in new["text"]
        place.clock.shift(timedelta(minutes=10))
        place.flashduty.console.close(incident)
        for _ in range(3):
            await looks(place)
        assert len(cards(place)) == 2
        assert len([one for one in direct(place) if "does not let the bot update" in one]) == 1


async def test_the_leader_gone_without_a_word__is_followed_by_another_after_its_lease():
    later = Later()
    async with cards_at() as place, replica_of(place, monotonic=later) as other:
        incident = raised(place)
        await looks(place)
        await looks(place, other)
        # It holds its lease no longer, and does not say so.
        for task in (*place.bot.cards.tasks,):
            task.cancel()
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        await looks(place, other)
        assert "*Unacknowledged*" in the_card(place)["text"]
        later.ahead += 16
        await looks(place, other)
        assert "by Bob Müller" in the_card(place)["text"]


@pytest.mark.parametrize(("fault", "named"), [(None, " · Ledger &amp; book are behind"), (Fault.reset(), "")])
async def test_a_card_that_was_never_posted__is_told_to_the_operators_with_its_incident_and_channel(fault, named):
    later = Later()
    async with cards_at(ADMINS=ALICE, monotonic=later) as place:
        incident = raised(place, "Ledger & book are behind")
        place.slack.fail("chat.postMessage", Fault.error("internal_error"), 1)
        place.slack.fail("conversations.history", Fault.error("internal_error"), 1)
        await looks(place)
        place.flashduty.console.close(incident)
        place.clock.shift(timedelta(minutes=20))
        await place.bot.tick()
        if fault is not None:
            place.flashduty.fail("/incident/list-by-ids", fault, times=None)
        later.ahead += 301
        await place.bot.tick()
        await place.slack.settled()
        (told,) = [one for one in direct(place) if "was not posted" in one]
        number = incident[-6:].upper()
        assert told.startswith(
            f"⚠️ *A card of team payments was not posted in <#C0PAYMENTS> on Tue 24 Nov.*\nIncident #{number}{named}\n"
        )
        assert cards(place, "Ledger") == []


async def test_the_end_of_an_incident__is_told_by_the_next_leader__where_the_first_could_not():
    later = Later()
    async with cards_at(monotonic=later) as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        place.flashduty.console.comment(incident, text="Rolling back.")
        place.flashduty.console.close(incident)
        place.slack.fail("chat.postMessage", Fault.error("fatal_error"), times=None)
        await looks(place)
        assert "*Closed*" in the_card(place)["text"]
        await place.bot.cards.stop()
        place.slack.mend()
        async with replica_of(place, monotonic=later) as other:
            place.clock.shift(timedelta(minutes=10))
            later.ahead += 40
            await looks(place, other)
            await looks(place, other)
        assert len([one for one in place.slack.seen_by(BOB, PAYMENTS) if "Rolling back." in one["text"]]) == 1


@pytest.mark.parametrize("fault", [Fault.lost_answer(), Fault.reset()])
async def test_a_leader_that_dies_while_it_replies__holds_up_the_next_no_longer_than_its_lease_of_the_cards(fault):
    later, work = Later(), BackgroundTasks()
    async with cards_at(monotonic=later) as place, replica_of(place, monotonic=later, work=work) as first:
        await place.bot.cards.stop()
        incident = raised(place, severity="Warning")
        await looks(place, first)
        place.clock.shift(timedelta(minutes=1))
        place.flashduty.console.comment(incident, text="Rolling back.")
        place.slack.calls.clear()
        place.slack.fail("chat.postMessage", fault)
        place.slack.fail("conversations.replies", Fault.hang(), times=None)
        await first.cards.look()
        await place.slack.until(lambda: any(call.method == "chat.postMessage" for call in place.slack.calls))
        # It holds the posting and the cards, and lets go of neither.
        for task in first.cards.tasks:
            task.cancel()
        await work.drain(0)
        place.slack.mend()
        async with replica_of(place, monotonic=later) as second:
            later.ahead += 16
            place.clock.shift(timedelta(seconds=16))
            await looks(place, second)
        assert len([one for one in place.slack.seen_by(BOB, PAYMENTS) if "Rolling back." in one["text"]]) == 1
