"""The rest of a message whose first part was deleted: it does not land in the channel."""

from datetime import date, timedelta

from bot.delivery.model import PostedAt
from bot.delivery.outbox import ThreadOutbox
from bot.messages import Message
from bot.messages.blocks import section
from bot.messages.text import mrkdwn
from bot.storage.leases import Leases
from bot.storage.outbox import OutboxTable
from bot.storage.postings import PostingKey, PostingKind
from tests.bot.cards.desk import CHANNEL, desk_at

KEY = PostingKey(team="payments", kind=PostingKind.DIGEST, local_date=date(2026, 11, 24))
REST = [Message.of(section(mrkdwn("The rest"))), Message.of(section(mrkdwn("The end")))]


async def test_the_thread_of_a_deleted_message__is_given_up_and_nothing_stays_in_the_channel(database):
    async with desk_at(database) as desk:
        now = desk.slack.clock.now
        leases = Leases(database, owner="one", now=now, monotonic=lambda: 0.0)
        outbox = ThreadOutbox(OutboxTable(database), desk.workspace, leases=leases, now=now)
        before = desk.in_channel()
        ts = await desk.workspace.post(CHANNEL, Message.of(section(mrkdwn("Good morning"))), once="digest")
        await outbox.store(KEY, REST)
        desk.slack.delete_message(CHANNEL, ts)
        posted = PostedAt(CHANNEL, ts)
        await outbox.finish(KEY, posted, is_first=True)
        assert desk.in_channel() == before
        desk.slack.clock.shift(timedelta(minutes=5))
        desk.slack.calls.clear()

        async def find(_key):
            return posted

        await outbox.catch_up(find)
        assert desk.slack.calls == []
