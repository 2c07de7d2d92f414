"""What replicas of one database share: one account's limits."""

import asyncio

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
