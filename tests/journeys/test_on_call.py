"""Who is on call."""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from harbor import ALICE, BOB, CAROL, NOW, PAYMENTS, harbor_at

from bot.messages.buttons import encode
from bot.messages.views import OnCallWeek, ViewValue
from sandbox.faults import Fault
from sandbox.flashduty.model.schedule import Layer, RotationGroup, Schedule

XIAOMING = "U0XIAOMING"
DAYS = ("Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28", "Sun 29", "Mon 30")


def table_of(message):
    return next(block["rows"] for block in message["blocks"] if block["type"] == "table")


def cells(message):
    """The columns of the table, one for each schedule behind the one of the days."""
    return [[cell["text"] for cell in column] for column in zip(*table_of(message), strict=True)]


def labels(message):
    blocks = (block for block in message["blocks"] if block["type"] == "actions")
    return [element["text"]["text"] for block in blocks for element in block["elements"]]


def now_seen(place, message, user=ALICE):
    return next(one for one in place.slack.seen_by(user, PAYMENTS) if one["ts"] == message["ts"])


def asked_from(place):
    return [call.body["start"] for call in place.called("/schedule/list")]


async def test_the_teams_schedules_are_told__with_now_and_next(harbor):
    message = await harbor.types("/flashduty oncall", CAROL)
    assert "On call now" in message["text"]
    assert "Next:" in message["text"]
    assert "nobody is on call" in message["text"]


async def test_a_part_of_a_name_chooses(quay):
    message = await quay.types("/flashduty on-call PRIM")
    assert "primary" in message["text"].lower()
    assert "backup" not in message["text"].lower()


async def test_an_unknown_name_lists_the_known_ones(quay):
    message = await quay.types("/flashduty oncall <!channel>")
    assert "No schedule has" in message["text"]
    assert not message.get("mentions")


async def test_the_menu_leads_there(quay):
    message = await quay.types("/flashduty")
    await quay.presses(message, "open:oncall")
    assert any("On call now" in text for text in quay.sees(ALICE))


async def test_another_moment_is_looked_at_in_the_askers_time__without_quotes(quay):
    message = await quay.types("/flashduty oncall primary at:tomorrow 18:30", XIAOMING)
    assert "值班：11 月 25 日 周三 18:30（Asia/Shanghai）" in message["text"]
    assert "📟 *Payments primary*" in message["text"]
    assert "backup" not in message["text"].lower()
    tomorrow = datetime(2026, 11, 25, 18, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert asked_from(quay) == [int(tomorrow.timestamp())]


async def test_refresh_keeps_the_moment__however_late_it_is_pressed(quay):
    message = await quay.types("/flashduty oncall at:+6h primary")
    quay.clock.shift(timedelta(hours=2))
    await quay.presses(message, "again:refresh")
    after = now_seen(quay, message)
    assert "On call on Tue 24 Nov at 14:30 (Europe/Berlin)" in after["text"]
    assert after["text"] != message["text"], "it says as of when"
    assert len(set(asked_from(quay))) == 1


async def test_a_moment_that_is_over_by_then_is_told_to_be_over(quay):
    message = await quay.types("/flashduty oncall at:+6h")
    quay.clock.shift(timedelta(hours=7))
    await quay.presses(message, "again:refresh")
    after = now_seen(quay, message)
    assert "is over. Choose a time from now to 30 days ahead." in after["text"]
    await quay.presses(after, "again:now")
    assert "On call now" in now_seen(quay, message)["text"]


async def test_a_shared_moment_stays_the_same_for_whoever_refreshes_it(quay):
    private = await quay.types("/flashduty oncall at:18:00", ALICE)
    assert labels(private) == ["Refresh", "Share in channel"]
    await quay.presses(private, "share")
    (shared,) = quay.shown(CAROL)
    assert labels(shared) == ["Refresh"]
    assert "On call on Tue 24 Nov at 18:00 (Europe/Berlin)" in shared["text"]
    quay.clock.shift(timedelta(minutes=5))
    await quay.presses(shared, "again:refresh", XIAOMING)
    after = now_seen(quay, shared, CAROL)
    assert "On call on Tue 24 Nov at 18:00 (Europe/Berlin)" in after["text"]
    assert after["text"] != shared["text"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("at:soon", "Not a time: “soon”."),
        ("at:", "There is no time after `at:`."),
        ("at:today 08:00", "“today 08:00” is over. Choose a time from now to 30 days ahead."),
        ("at:-6h", "“-6h” is over."),
        ("at:99d", "“99d” is too far ahead. Choose a time from now to 30 days ahead."),
        ('at:"0001-01-01 00:00"', "“0001-01-01 00:00” is over."),
        ("at:" + "9999w" * 60, "is too far ahead."),
    ],
)
async def test_a_moment_that_cannot_be_looked_at_is_told_with_the_reason(quay, said, why):
    message = await quay.types(f"/flashduty oncall {said}")
    assert why in message["text"]
    assert quay.flashduty.calls == []


