"""The part of the channel's topic that says who is on call, beside what people wrote."""

from dataclasses import replace
from datetime import timedelta

from harbor import CAROL, PAYMENTS, harbor_at

from sandbox.faults import Fault

TOPIC = {"FLASHDUTY_TEAMS__PAYMENTS__TOPIC": "true", "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun"}


async def minutes_later(place, minutes=1):
    place.clock.shift(timedelta(minutes=minutes))
    await place.bot.tick()


def channel(place):
    return place.slack.workspace.channels[PAYMENTS]


def writes(place):
    return [call for call in place.slack.calls if call.method == "conversations.setTopic"]


async def test_who_is_on_call_stands_behind_what_people_wrote():
    async with harbor_at(**TOPIC) as place:
        await place.bot.tick()
        topic = channel(place).topic
        assert topic.startswith("Payments: who carries the pager [on call: ")
        assert "(Payments primary)" in topic
        assert topic.endswith("]")
        assert len(topic) <= 250


async def test_it_changes_at_a_hand_over_and_costs_no_write_before():
    async with harbor_at(**TOPIC) as place:
        await place.bot.tick()
        before = channel(place).topic
        for _ in range(20):
            await minutes_later(place)
        assert len(writes(place)) == 1
        await minutes_later(place, 10)
        assert len(writes(place)) == 2
        assert channel(place).topic != before


async def test_a_schedule_whose_name_slack_links__costs_one_write_all_the_same():
    """Compared without undoing the link, such a topic is set again every 15 minutes."""

    def named(place):
        for number, name in ((6001, "db1.harbor.example #search-oncall"), (6002, "call new@harbor.example")):
            schedules = place.flashduty.account.schedules
            schedules[number] = replace(schedules[number], name=name)

    async with harbor_at(**TOPIC) as place:
        named(place)
        await minutes_later(place, 16)
        assert "<http://db1.harbor.example|db1.harbor.example>" in channel(place).topic
        before = len(writes(place))
        for _ in range(4):
            await minutes_later(place, 3)
        assert len(writes(place)) == before


async def test_what_people_change_around_it_stays():
    async with harbor_at(**TOPIC) as place:
        await place.bot.tick()
        part = channel(place).topic.removeprefix("Payments: who carries the pager ")
        channel(place).topic = f"New words &lt;3 {part} and behind"
        await minutes_later(place, 31)
        assert channel(place).topic.startswith("New words &lt;3 [on call: ")
        assert channel(place).topic.endswith("] and behind")
        assert part not in channel(place).topic


async def test_off_is_the_default(quay):
    await quay.bot.tick()
    assert channel(quay).topic == "Payments: who carries the pager"


async def test_without_room__the_channel_is_told_once():
    def full(slack):
        slack.workspace.channels[PAYMENTS].topic = "x" * 240

    async with harbor_at(prepare=full, **TOPIC) as place:
        for _ in range(3):
            await minutes_later(place)
        (told,) = place.sees(CAROL)
        assert "leaves no room" in told
        assert channel(place).topic == "x" * 240


async def test_without_the_scope__the_channel_is_told_once_with_the_cure():
    def poor(slack):
        slack.fail("conversations.setTopic", Fault.error("missing_scope"), times=None)

    async with harbor_at(prepare=poor, **TOPIC) as place:
        for _ in range(3):
            await minutes_later(place)
        (told,) = place.sees(CAROL)
        assert "channels:write.topic" in told
