import asyncio
import gc

from structlog.testing import capture_logs

from bot.runtime.tasks import STARTS_PER_ITERATION, BackgroundTasks, LoopThrottle


class Job:
    def __init__(self):
        self.go_on = asyncio.Event()
        self.began = asyncio.Event()
        self.ended = False
        self.was_cancelled = False

    async def __call__(self):
        self.began.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        self.ended = True


async def test_work__nobody_else_refers_to__survives_the_garbage_collector():
    job = Job()
    work = BackgroundTasks()
    assert work.start(job(), name="job")
    await job.began.wait()
    gc.collect()
    assert work.in_progress == 1
    job.go_on.set()
    assert await work.drain(5) == 0
    assert job.ended
    assert work.in_progress == 0


async def test_drain__while_something_runs__waits_for_it():
    job = Job()
    work = BackgroundTasks()
    work.start(job(), name="job")
    draining = asyncio.create_task(work.drain(5))
    await job.began.wait()
    job.go_on.set()
    assert await draining == 0
    assert job.ended


async def test_drain__when_time_is_up__cancels_and_counts_what_is_left():
    quick, stuck, stuck_too = Job(), Job(), Job()
    work = BackgroundTasks()
    for job in (quick, stuck, stuck_too):
        work.start(job(), name="job")
        await job.began.wait()
    quick.go_on.set()
    assert await work.drain(0.05) == 2
    assert quick.ended
    assert stuck.was_cancelled
    assert stuck_too.was_cancelled
    assert work.in_progress == 0


async def test_drain__of_work_that_will_not_be_cancelled__comes_to_an_end():
    release = asyncio.Event()

    async def stubborn():
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    work = BackgroundTasks()
    work.start(stubborn(), name="stubborn")
    assert await work.drain(0) == 1
    release.set()
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "stubborn"))


async def test_drain__of_nothing__is_over_at_once():
    assert await BackgroundTasks().drain(60) == 0


async def test_new_work__once_draining_began__is_refused_and_never_runs():
    job = Job()
    work = BackgroundTasks()
    assert work.is_accepting
    await work.drain(0)
    assert not work.is_accepting
    assert not work.start(job(), name="late")
    assert work.in_progress == 0
    assert not job.began.is_set()


async def test_an_exception__that_leaves_a_task__is_logged_with_its_name():
    async def broken():
        raise LookupError("no such incident")

    work = BackgroundTasks()
    with capture_logs() as lines:
        work.start(broken(), name="acknowledge 0E83EE")
        await work.drain(5)
    (line,) = lines
    assert line["task"] == "acknowledge 0E83EE"
    assert line["log_level"] == "error"
    assert isinstance(line["exc_info"], LookupError)


async def test_work__cancelled_before_its_first_step__is_closed_without_a_warning():
    job = Job()
    work = BackgroundTasks()
    for _ in range(10 * STARTS_PER_ITERATION):
        work.start(job(), name="job")
    assert await work.drain(0) == 10 * STARTS_PER_ITERATION
    assert work.in_progress == 0


async def test_much_work_at_once__begins_a_little_in_each_turn_of_the_loop():
    turn = 0
    turns = []

    def next_turn():
        nonlocal turn
        turn += 1
        loop.call_soon(next_turn)

    async def job():
        turns.append(turn)

    loop = asyncio.get_running_loop()
    loop.call_soon(next_turn)
    work = BackgroundTasks()
    for _ in range(10 * STARTS_PER_ITERATION):
        work.start(job(), name="job")
    assert await work.drain(5) == 0
    assert len(turns) == 10 * STARTS_PER_ITERATION
    assert max(turns.count(each) for each in turns) <= 2 * STARTS_PER_ITERATION


async def test_a_turn__while_few_are_asking__comes_at_once():
    turns = LoopThrottle(2)
    for _ in range(2):
        assert next(iter(turns.wait().__await__()), "at once") == "at once"


async def test_a_turn__nobody_waits_for_any_more__goes_to_the_next():
    turns = LoopThrottle(1)
    waiting = [asyncio.create_task(turns.wait()) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    waiting[2].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert [task.cancelled() for task in waiting] == [False, True, True, False, False]