async def test_a_private_answer__names_people_to_tap__with_their_numbers_as_flashduty_has_them(quay):
    message = await quay.types("/flashduty oncall primary", CAROL)
    assert re.search(
        r"📟 \*Payments primary\*: \*<@U0\w+>\* \(primary\), \*<@U0\w+>\* \(secondary\), until", message["text"]
    )
    assert re.search(r"\n☎️ [^\n]+ \+49151∗∗∗∗\d{4}, [^\n]+ \+49151∗∗∗∗\d{4}\n", message["text"])


async def test_what_is_shared__mentions_nobody_and_has_no_number(quay):
    private = await quay.types("/flashduty oncall", ALICE)
    await quay.presses(private, "share")
    (shared,) = quay.shown(CAROL)
    assert shared["mentions"] == []
    assert "@" not in shared["text"]
    assert "+49" not in shared["text"]
    assert shared["text"].startswith("On call now\n📟 *Payments primary*: *")
    await quay.presses(shared, "again:refresh", BOB)
    assert "<@" not in now_seen(quay, shared, CAROL)["text"]


async def test_where_slack_does_not_say_who_somebody_is__their_name_stands(quay):
    quay.slack.fail("users.lookupByEmail", Fault.error("internal_error"), times=None)
    message = await quay.types("/flashduty oncall primary", CAROL)
    assert "Alice Chen" in message["text"] or "Bob Müller" in message["text"]
    assert "<@" not in message["text"]


@pytest.mark.parametrize("is_warm", [True, False], ids=["asked before", "never asked"])
async def test_while_the_database_is_locked__names_can_be_tapped_all_the_same(tmp_path, is_warm):
    """Nobody who asks waits for the database until the time for names is over."""
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db") as place:
        if is_warm:
            await place.types("/flashduty oncall")
        with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(2):
                assert "<@U0" in (await place.types("/flashduty oncall"))["text"]
            other.execute("ROLLBACK")


async def test_the_week_is_a_table_in_the_askers_own_time(quay):
    berlin = cells(await quay.types("/flashduty oncall week", CAROL))
    shanghai = await quay.types("/flashduty oncall week", XIAOMING)
    assert berlin[0] == ["Day", *DAYS]
    backup = {row[0]: row for row in berlin}["Payments backup"]
    assert all(" → 09:00 " in cell for cell in backup[1:])
    backup = {row[0]: row for row in cells(shanghai)}["Payments backup"]
    assert all(" → 16:00 " in cell for cell in backup[1:])
    assert "Asia/Shanghai" in shanghai["text"]


async def test_a_shared_week_stays_in_the_time_of_whoever_shared_it(quay):
    private = await quay.types("/flashduty oncall week primary", CAROL)
    await quay.presses(private, "share", CAROL)
    (shared,) = quay.shown(BOB)
    assert [row[0] for row in cells(shared)] == ["Day", "Payments primary"]
    quay.clock.shift(timedelta(days=1))
    await quay.presses(shared, "again:refresh", XIAOMING)
    after = now_seen(quay, shared, BOB)
    assert cells(after)[0][1] == "Wed 25"
    assert [row[0] for row in cells(after)] == ["Day", "Payments primary"]
    assert "times of Europe/Berlin" in after["text"]
    assert labels(after) == ["Refresh"]


async def test_a_week_of_120_schedules__is_taken_by_slack__in_private_and_shared(quay):
    """A table of 28,160 characters once went out through Share in channel."""
    account = quay.flashduty.account
    ours = len(cells(await quay.types("/flashduty oncall week", CAROL))) - 1
    for number in range(120):
        name = f"Payments rota {number:03d}, follow the sun"
        account.schedules[7000 + number] = replace(account.schedules[6001], schedule_id=7000 + number, name=name)
    private = await quay.types("/flashduty oncall week", CAROL)
    await quay.presses(private, "share", CAROL)
    shared = quay.shown(BOB)[-1]
    for message in (private, shared):
        more = int(re.search(r"(\d+) more schedules", message["text"] + json.dumps(message["blocks"]))[1])
        assert len(cells(message)) - 1 + more == ours + 120
    assert not [call for call in quay.slack.calls if call.error]


