from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import aiohttp
import pytest

from sandbox import demo_console
from sandbox.clock import Clock
from sandbox.demo_controls import DemoControls
from sandbox.demo_incidents import MOST_OPEN, STEP, DemoIncidents
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack

# A Tuesday, half past eight in Berlin.
NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
BOB = 7002


class Follower:
    """A bot that only notes how far its clock was moved."""

    def __init__(self):
        self.moved = []

    async def move_clock(self, seconds):
        self.moved.append(seconds)


@pytest.fixture
async def place():
    """The controls of the demo on a frozen clock: `do(path, **what)` presses one of its buttons."""
    clock = Clock(NOW, frozen=True)
    flashduty = PretendFlashduty(clock=clock, account=harbor_account(NOW))
    slack = PretendSlack(clock=clock)
    controls = DemoControls(slack, flashduty, clock)
    controls.bot = Follower()
    async with flashduty, slack, aiohttp.ClientSession() as session:

        async def do(path, **what):
            async with session.post(f"{slack.url}/demo/{path}", json=what) as answer:
                return await answer.json()

        yield SimpleNamespace(
            clock=clock, flashduty=flashduty, slack=slack, bot=controls.bot, controls=controls, do=do, session=session
        )


class Writer(Follower):
    """A bot that writes to people whenever its clock is moved."""

    def __init__(self, place, *people):
        super().__init__()
        self.place = place
        self.people = list(people)

    async def move_clock(self, seconds):
        await super().move_clock(seconds)
        authorization = {"Authorization": f"Bearer {self.place.slack.bot_token}"}
        for person in self.people:
            said = {"channel": person, "text": "You take over."}
            url = f"{self.place.slack.api_url}chat.postMessage"
            async with self.place.session.post(url, data=said, headers=authorization) as answer:
                assert (await answer.json())["ok"]


async def test_nine__moves_the_clock_of_everybody(place):
    told = await place.do("nine")
    assert told["sentence"] == "It is Tuesday, 09:00. The digest is due."
    assert place.clock.now() == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert place.bot.moved == [1800.0]


async def test_hand_over__moves_the_clock_of_everybody_to_the_next_change(place):
    sentences = [(await place.do("hand-over"))["sentence"] for _ in range(3)]
    assert sentences == [
        "It is Tuesday, 09:00: Payments backup changes hands.",
        "It is Wednesday, 09:00: Payments backup changes hands.",
        "It is Wednesday, 18:00: Payments primary changes hands.",
    ]
    assert place.clock.now() == datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
    # An hour before first, where there is so much time, for the reminder.
    assert place.bot.moved == [1800.0, 82_800.0, 3600.0, 28_800.0, 3600.0]


async def test_hand_over__what_the_bot_does_an_hour_before__stands_at_that_time(place):
    await place.do("hand-over")
    place.controls.bot = Writer(place, "U0BOB")
    await place.do("hand-over")
    written = [datetime.fromtimestamp(float(one["ts"]), UTC) for one in place.slack.seen_by("U0BOB", "D0BOB")]
    assert [f"{at:%a %H:%M}" for at in written] == ["Wed 07:00", "Wed 08:00"]


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ([], ""),
        (["U0BOB"], " Bob Müller got a direct message."),
        (["U0ALICE", "U0XIAOMING"], " Alice Chen and 王小明 got direct messages."),
    ],
)
@pytest.mark.parametrize("button", ["nine", "hand-over"])
async def test_moved_clock__says_whom_the_bot_wrote_to(place, button, people, told):
    await place.slack.say("U0CAROL", "D0CAROL", "hello")
    place.controls.bot = Writer(place, *people)
    sentence = (await place.do(button))["sentence"]
    assert sentence.endswith(told)
    assert sentence.removesuffix(told).endswith(("The digest is due.", "Payments backup changes hands."))


async def test_hand_over__of_two_schedules_at_once__names_both(place):
    place.clock.move_to(datetime(2026, 11, 30, 7, 0, tzinfo=UTC))
    told = await place.do("hand-over")
    assert told["sentence"] == "It is Monday, 09:00: Payments primary and Payments backup change hands."


async def test_hand_over__where_nobody_takes_over__says_so_and_leaves_the_time(place):
    place.flashduty.account.schedules.clear()
    told = await place.do("hand-over")
    assert (told["ok"], told["error"]) == (False, "no_hand_over")
    assert told["sentence"] == "Nobody hands over in Payments during the next 45 days."
    assert place.clock.now() == NOW
    assert place.bot.moved == []


async def test_hand_over__before_the_bot_is_there__moves_the_clock(place):
    place.controls.bot = None
    assert (await place.do("hand-over"))["ok"]
    assert place.clock.now() == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


async def test_hand_over__tells_the_pages(place):
    with place.slack.notices.listening("U0ALICE") as listener:
        await place.do("hand-over")
        assert ("clock", {"now": "2026-11-24T08:00:00+00:00"}) in [
            listener.unread.get_nowait() for _ in range(listener.unread.qsize())
        ]


