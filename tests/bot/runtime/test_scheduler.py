"""The timer and its supervisor, with clocks and schedulers in hand."""

import asyncio
from datetime import UTC, timedelta

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.runtime.scheduler import STALLED_AFTER, WATCHDOG_SECONDS, Scheduler
from bot.runtime.tasks import BackgroundTasks


class Bench:
    """A clock, a sleep that ends when told, and every scheduler that was made."""

    def __init__(self):
        self.seconds = 0.0
        self.made = []
        self.ticks = 0
        self.ticked = asyncio.Event()
        self._asleep = asyncio.Queue()
        self.work = BackgroundTasks()
        self.timer = Scheduler(
            {timedelta(minutes=1): self.tick},
            self.work,
            monotonic=lambda: self.seconds,
            sleep=self.sleep,
            make=self.make,
        )

    def make(self):
        self.made.append(AsyncIOScheduler(timezone=UTC))
        return self.made[-1]

    async def tick(self):
        self.ticks += 1
        self.ticked.set()

    async def sleep(self, seconds):
        assert seconds == WATCHDOG_SECONDS
        woken = asyncio.Event()
        self._asleep.put_nowait(woken)
        await woken.wait()

    async def let_pass(self, seconds):
        """Let time pass and the supervisor look once, and wait until it sleeps again."""
        woken = await self._asleep.get()
        self.seconds += seconds
        woken.set()
        again = await self._asleep.get()
        self._asleep.put_nowait(again)

    async def wake_up(self):
        """Do what the scheduler does at a full minute."""
        self.ticked.clear()
        (job,) = self.made[-1].get_jobs()
        await job.func()
        await self.ticked.wait()


@pytest.fixture
async def bench():
    made = Bench()
    made.timer.start()
    yield made
    await made.timer.stop()
    await made.work.drain(1)


async def test_start__ticks_at_once(bench):
    await bench.ticked.wait()
    assert bench.ticks == 1


async def test_a_scheduler_that_wakes_up__is_left_alone(bench):
    for _ in range(6):
        await bench.let_pass(60)
        await bench.wake_up()
    assert len(bench.made) == 1
    assert bench.timer.state() == "ok"


async def test_a_scheduler_that_stalls__is_replaced_and_what_is_due_is_done_at_once(bench):
    await bench.let_pass(STALLED_AFTER - 1)
    assert (len(bench.made), bench.timer.state()) == (1, "ok")
    bench.ticked.clear()
    await bench.let_pass(2)
    await bench.ticked.wait()
    assert len(bench.made) == 2
    assert not bench.made[0].running
    assert bench.made[1].running
    assert (bench.timer.state(), bench.timer.age()) == ("stalled", int(STALLED_AFTER) + 1)


async def test_after_the_new_scheduler_woke_up__all_is_well(bench):
    await bench.let_pass(STALLED_AFTER + 1)
    await bench.wake_up()
    assert bench.timer.state() == "ok"
    assert bench.timer.age() == 0


async def test_a_new_scheduler_that_stalls_as_well__is_replaced_after_the_same_time(bench):
    await bench.let_pass(STALLED_AFTER + 1)
    await bench.let_pass(WATCHDOG_SECONDS)
    assert len(bench.made) == 2
    await bench.let_pass(STALLED_AFTER)
    assert len(bench.made) == 3


async def test_rounds_of_several_intervals__are_each_called_at_once_and_at_their_own():
    called, made, work = [], [], BackgroundTasks()

    async def often():
        called.append("often")

    async def seldom():
        called.append("seldom")

    def make():
        made.append(AsyncIOScheduler(timezone=UTC))
        return made[-1]

    timer = Scheduler({timedelta(seconds=20): often, timedelta(hours=1): seldom}, work, make=make)
    timer.start()
    planned = {int(job.trigger.interval.total_seconds()): job.next_run_time for job in made[-1].get_jobs()}
    await timer.stop()
    await work.drain(1)
    assert called == ["often", "seldom"]
    assert sorted(planned) == [20, 3600]
    assert planned[20].second % 20 == 0
    assert (planned[3600].minute, planned[3600].second) == (0, 0)