async def test_a_control_with_a_zone_nobody_knows_shows_the_week_all_the_same():
    async with harbor_at(socket_mode=False) as place:
        view = OnCallWeek(zone="../../etc/passwd", words="primary")
        await place.forges(XIAOMING, PAYMENTS, "open:week", encode(ViewValue(team="payments", view=view)))
        (message,) = place.slack.seen_by(XIAOMING, PAYMENTS)
        assert "Asia/Shanghai" in message["text"]
        assert [row[0] for row in cells(message)] == ["日期", "Payments primary"]


@pytest.mark.parametrize("words", ["week at:+6h primary", "at:+6h week primary", "week primary at:soon"])
async def test_a_week_takes_no_moment__and_says_so(quay, words):
    message = await quay.types(f"/flashduty oncall {words}")
    assert "The week always begins today" in message["text"]
    assert quay.flashduty.calls == []
    await quay.presses(message, "again:week")
    assert [row[0] for row in cells(now_seen(quay, message))] == ["Day", "Payments primary"]


async def test_the_week_behind_the_team_is_told_in_words(quay):
    message = await quay.types("/flashduty digest week", CAROL)
    assert message["ephemeral"]
    headline = "14 incidents in 7 days (3 critical), 7 the week before"
    assert message["text"].startswith(f"{headline}\nReport of team *payments*, Tue 17 Nov to Mon 23 Nov")
    assert len(quay.called("/insight/team")) == 3
    quay.clock.shift(timedelta(days=1))
    await quay.presses(message, "again:refresh", CAROL)
    assert now_seen(quay, message, CAROL)["text"] == message["text"]


async def test_the_menu_tells_of_the_digests_other_forms(quay):
    text = (await quay.types("/flashduty"))["text"]
    assert "`digest post` · `digest week`" in text


async def test_me__names_everybody_who_was_paged(quay):
    message = await quay.types("/flashduty me")
    assert "You are *Alice Chen* in Flashduty" in message["text"]
    assert "paged: Alice Chen, Bob Müller" in message["text"]


async def test_me__who_is_not_known_in_flashduty_is_told_the_cure(quay):
    quay.slack.workspace.people[CAROL].email = "carol@elsewhere.example"
    message = await quay.types("/flashduty me", CAROL)
    assert "Your account in Flashduty was not found" in message["text"]
    assert "Use the same e-mail in Slack and Flashduty" in message["text"]
    # Whether she is on call, and may act for that, is asked at the same time.
    assert {call.path for call in quay.flashduty.calls} == {"/member/list", "/schedule/list", "/person/infos"}
    await quay.presses(message, "open:oncall", CAROL)
    assert any("On call now" in text for text in quay.sees(CAROL))


async def test_tonight_is_this_evening__and_the_answer_says_which_hour(quay):
    message = await quay.types("/flashduty oncall at:tonight")
    assert "On call on Tue 24 Nov at 20:00 (Europe/Berlin)" in message["text"]


async def test_shifts_that_overlap__name_the_same_people_now_at_a_moment_and_in_the_week(quay):
    nine = (NOW - timedelta(days=3)).astimezone(ZoneInfo("Europe/Berlin")).replace(hour=9, minute=0)
    day = Layer("Days", (RotationGroup("Days", {1: (7001,)}),), nine, "day", hours=(8 * 3600, 20 * 3600))
    always = Layer("Always", (RotationGroup("Always", {1: (7002,)}), RotationGroup("Then", {1: (7003,)})), nine, "week")
    quay.flashduty.account.schedules[6100] = Schedule(6100, "Both at once", 4001, (always, day), overlaps=True)
    now = (await quay.types("/flashduty oncall both at once"))["text"]
    assert "Both at once*: *<@U0BOB>, <@U0ALICE>*" in now
    assert "Next: *<@U0BOB>*" in now
    later = (await quay.types("/flashduty oncall at:19:00 both at once"))["text"]
    assert "Both at once*: *<@U0BOB>, <@U0ALICE>*" in later
    night = (await quay.types("/flashduty oncall at:21:00 both at once"))["text"]
    assert "Both at once*: *<@U0BOB>*" in night
    table = cells(await quay.types("/flashduty oncall week both at once"))
    assert "Bob Müller, Alice Chen" in table[1][1]
