import asyncio
import gc

from structlog.testing import capture_logs

from bot.work import Work


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
    work = Work()
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
    work = Work()
    work.start(job(), name="job")
    draining = asyncio.create_task(work.drain(5))
    await job.began.wait()
    job.go_on.set()
    assert await draining == 0
    assert job.ended


async def test_drain__when_time_is_up__cancels_and_counts_what_is_left():
    quick, stuck, stuck_too = Job(), Job(), Job()
    work = Work()
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

    work = Work()
    work.start(stubborn(), name="stubborn")
    assert await work.drain(0) == 1
    release.set()
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "stubborn"))


async def test_drain__of_nothing__is_over_at_once():
    assert await Work().drain(60) == 0


async def test_new_work__once_draining_began__is_refused_and_never_runs():
    job = Job()
    work = Work()
    assert work.is_accepting
    await work.drain(0)
    assert not work.is_accepting
    assert not work.start(job(), name="late")
    assert work.in_progress == 0
    assert not job.began.is_set()


async def test_an_exception__that_leaves_a_task__is_logged_with_its_name():
    async def broken():
        raise LookupError("no such incident")

    work = Work()
    with capture_logs() as lines:
        work.start(broken(), name="acknowledge 0E83EE")
        await work.drain(5)
    (line,) = lines
    assert line["work"] == "acknowledge 0E83EE"
    assert line["log_level"] == "error"
    assert isinstance(line["exc_info"], LookupError)
