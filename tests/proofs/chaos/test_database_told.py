"""A database that is away is told to those who run the bot, past the outbox that is in it."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at

from sandbox.faults import Fault
from tests.proofs.chaos import database_faults as faults
from tests.proofs.chaos.postgres import fresh_database

ADMINS = {"ADMINS": f"{ALICE},{BOB}"}


@pytest.fixture
async def address(postgresql):
    return await fresh_database(postgresql)


def direct(place, user=ALICE):
    return [message["text"] for message in place.slack.seen_by(user, f"D{user[1:]}")]


async def after(place, minutes):
    place.clock.shift(timedelta(minutes=minutes))
    await place.bot.tick()
    await place.slack.settled()


async def readiness(place):
    async with aiohttp.ClientSession() as session, session.get(f"{place.bot.url}/readyz") as answer:
        return answer.status, await answer.json()


async def test_a_digest_that_cannot_be_begun__is_told_once_with_the_cure__and_comes_late(address):
    async with harbor_at(DATABASE_URL=address, **ADMINS) as place:
        async with faults.read_only(address):
            await after(place, 30)
            for _ in range(3):
                await after(place, 1)
            for admin in (ALICE, BOB):
                (told,) = direct(place, admin)
                assert "The bot's database has been unavailable since" in told
                assert "the digest of team payments for Tue 24 Nov" in told
                assert "read-only transaction" in told
            status, ready = await readiness(place)
            assert (status, ready["database"], ready["database_away_since"]) == (
                200,
                "away",
                "2026-11-24T08:00:00+00:00",
            )
            assert not any("Digest of team" in text for text in place.sees(CAROL))
        await after(place, 1)
        assert any("late, due <" in text for text in place.sees(CAROL) if "Digest of team" in text)
        _, over = direct(place)
        assert "The bot's database is available again" in over
        assert (await readiness(place))[1]["database_away_since"] is None
        await after(place, 1)
        assert len(direct(place)) == len(direct(place, BOB)) == 2


async def test_with_nothing_due__it_is_told_when_it_has_lasted_for_a_minute(address):
    async with harbor_at(DATABASE_URL=address, **ADMINS) as place:
        async with faults.read_only(address):
            await after(place, 1)
            assert direct(place) == []
            await after(place, 1)
            (told,) = direct(place)
            assert "Not posted so far" not in told
        await after(place, 1)
        assert len(direct(place)) == 2


async def test_two_looks_at_once__tell_it_once_and_its_end_once(address):
    """A look that takes longer than a minute meets the next one."""
    async with harbor_at(DATABASE_URL=address, **ADMINS) as place:
        async with faults.read_only(address):
            await after(place, 1)
            place.clock.shift(timedelta(minutes=1))
            await asyncio.gather(place.bot.tick(), place.bot.tick())
            await place.slack.settled()
            assert len(direct(place)) == 1
        place.clock.shift(timedelta(minutes=1))
        await asyncio.gather(place.bot.tick(), place.bot.tick())
        await place.slack.settled()
        assert len(direct(place)) == 2


async def test_a_moment_that_passes__is_told_to_nobody(address):
    async with harbor_at(DATABASE_URL=address, **ADMINS) as place:
        async with faults.read_only(address):
            await after(place, 1)
        await after(place, 1)
        assert direct(place) == []


async def test_an_admin_whom_slack_did_not_let_us_tell__is_told_a_minute_later(address):
    async with harbor_at(DATABASE_URL=address, **ADMINS) as place, faults.read_only(address):
        place.slack.fail("chat.postMessage", Fault.rate_limited(retry_after=1), times=1)
        await after(place, 30)
        assert [len(direct(place, admin)) for admin in (ALICE, BOB)] == [0, 1]
        await after(place, 1)
        assert [len(direct(place, admin)) for admin in (ALICE, BOB)] == [1, 1]


async def test_a_database_that_was_away_for_a_digests_whole_time__is_told_with_what_was_missed(address):
    """Every tick looks back a day for posts that were due and not made."""
    async with harbor_at(DATABASE_URL=address, **ADMINS) as place:
        async with faults.read_only(address):
            await after(place, 30)
            await after(place, 190)
        for _ in range(3):
            await after(place, 1)
        _, *later = direct(place)
        assert sorted(text.partition("*")[0] + text.partition("*")[2].partition("*")[0] for text in later) == [
            "⚠️ Not posted in time:",
            "✅ The bot's database is available again.",
        ]
        assert any("the digest of team payments for Tue 24 Nov" in text for text in later)
        assert (await readiness(place))[1]["not_posted"] == 1
        assert not any("Digest of team" in text for text in place.sees(CAROL))


@pytest.mark.parametrize("words", ["digest post", "digest week post"])
async def test_what_is_asked_for_by_hand__says_that_it_was_the_database(address, words):
    async with harbor_at(DATABASE_URL=address) as place, faults.read_only(address):
        await place.types(f"/flashduty {words}")
        await place.slack.settled()
        told = [message for message in place.slack.seen_by(ALICE, PAYMENTS) if message["ephemeral"]][-1]["text"]
        assert "database" in told
        assert "a member there" not in told


async def test_a_file_that_is_deleted_after_the_digest_was_posted__does_not_bring_it_twice():
    """Under SQLite, a deleted file stays open and nothing fails."""
    with faults.folder_for_a_database() as folder:
        path = folder / "bot.db"
        async with harbor_at(DATABASE_URL=f"sqlite:///{path}", **ADMINS) as place:
            await after(place, 30)
            with faults.deleted(path):
                for _ in range(3):
                    await after(place, 1)
            assert path.exists()
            assert len([text for text in place.sees(CAROL) if "Digest of team" in text]) == 1
            assert (await readiness(place))[1]["database"] == "ok"
            assert direct(place) == []
