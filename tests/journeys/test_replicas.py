"""What replicas of one database share: one account's limits, and what they write while nothing happens."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import aiohttp
from harbor import ALICE, PAYMENTS, harbor_at, replica_of

COMMANDS = 40


async def commands(place, bot):
    place.slack.deliver_to(f"{bot.url}/slack/events")
    asked = [
        asyncio.create_task(place.slack.command(ALICE, PAYMENTS, "/flashduty incidents closed"))
        for _ in range(COMMANDS)
    ]
    assert all(delivery.acked for delivery in await asyncio.gather(*asked))


async def test_two_busy_replicas__keep_within_what_their_account_allows():
    async with harbor_at(socket_mode=False) as place, replica_of(place) as other:
        for bot in (place.bot, other):
            await bot.tick()
        before = len(place.flashduty.calls)
        for bot in (place.bot, other):
            await commands(place, bot)
        await place.slack.settled(40)
        made = place.flashduty.calls[before:]
        assert len(made) >= COMMANDS
        assert [call.path for call in made if call.status == 429] == []


READ = "'cards read'"


def written(path):
    """Everything in the database but the leases, and when the incidents of cards were read last."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(one for one in map(repr, connection.execute(f'SELECT * FROM "{name}"')) if READ not in one)  # noqa: S608 - our own tables
            for name in names
            if name != "leases"
        }


async def test_at_rest__nothing_is_written_but_leases_and_when_cards_were_read(tmp_path):
    given = {
        "FLASHDUTY_TEAMS__PAYMENTS__TOPIC": "true",
        "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "channel",
        "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun",
        "FLASHDUTY_TEAMS__PAYMENTS__CARDS_CHANNEL": "C0GENERAL",
    }
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", **given) as place:
        await place.bot.tick()
        await place.bot.cards.look()
        before = written(tmp_path / "bot.db")
        assert before["sync_states"]
        assert before["incident_hints"] == []
        for _ in range(4):
            place.clock.shift(timedelta(minutes=5))
            await place.bot.tick()
            await place.bot.cards.look()
        assert written(tmp_path / "bot.db") == before


async def test_readyz__tells_how_long_ago_the_lease_was_renewed(quay):
    await quay.bot.tick()
    async with aiohttp.ClientSession() as session, session.get(f"{quay.bot.url}/readyz") as answer:
        assert (await answer.json())["seconds_since_lease"] in range(60)