async def test_raise__says_what_will_be_seen_and_how(place):
    told = await place.do("raise", severity="Warning")
    news = told["news"]
    (raised,) = [one for one in place.flashduty.account.incidents.values() if one["num"] == news["num"]]
    assert news["sentence"] == f"A new warning incident is in Flashduty: #{raised['num']} {raised['title']}"
    assert (news["command"], news["channel"]) == ("/flashduty incidents", "C0PAYMENTS")
    assert (await place.do("raise", severity="Catastrophe"))["error"] == "unknown_severity"


def new_ones(place, before):
    return [one["progress"] for number, one in place.flashduty.account.incidents.items() if number not in before]


async def told_next(listener):
    """The next thing a page is told of what happens by itself."""
    while True:
        kind, told = await listener.unread.get()
        if kind == "live":
            return told


async def steps(place, listener, how_many):
    """Move the clock a step at a time; gives what the page was told."""
    told = []
    for _ in range(how_many):
        place.clock.shift(STEP)
        told.append(await told_next(listener))
    return told


async def test_let_things_happen__incidents_live_at_a_calm_pace_and_come_to_an_end(place):
    before = set(place.flashduty.account.incidents)
    with place.slack.notices.listening("U0ALICE") as listener:
        await place.do("live", on=True)
        assert [(await told_next(listener))["on"], (await told_next(listener))["on"]] == [True, True]
        assert new_ones(place, before) == ["Triggered"]
        # A clock that is moved far ahead makes one step, not many.
        place.clock.shift(timedelta(hours=5))
        await told_next(listener)
        assert new_ones(place, before) == ["Triggered"] * 2
        await steps(place, listener, 1)
        (told,) = await steps(place, listener, 1)
        assert told["news"]["sentence"].endswith("is acknowledged by Bob Müller.")
        assert new_ones(place, before) == ["Processing", "Triggered", "Triggered"]
        told = []
        while not told or told[-1]["on"]:
            assert new_ones(place, before).count("Closed") + MOST_OPEN >= len(new_ones(place, before))
            told += await steps(place, listener, 1)
        assert told[-1] == {"on": False, "news": None}
    # Eight have started, changed and been closed, and nothing happens any more.
    assert new_ones(place, before) == ["Closed"] * 8
    assert 25 < len(told) < 45


async def test_let_things_happen__stopped_and_begun_again(place):
    before = set(place.flashduty.account.incidents)
    with place.slack.notices.listening("U0ALICE") as listener:
        await place.do("live", on=True)
        await told_next(listener)
        await told_next(listener)
        await place.do("live", on=True)
        await place.do("live", on=False)
        assert await told_next(listener) == {"on": False, "news": None}
        place.clock.shift(STEP)
        await place.do("live", on=True)
        await told_next(listener)
        await told_next(listener)
    assert new_ones(place, before) == ["Triggered"] * 2


async def test_let_things_happen__what_was_closed_by_hand_is_left_alone(place):
    before = set(place.flashduty.account.incidents)
    with place.slack.notices.listening("U0ALICE") as listener:
        await place.do("live", on=True)
        await told_next(listener)
        first = (await told_next(listener))["news"]
        await steps(place, listener, 2)
        assert place.flashduty.recover(first["id"])
        assert not place.flashduty.recover(first["id"])
        (told,) = await steps(place, listener, 1)
        assert told["news"]["sentence"].startswith("A new ")
    assert new_ones(place, before).count("Closed") == 1


async def test_raise__many_alerts_or_a_storm(place):
    before = set(place.flashduty.account.incidents)
    news = (await place.do("raise", severity="grouped"))["news"]
    assert news["sentence"].startswith("A new critical incident is in Flashduty, with 12 alerts: #")
    assert place.flashduty.account.incidents[news["id"]]["alert_cnt"] == 12
    news = (await place.do("raise", severity="storm"))["news"]
    assert news["sentence"] == "A storm: 60 new incidents are in Flashduty."
    assert len(new_ones(place, before)) == 61
    told = await place.do("raise", severity="calm")
    assert told["sentence"] == (
        "The storm is over: 60 incidents have recovered. The bot says so after five quiet minutes."
    )
    assert new_ones(place, before).count("Closed") == 60
    assert (await place.do("raise", severity="calm"))["sentence"] == "There is no storm."


async def test_a_demo_that_begins_in_chinese__raises_incidents_with_chinese_titles_first(place):
    incidents = DemoIncidents(place.slack, place.flashduty, place.clock, language="zh")
    assert [incidents.start(one)["sentence"].isascii() for one in ("Critical", "Warning", "Info")] == [False] * 3
    last = incidents.storm()["id"]
    assert place.flashduty.account.incidents[last]["title"] == "节点 pay-60 无响应"
    assert not incidents.start("Critical")["sentence"].isascii()
    assert incidents.start("Critical")["sentence"].isascii()


