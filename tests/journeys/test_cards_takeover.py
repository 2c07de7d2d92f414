"""A replica that begins to lead has many cards to look at: people who type meanwhile are answered first."""

from dataclasses import replace
from datetime import timedelta

from harbor import replica_of
from living import SETTING, cards, cards_at, looks, raised

from bot.runtime.tasks import BackgroundTasks

CARDS = 12


async def test_people__are_answered_while_a_replica_takes_over_more_cards_than_it_takes_requests():
    async with cards_at(socket_mode=False, **{SETTING + "CARDS_STORM": "50"}) as place:
        for number in range(CARDS):
            raised(place, f"Host {number} is gone", severity="Warning")
            if number % 3 == 2:
                await looks(place)
                place.clock.shift(timedelta(seconds=10))
        assert len(cards(place, "Host")) == CARDS
        await place.bot.cards.stop()
        feeds = len(place.called("/incident/feed"))
        place.flashduty.habits = replace(place.flashduty.habits, seconds=0.3)
        async with replica_of(place, work=BackgroundTasks(limit=CARDS - 4)) as other:
            place.slack.deliver_to(f"{other.url}/slack/events")
            await other.cards.look()
            assert "`incidents`" in (await place.types("/flashduty help"))["text"]
            place.flashduty.habits = replace(place.flashduty.habits, seconds=0.0)
            await place.slack.settled()
        assert len(place.called("/incident/feed")) >= feeds + CARDS
