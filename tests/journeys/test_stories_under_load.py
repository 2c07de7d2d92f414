"""Many threads that have something to be told at once take neither the places nor the calls of people's requests."""

from living import SETTING, cards, cards_at, raised

from bot.runtime.tasks import BackgroundTasks
from sandbox.faults import Fault


async def test_many_stories_that_wait__leave_room_for_people():
    async with cards_at(work=BackgroundTasks(limit=10), **{SETTING + "CARDS_STORM": "100"}) as place:
        place.flashduty.fail("/incident/feed", Fault.hang(), times=None)
        for number in range(15):
            raised(place, f"Host {number} is gone", severity="Warning")
        await place.bot.cards.look()
        assert len(cards(place, "Host")) == 15
        shown = await place.types("/flashduty help")
        assert "busy" not in shown["text"]
        assert "incidents" in shown["text"]
        place.flashduty.mend()
