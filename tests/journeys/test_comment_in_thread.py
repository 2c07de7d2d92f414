"""A reply in the thread of a card that mentions the bot with `comment …` goes to that incident's timeline."""

from datetime import timedelta

import pytest
from harbor import ALICE, BOB, GINA, PAYMENTS, harbor_at

from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.database import open_database

MENTION = "<@U0FLASHBOT>"


class Thread:
    """The thread of a card in the channel of a team."""

    def __init__(self, place, incident, ts):
        self.place, self.incident, self.ts = place, incident, ts

    async def says(self, text, user=ALICE):
        """Reply in the thread, and give what the person is shown then."""
        known = {one["ts"] for one in self.place.slack.seen_by(user, PAYMENTS)}
        said = (await self.place.slack.say(user, PAYMENTS, text, thread_ts=self.ts)).message["ts"]
        await self.place.slack.settled()
        return [one for one in self.place.slack.seen_by(user, PAYMENTS) if one["ts"] not in {*known, said}]

    def comments(self):
        return [(one.incident_id, one.source) for one in self.place.flashduty.account.comments]


@pytest.fixture
async def thread():
    async with harbor_at() as place:
        incident = place.flashduty.raise_incident(title="Ledger is behind", flashduty_channel=5001)["incident_id"]
        card = (await place.slack.say(BOB, PAYMENTS, "what stands for the card")).message
        now = place.clock.now()
        async with open_database(place.settings.database_url.get_secret_value()) as database:
            row = StoredCard(
                team="payments",
                incident_id=incident,
                channel=PAYMENTS,
                ts=card["ts"],
                started_at=now,
                posted_at=now,
                kept_until=now + timedelta(days=1),
            )
            await CardTable(database).put(row)
        yield Thread(place, incident, card["ts"])


@pytest.mark.parametrize("words", ["comment rolling back", "评论 rolling back", "note: rolling back"])
async def test_a_comment_in_the_thread__goes_to_the_timeline_of_its_incident(thread, words):
    (answer,) = await thread.says(f"{MENTION} {words}")
    assert thread.comments() == [(thread.incident, "Alice Chen in Slack: rolling back")]
    assert answer["ephemeral"]
    assert "💬 Comment added" in answer["text"]


async def test_a_comment_in_the_thread__may_name_another_incident(thread):
    other = thread.place.flashduty.raise_incident(title="Disk full", flashduty_channel=5001)
    await thread.says(f"{MENTION} comment {other['num']} the same cause")
    assert thread.comments() == [(other["incident_id"], "Alice Chen in Slack: the same cause")]


async def test_a_first_word_that_could_be_a_number__is_a_word_where_no_incident_has_it(thread):
    await thread.says(f"{MENTION} comment 500500 errors since nine")
    assert thread.comments() == [(thread.incident, "Alice Chen in Slack: 500500 errors since nine")]


async def test_a_comment_without_words__is_asked_for(thread):
    (answer,) = await thread.says(f"{MENTION} comment")
    assert "What is the comment? Reply here with <@" in answer["text"]
    assert "> `comment restarting the database`." in answer["text"]
    assert thread.comments() == []


async def test_another_thread__still_needs_a_number(thread):
    root = (await thread.place.slack.say(BOB, PAYMENTS, "something else")).message
    thread.ts = root["ts"]
    (answer,) = await thread.says(f"{MENTION} comment rolling back")
    assert "with the incident's number" in answer["text"]
    assert thread.comments() == []


async def test_somebody_who_may_only_look__adds_nothing(thread):
    (answer,) = await thread.says(f"{MENTION} comment rolling back", user=GINA)
    assert answer["ephemeral"]
    assert thread.comments() == []


async def test_an_incident_outside_the_team__gets_no_comment(thread):
    thread.place.flashduty.account.incidents[thread.incident]["channel_id"] = 5003
    await thread.says(f"{MENTION} comment rolling back")
    assert thread.comments() == []


async def test_catch_me_up_in_the_thread__needs_no_number(thread):
    (answer,) = await thread.says(f"{MENTION} catch me up")
    assert answer["ephemeral"]
    assert "Ledger is behind" in answer["text"]
    assert "Nothing so far." in answer["text"]
