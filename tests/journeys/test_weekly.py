"""The weekly report: posted on its day with its chart, once, whatever breaks in between."""

import asyncio
from datetime import timedelta

from harbor import CAROL, NOW, PAYMENTS, harbor_at, replica_of

from sandbox.faults import Fault

TUESDAYS = {"FLASHDUTY_TEAMS__PAYMENTS__REPORT_DAY": "tue", "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "wed"}


async def let_it_be_nine(place):
    place.clock.shift(timedelta(minutes=30))
    await place.bot.tick()


def everything(place):
    return place.slack.seen_by(CAROL, PAYMENTS)


def charts(place):
    return [message for message in everything(place) if message.get("files")]


async def test_the_report_comes_on_its_day_with_the_chart_under_it__once():
    async with harbor_at(**TUESDAYS) as place:
        await place.bot.tick()
        assert everything(place) == []
        await let_it_be_nine(place)
        await place.bot.tick()
        numbers, chart = everything(place)
        assert "The week of team payments: Tue 17 Nov to Mon 23 Nov" in numbers["text"]
        assert chart["thread_ts"] == numbers["ts"]
        (asked,) = [call.params for call in place.slack.calls if call.method == "files.getUploadURLExternal"]
        assert "Bar chart of incidents" in asked["alt_txt"]
        assert len(place.called("/insight/team")) == 3


async def test_no_report_on_another_day(quay):
    await let_it_be_nine(quay)
    assert not any("The week of team" in text for text in quay.sees(CAROL))


async def test_two_replicas_post_one_report_and_one_chart():
    async with (
        harbor_at(**TUESDAYS) as place,
        replica_of(place) as other,
    ):
        place.clock.shift(timedelta(minutes=30))
        await asyncio.gather(place.bot.tick(), other.tick())
        await asyncio.gather(place.bot.tick(), other.tick())
        assert len(everything(place)) == 2
        assert len(charts(place)) == 1


async def test_a_chart_that_cannot_be_uploaded__comes_later():
    async with harbor_at(**TUESDAYS) as place:
        place.slack.fail("files.getUploadURLExternal", Fault.error("internal_error"))
        await let_it_be_nine(place)
        assert charts(place) == []
        place.clock.shift(timedelta(minutes=1))
        await place.bot.tick()
        assert len(charts(place)) == 1


async def test_a_chart_whose_answer_was_lost__is_found_and_not_uploaded_again():
    async with harbor_at(**TUESDAYS) as place:
        place.slack.fail("files.completeUploadExternal", Fault.lost_answer())
        await let_it_be_nine(place)
        place.clock.shift(timedelta(minutes=1))
        await place.bot.tick()
        assert len(charts(place)) == 1
        assert len([call for call in place.slack.calls if call.method == "files.completeUploadExternal"]) == 1


async def test_a_report_that_cannot_be_read__comes_later_and_says_so():
    async with harbor_at(**TUESDAYS) as place:
        place.flashduty.fail("*", Fault.code("InternalError"), times=None)
        await let_it_be_nine(place)
        assert everything(place) == []
        place.flashduty.mend()
        place.clock.shift(timedelta(minutes=1))
        await place.bot.tick()
        assert len(everything(place)) == 2


async def test_a_week_later_there_is_another():
    async with harbor_at(**TUESDAYS) as place:
        await let_it_be_nine(place)
        place.clock.move_to(NOW + timedelta(days=7, minutes=30))
        await place.bot.tick()
        assert len(charts(place)) == 2
