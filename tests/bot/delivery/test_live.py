"""The queue of edits: one a message, urgent ones first, within Slack's rate, on a clock that the test moves."""

import asyncio

import pytest

from bot.delivery.live import FLOOD_INTERVAL, MAX_EDITS, RATE_LIMIT_PAUSE, LiveEdits
from bot.slack.api import SlackError
from bot.storage.database_errors import DatabaseUnavailable


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 100.0
        self._sleepers = []

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        awake = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, awake))
        await awake

    async def passes(self, seconds):
        self.now += seconds
        for at, awake in self._sleepers:
            if at <= self.now and not awake.done():
                awake.set_result(None)
        await settled()


class Turns:
    """Slack's rate: a turn is given when the test gives it."""

    def __init__(self):
        self.free = asyncio.Semaphore(0)

    async def __call__(self):
        await self.free.acquire()

    async def give(self, count=1):
        for _ in range(count):
            self.free.release()
        await settled()


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


class Desk:
    """The queue, and what was edited."""

    def __init__(self):
        self.time, self.turns, self.sent, self.failures = Time(), Turns(), [], []
        self.edits = LiveEdits(self.turns, monotonic=self.time, sleep=self.time.sleep, random=lambda: 0.0)

    def submit(self, key, shown="", **how):
        async def edit():
            if self.failures:
                raise self.failures.pop(0)
            self.sent.append(shown or key)

        self.edits.submit(key, edit, **how)


@pytest.fixture
async def desk():
    desk = Desk()
    yield desk
    await desk.edits.close()


async def test_edits_of_one_message__are_folded_into_the_last(desk):
    desk.submit("a", "first")
    desk.submit("a", "second")
    desk.submit("b")
    await desk.turns.give(3)
    assert desk.sent == ["second", "b"]
    assert desk.edits.waiting == 0


async def test_an_urgent_edit__goes_first__also_when_the_turn_is_awaited_already(desk):
    for key in "abc":
        desk.submit(key)
    await settled()
    desk.submit("c", "c at once", is_urgent=True)
    await desk.turns.give()
    assert desk.sent == ["c at once"]
    await desk.turns.give(2)
    assert desk.sent == ["c at once", "a", "b"]


async def test_a_thousand_minor_edits__delay_no_other(desk):
    for number in range(1_000):
        desk.submit(number, is_minor=True)
    desk.submit("a")
    desk.time.now += 1
    desk.submit(7, "7 has changed")
    desk.submit(8, "8 again", is_minor=True)
    await desk.turns.give(4)
    assert desk.sent == ["a", "7 has changed", 0, 1]


async def test_an_edit_that_is_withdrawn__is_not_sent(desk):
    for key in "ab":
        desk.submit(key)
    desk.edits.withdraw("a")
    desk.edits.withdraw("unknown")
    await desk.turns.give(2)
    assert desk.sent == ["b"]


async def test_a_flood__edits_a_message_every_ten_seconds__a_persons_action_at_once(desk):
    await desk.turns.give(9)
    desk.submit("a", "alert 1", is_flood=True)
    await settled()
    for number in range(2, 50):
        desk.submit("a", f"alert {number}", is_flood=True)
    await settled()
    assert desk.sent == ["alert 1"]
    await desk.time.passes(FLOOD_INTERVAL)
    assert desk.sent == ["alert 1", "alert 49"]
    desk.submit("a", "alert 50", is_flood=True)
    desk.submit("a", "acknowledged", is_urgent=True)
    await settled()
    assert desk.sent == ["alert 1", "alert 49", "acknowledged"]


async def test_slacks_pause__holds_every_edit_for_as_long_as_slack_asks(desk):
    await desk.turns.give(9)
    desk.failures.append(SlackError("chat.update", "ratelimited", retry_after=7.0))
    desk.submit("a")
    await settled()
    desk.submit("b", is_urgent=True)
    await desk.time.passes(6.9)
    assert desk.sent == []
    await desk.time.passes(0.2)
    assert sorted(desk.sent) == ["a", "b"]


async def test_a_pause_of_no_length__is_half_a_minute(desk):
    await desk.turns.give(9)
    desk.failures.append(SlackError("chat.update", "ratelimited"))
    desk.submit("a")
    await settled()
    await desk.time.passes(RATE_LIMIT_PAUSE - 0.1)
    assert desk.sent == []
    await desk.time.passes(0.2)
    assert desk.sent == ["a"]


@pytest.mark.parametrize(
    "failure", [SlackError("chat.update", "internal_error", may_be_done=True), DatabaseUnavailable("gone")]
)
async def test_a_passing_failure__is_tried_again_with_growing_pauses__and_holds_no_other(desk, failure):
    await desk.turns.give(9)
    desk.failures += [failure, failure]
    desk.submit("a")
    await settled()
    desk.submit("b")
    await settled()
    assert desk.sent == []
    desk.submit("c")
    await settled()
    assert desk.sent == ["c"]
    await desk.time.passes(2.0)
    assert sorted(desk.sent) == ["a", "b", "c"]


async def test_an_urgent_edit__does_not_wait_out_the_pause_after_a_failure(desk):
    await desk.turns.give(9)
    desk.failures.append(SlackError("chat.update", "internal_error", may_be_done=True))
    desk.submit("a", "poll")
    await settled()
    desk.submit("a", "another poll")
    await settled()
    assert desk.sent == []
    desk.submit("a", "pressed", is_urgent=True)
    await settled()
    assert desk.sent == ["pressed"]


async def test_a_defect__is_logged_and_ends_nothing_else(desk):
    await desk.turns.give(9)
    desk.failures.append(ZeroDivisionError("a defect"))
    desk.submit("a")
    await settled()
    desk.submit("b")
    await settled()
    assert desk.sent == ["b"]


async def test_edits_that_hang__hold_no_others__up_to_eight_and_never_two_of_one_message(desk):
    await desk.turns.give(99)
    running, gate = [], asyncio.Event()

    def hanging(key):
        async def edit():
            running.append(key)
            await gate.wait()

        return edit

    for key in range(MAX_EDITS + 2):
        desk.edits.submit(key, hanging(key))
    await settled()
    desk.edits.submit(0, hanging("0 again"))
    await settled()
    assert running == list(range(MAX_EDITS))
    gate.set()
    await settled()
    assert running == [*range(MAX_EDITS + 2), "0 again"]


async def test_closing__drops_what_waits_and_lets_end_what_runs(desk):
    ended, gate = [], asyncio.Event()

    async def edit():
        await gate.wait()
        ended.append("running")

    desk.edits.submit("a", edit)
    await desk.turns.give()
    desk.submit("b")
    await settled()
    closing = asyncio.create_task(desk.edits.close())
    await settled()
    desk.submit("c")
    gate.set()
    await closing
    await desk.turns.give(3)
    assert (ended, desk.sent, desk.edits.waiting) == (["running"], [], 0)