async def shown(place):
    async with place.session.get(f"{place.slack.url}/demo/incidents") as answer:
        return (await answer.json())["incidents"]


async def test_console__offers_the_newest_incidents_and_what_is_open_first(place):
    raised = (await place.do("raise", severity="Info"))["news"]
    rows = await shown(place)
    assert (rows[0]["num"], rows[0]["progress"]) == (raised["num"], "Triggered")
    assert len(rows) == 20
    assert [one["progress"] == "Closed" for one in rows] == sorted(one["progress"] == "Closed" for one in rows)


# In an order in which each of them is possible.
IN_ORDER = ["acknowledge", "snooze", "wake", "comment", "Critical", "Info", "escalate", "reassign", "add", "page"]
IN_ORDER += ["alerts", "merge", "unacknowledge", "close", "reopen", "recover"]


async def test_console__does_everything_as_the_person_one_acts_as(place):
    incident = (await place.do("raise", severity="Warning"))["news"]
    assert set(IN_ORDER) == set(demo_console.CONSOLE_ACTS)
    for change in IN_ORDER:
        told = await place.do("console", user="U0BOB", incident=incident["id"], change=change)
        assert told["sentence"].startswith("In Flashduty: "), told
        assert incident["num"] in told["sentence"]
    (one,) = [one for one in place.flashduty.account.incidents.values() if one["incident_id"] == incident["id"]]
    told = place.flashduty.account.timeline.of(one)
    assert {entry.what for entry in told if entry.person_id == BOB} >= {"i_ack", "i_comm", "i_rslv", "i_merge"}
    assert one["progress"] == "Closed"


async def test_console__those_who_write_chinese_comment_and_close_in_chinese(place):
    incident = (await place.do("raise", severity="Warning"))["news"]["id"]
    await place.do("console", user="U0XIAOMING", incident=incident, change="comment")
    await place.do("console", user="U0XIAOMING", incident=incident, change="close")
    one = place.flashduty.account.incidents[incident]
    assert one["resolution"] == "已回滚到昨天的版本"
    said = [entry.detail.get("comment") for entry in place.flashduty.account.timeline.of(one)]
    assert "连接池已满，正在重启 payments-api。" in said


@pytest.mark.parametrize(
    "given",
    [
        {"user": "U0BOB", "change": "explode"},
        {"user": "U0EVE", "change": "acknowledge"},
        # A guest who is nobody in Flashduty.
        {"user": "U0GINA", "change": "acknowledge"},
        {"user": "U0BOB", "change": "reopen"},
        {"user": "U0BOB", "change": "acknowledge", "incident": "F00000"},
    ],
)
async def test_console__what_it_does_not_offer__is_refused_with_a_sentence(place, given):
    incident = (await place.do("raise", severity="Warning"))["news"]
    told = await place.do("console", **{"incident": incident["id"], **given})
    assert (told["ok"], told["sentence"][-1]) == (False, ".")
    assert place.flashduty.account.incidents[incident["id"]]["progress"] == "Triggered"


def bot_is_in(place, channel="C0PAYMENTS"):
    return place.slack.workspace.is_member("U0FLASHBOT", channel)


async def fault_of(place):
    async with place.session.get(f"{place.slack.url}/demo/state") as answer:
        return (await answer.json())["fault"]


async def test_remove_the_bot__out_of_the_channel_until_mended(place):
    told = await place.do("break", fault="removed")
    assert told["sentence"] == "The bot is not in #payments-oncall any more: what it posts there next fails."
    assert not bot_is_in(place)
    assert bot_is_in(place, "C0SHARED")
    assert await fault_of(place) == "removed"
    told = await place.do("mend")
    assert told["sentence"] == "The bot is in #payments-oncall again. What it could not post comes within minutes."
    assert bot_is_in(place)
    assert await fault_of(place) is None


async def test_remove_the_bot__another_fault_instead__lets_it_in_again(place):
    await place.do("break", fault="removed")
    assert (await place.do("break", fault="hang"))["ok"]
    assert bot_is_in(place)
    assert await fault_of(place) == "hang"
    assert (await place.do("mend"))["sentence"] == "Flashduty works again."


async def test_remove_the_bot__tells_the_pages_who_is_left(place):
    before = place.slack.workspace.channels["C0PAYMENTS"].members
    with place.slack.notices.listening("U0ALICE") as listener:
        await place.do("break", fault="removed")
        await place.do("mend")
        told = [listener.unread.get_nowait() for _ in range(listener.unread.qsize())]
    people = [one for one in before if one != "U0FLASHBOT"]
    assert told == [
        ("members", {"channel": "C0PAYMENTS", "members": people}),
        ("members", {"channel": "C0PAYMENTS", "members": [*people, "U0FLASHBOT"]}),
    ]


async def test_break__unknown_fault__refused_and_nothing_mended(place):
    await place.do("break", fault="removed")
    assert (await place.do("break", fault="earthquake"))["error"] == "unknown_fault"
    assert not bot_is_in(place)
