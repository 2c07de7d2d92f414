"""The table of periodic jobs: what runs when, and what one's failure does to the others."""

import asyncio
from datetime import timedelta

import pytest
from recorded import NOW
from structlog.testing import capture_logs

from bot.app.jobs import Job, PeriodicJobs, Stage
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.leases import LEASE_SECONDS, Leases


class Doing:
    """Jobs that write down when they begin and end."""

    def __init__(self):
        self.done = []

    def job(self, name, fails=None, **given):
        async def run():
            self.done.append(f"{name} begins")
            await asyncio.sleep(0)
            if fails is not None:
                raise fails
            self.done.append(f"{name} ends")

        return Job(name=name, run=run, **given)


@pytest.fixture
def doing():
    return Doing()


def jobs(*table, leases=None):
    return PeriodicJobs(table, leases=leases)


async def test_jobs__run_at_once__but_for_what_goes_before_and_after(doing):
    table = (
        doing.job("report", stage=Stage.AFTER),
        doing.job("one"),
        doing.job("other"),
        doing.job("first", stage=Stage.BEFORE),
        doing.job("second", stage=Stage.BEFORE),
    )
    await jobs(*table).tick()
    assert doing.done == [
        *("first begins", "first ends", "second begins", "second ends"),
        *("one begins", "other begins", "one ends", "other ends"),
        *("report begins", "report ends"),
    ]


async def test_a_job_that_follows_another__waits_for_that_one_alone(doing):
    await jobs(doing.job("digests"), doing.job("reports", follows="digests"), doing.job("outbox")).tick()
    assert doing.done.index("digests ends") < doing.done.index("reports begins")
    assert doing.done.index("outbox begins") < doing.done.index("digests ends")


async def test_a_job_that_fails__stops_no_other_and_is_named(doing):
    table = (
        doing.job("before", ZeroDivisionError(), stage=Stage.BEFORE),
        doing.job("digests", ZeroDivisionError()),
        doing.job("reports", follows="digests"),
        doing.job("after", stage=Stage.AFTER),
    )
    with pytest.raises(ExceptionGroup) as failed:
        await jobs(*table).tick()
    assert {"reports ends", "after ends"} <= set(doing.done)
    notes = [error.__notes__ for error in failed.value.exceptions]
    assert notes == [["periodic job: before"], ["periodic job: digests"]]


async def test_a_job_whose_database_is_away__is_postponed(doing):
    with capture_logs() as logged:
        await jobs(doing.job("outbox", DatabaseUnavailable("away")), doing.job("digests")).tick()
    assert "digests ends" in doing.done
    (entry,) = logged
    assert (entry["event"], entry["job"], entry["why"]) == ("job.postponed", "outbox", "away")


async def test_rounds__are_one_for_each_interval(doing):
    often = timedelta(seconds=20)
    rounds = jobs(doing.job("poll", interval=often), doing.job("digests"), doing.job("cards", interval=often)).rounds
    assert list(rounds) == [often, timedelta(minutes=1)]
    await rounds[often]()
    assert [entry for entry in doing.done if entry.endswith("ends")] == ["poll ends", "cards ends"]


async def test_a_job_with_a_lease__runs_on_one_replica_until_that_one_is_gone(doing, database):
    seconds = 0.0

    def replica(name):
        leases = Leases(database, owner=name, now=lambda: NOW, monotonic=lambda: seconds)
        return jobs(doing.job(f"by {name}"), Job(name="sync", run=doing.job(name).run, has_lease=True), leases=leases)

    one, two = replica("one"), replica("two")
    for each in (one, one, two):
        await each.tick()
    assert [doing.done.count(f"{name} ends") for name in ("one", "two", "by one", "by two")] == [2, 0, 2, 1]
    seconds = LEASE_SECONDS
    await two.tick()
    assert doing.done.count("two ends") == 1
