"""A digest that nobody began is told of once: the database or the bot was away for its whole time."""

from contextlib import asynccontextmanager
from datetime import timedelta
from tempfile import TemporaryDirectory

import aiohttp
import pytest
from harbor import ALICE, BOB, CAROL, NOW, harbor_at, replica_of

ADMINS = {"ADMINS": f"{ALICE},{BOB}"}
EVERY_DAY = {"FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "mon-sun"}
HOUR = timedelta(hours=1)


@pytest.fixture
def database():
    """A file that outlives a process of the bot."""
    with TemporaryDirectory() as folder:
        yield {"DATABASE_URL": f"sqlite:///{folder}/bot.db"}


def told(place, user=ALICE):
    return [message["text"] for message in place.slack.seen_by(user, f"D{user[1:]}")]


async def after(place, passed):
    place.clock.shift(passed)
    await place.bot.tick()
    await place.slack.settled()


async def not_posted(place):
    async with aiohttp.ClientSession() as session, session.get(f"{place.bot.url}/readyz") as answer:
        return (await answer.json())["not_posted"]


@asynccontextmanager
async def started(now, **more):
    async with harbor_at(now, **ADMINS, **more) as place:
        yield place


async def test_while_nothing_runs__what_was_due_is_told_on_start_once_by_direct_message_and_in_readyz(database):
    async with started(NOW, **database):
        pass
    async with started(NOW + 8 * HOUR, **database) as place:
        for admin in (ALICE, BOB):
            (words,) = told(place, admin)
            assert "Not posted in time" in words
            assert "the digest of team payments for Tue 24 Nov" in words
        await after(place, timedelta(minutes=1))
        assert await not_posted(place) == 1
        assert not any("Digest of team" in text for text in place.sees(CAROL))
        await after(place, timedelta(minutes=1))
        assert len(told(place)) == 1
    async with started(NOW + 9 * HOUR, **database) as place:
        assert told(place) == []


async def test_several_that_were_missed__are_one_message(database):
    search = {
        "FLASHDUTY_TEAMS__SEARCH__DIGEST_CHANNEL": "C0SEARCH",
        "FLASHDUTY_TEAMS__SEARCH__TIMEZONE": "Europe/Berlin",
        "FLASHDUTY_TEAMS__SEARCH__REPORT_DAY": "tue",
    }
    async with started(NOW, **database, **search):
        pass
    async with started(NOW + 8 * HOUR, **database, **search) as place:
        (words,) = told(place)
        assert "the digest of team payments" in words
        assert "the digest of team search" in words
        assert "the weekly report of team search" in words


async def test_two_replicas__tell_of_it_once():
    async with started(NOW) as place, replica_of(place) as other:
        place.clock.shift(8 * HOUR)
        for _ in range(3):
            place.clock.shift(timedelta(minutes=1))
            await other.tick()
            await place.bot.tick()
            await place.slack.settled()
        assert len(told(place)) == 1


async def test_a_running_bot_whose_clock_is_wrong_for_a_moment__tells_of_nothing():
    async with started(NOW) as place:
        await after(place, 8 * HOUR)
        await after(place, -8 * HOUR)
        await after(place, timedelta(minutes=1))
        assert told(place) == []


async def test_an_empty_database__has_missed_nothing():
    async with started(NOW + 8 * HOUR) as place:
        await after(place, timedelta(minutes=1))
        assert told(place) == []
        assert await not_posted(place) == 0


async def test_a_digest_that_was_posted__is_not_missed(database):
    async with started(NOW, **database) as place:
        await after(place, HOUR)
        assert any("Digest of team" in text for text in place.sees(CAROL))
    async with started(NOW + 8 * HOUR, **database) as place:
        assert told(place) == []


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ({"FLASHDUTY_TEAMS__PAYMENTS__DIGEST_CHANNEL": ""}, {}),
        ({}, {"FLASHDUTY_TEAMS__PAYMENTS__DIGEST_TIME": "10:00"}),
        ({"FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun"}, {}),
    ],
    ids=["switched on", "moved", "other days"],
)
async def test_a_digest_that_nobody_had_asked_for_yet__is_not_missed(database, before, then):
    async with started(NOW, **database, **before):
        pass
    async with started(NOW + 10 * HOUR, **database, **then) as place:
        await after(place, timedelta(minutes=1))
        assert told(place) == []


async def test_a_digest_that_was_off_for_a_while_and_is_on_again__is_not_missed(database):
    off = {"FLASHDUTY_TEAMS__PAYMENTS__DIGEST_CHANNEL": ""}
    for hours, more in ((0, {}), (1, off)):
        async with started(NOW + hours * HOUR, **database, **more):
            pass
    async with started(NOW + 8 * HOUR, **database) as place:
        assert told(place) == []


async def test_only_the_last_day_is_looked_at(database):
    async with started(NOW, **database, **EVERY_DAY):
        pass
    async with started(NOW + timedelta(days=5, hours=8), **database, **EVERY_DAY) as place:
        (words,) = told(place)
        assert "for Sun 29 Nov" in words
        assert words.count("•") == 1
