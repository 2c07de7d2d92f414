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
    """The messages that show a chart: in a block, or as a file."""
    return [message for message in everything(place) if message.get("files") or shown_in(message)]


def shown_in(message):
    return [block for block in message["blocks"] if block["type"] == "image"]


async def test_the_report_comes_on_its_day_with_its_chart__once():
    async with harbor_at(**TUESDAYS) as place:
        await place.bot.tick()
        assert everything(place) == []
        await let_it_be_nine(place)
        await place.bot.tick()
        (report,) = everything(place)
        assert report["text"].startswith("14 incidents in 7 days (3 critical), 7 the week before\n")
        assert "Report of team *payments*, Tue 17 Nov to Mon 23 Nov" in report["text"]
        (chart,) = shown_in(report)
        assert "Chart of incidents by severity" in chart["alt_text"]
        (uploaded,) = [call.params for call in place.slack.calls if call.method == "files.completeUploadExternal"]
        assert "channel_id" not in uploaded
        assert chart["slack_file"] == {"id": uploaded["files"][0]["id"]}
        assert len(place.called("/insight/team")) == 3


async def test_a_report_without_its_chart__has_each_day_and_the_chart_in_its_thread():
    async with harbor_at(**TUESDAYS) as place:
        place.slack.fail("files.getUploadURLExternal", Fault.error("internal_error"))
        await let_it_be_nine(place)
        numbers, chart = everything(place)
        assert "*Day by day*" in numbers["text"]
        assert shown_in(numbers) == []
        assert chart["thread_ts"] == numbers["ts"]
        assert chart["files"]


async def test_a_report_with_its_chart__gets_no_second_one_from_another_process():
    async with harbor_at(**TUESDAYS) as place:
        place.slack.fail("conversations.history", Fault.error("internal_error"))
        await let_it_be_nine(place)
        async with replica_of(place) as other:
            await other.tick()
        assert len(charts(place)) == len(everything(place)) == 1


async def test_no_report_on_another_day(quay):
    await let_it_be_nine(quay)
    assert not any("Report of team" in text for text in quay.sees(CAROL))


async def test_two_replicas_post_one_report_and_one_chart():
    async with (
        harbor_at(**TUESDAYS) as place,
        replica_of(place) as other,
    ):
        place.clock.shift(timedelta(minutes=30))
        await asyncio.gather(place.bot.tick(), other.tick())
        await asyncio.gather(place.bot.tick(), other.tick())
        assert len(everything(place)) == 1
        assert len(charts(place)) == 1


async def test_a_chart_that_cannot_be_uploaded__comes_later():
    async with harbor_at(**TUESDAYS) as place:
        place.slack.fail("files.getUploadURLExternal", Fault.error("internal_error"), times=2)
        await let_it_be_nine(place)
        assert charts(place) == []
        place.clock.shift(timedelta(minutes=1))
        await place.bot.tick()
        assert len(charts(place)) == 1


async def test_a_chart_whose_answer_was_lost__is_found_and_not_uploaded_again():
    async with harbor_at(**TUESDAYS) as place:
        place.slack.fail("files.getUploadURLExternal", Fault.error("internal_error"))
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
        assert len(charts(place)) == 1


async def test_a_week_later_there_is_another():
    async with harbor_at(**TUESDAYS) as place:
        await let_it_be_nine(place)
        place.clock.move_to(NOW + timedelta(days=7, minutes=30))
        await place.bot.tick()
        assert len(charts(place)) == 2


async def asked_for(place):
    """Ask for the report by hand, and let everything it causes happen."""
    await place.types("/flashduty digest week post")
    # A chart is drawn by a process of its own, which takes seconds on a busy machine.
    await place.slack.settled(timeout=60)


async def test_the_chart_of_a_report_by_hand__that_cannot_be_uploaded__comes_later_once():
    """It goes through the same outbox as the chart of the scheduled report."""
    async with harbor_at() as place:
        place.slack.fail("files.getUploadURLExternal", Fault.error("internal_error"), times=2)
        await asked_for(place)
        assert any("Report of team *payments*" in message["text"] for message in everything(place))
        assert charts(place) == []
        for _ in range(3):
            place.clock.shift(timedelta(minutes=1))
            await place.bot.tick()
        (chart,) = charts(place)
        assert chart["thread_ts"] == next(m["ts"] for m in everything(place) if "Report of team" in m["text"])


async def test_the_chart_of_a_report_by_hand__after_the_process_ended__comes_from_another():
    """It goes through the same outbox as the chart of the scheduled report."""
    async with harbor_at() as place:
        place.slack.fail("files.getUploadURLExternal", Fault.error("internal_error"), times=2)
        await asked_for(place)
        async with replica_of(place) as other:
            place.clock.shift(timedelta(minutes=1))
            await other.tick()
            await other.tick()
        assert len(charts(place)) == 1


async def test_the_chart_of_a_report_by_hand__that_is_never_taken__is_given_up_after_three_hours():
    async with harbor_at(ADMINS="U0ALICE") as place:
        place.slack.fail("files.getUploadURLExternal", Fault.error("missing_scope"), times=None)
        await asked_for(place)
        for _ in range(3):
            place.clock.shift(timedelta(hours=1, minutes=5))
            await place.bot.tick()
        calls = len([call for call in place.slack.calls if call.method == "files.getUploadURLExternal"])
        place.clock.shift(timedelta(hours=1))
        await place.bot.tick()
        assert len([call for call in place.slack.calls if call.method == "files.getUploadURLExternal"]) == calls
        (told,) = [message["text"] for message in place.slack.seen_by("U0ALICE", "D0ALICE")]
        assert "The chart of the weekly report of team payments" in told
