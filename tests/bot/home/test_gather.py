"""Who a Slack person is in Flashduty, through the real client."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from recorded import NOW, team_with

from bot.flashduty import Account, Flashduty, open_pool
from bot.home.gather import NEXT_SHIFTS, gather_me
from bot.home.model import MatchProblem
from bot.teams.access import MemberStatus, SlackPerson
from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty, harbor_account


@pytest.fixture
async def flashduty():
    async with PretendFlashduty(clock=Clock(NOW, frozen=True), account=harbor_account(NOW)) as pretend:
        yield pretend


@pytest.fixture
async def client(flashduty):
    async with open_pool(flashduty.url) as pool:
        yield Flashduty(pool, Account(), team="payments", app_key=SecretStr(flashduty.keys["payments"]))


def team_of(client):
    return team_with(client, flashduty_team_ids=(4001,), timezone="Europe/Berlin")


async def found_by(client, email, now=NOW):
    return await gather_me(client, team_of(client), slack(email), now=now)


def slack(email):
    return SlackPerson("U0ALICE", "alice", MemberStatus.MEMBER, email=email)


async def test_an_address_in_both__is_the_same_person(client):
    assert (await found_by(client, "Alice@Harbor.example")).person.name == "Alice Chen"


async def test_without_an_address__nobody_is_asked(client, flashduty):
    assert await found_by(client, None) is MatchProblem.NO_ADDRESS
    assert flashduty.calls == []


@pytest.mark.parametrize("address", ["nobody@harbor.example", "alice", "lice@harbor.example", "harbor.example"])
async def test_a_part_of_an_address__is_nobody(client, address):
    assert await found_by(client, address) is MatchProblem.NOT_THERE


async def test_an_address_nobody_verified__is_not_certain(client, flashduty):
    flashduty.account.persons[7001]["email_verified"] = False
    assert await found_by(client, "alice@harbor.example") is MatchProblem.NOT_CERTAIN


async def test_two_accounts_with_one_address__are_not_certain(client, flashduty):
    flashduty.account.persons[7002]["email"] = "alice@harbor.example"
    assert await found_by(client, "alice@harbor.example") is MatchProblem.NOT_CERTAIN


async def test_shifts_and_incidents__are_those_of_the_person(client, flashduty):
    found = await found_by(client, "bob@harbor.example")
    assert found.now
    assert all(shift.start <= NOW < shift.end for shift in found.now)
    assert 0 < len(found.following) <= NEXT_SHIFTS
    assert [shift.start for shift in found.following] == sorted(shift.start for shift in found.following)
    assert all(any(one.person_id == found.person.id for one in each.responders) for each in found.incidents)
    assert found.horizon - NOW < timedelta(days=45)
    assert len(flashduty.calls) == 5


async def test_a_shift_that_is_cut_off_where_the_looking_ends__reaches_the_horizon(client):
    now = NOW + timedelta(days=2, microseconds=250_000)
    found = await found_by(client, "alice@harbor.example", now)
    ends = [shift.end for shift in (*found.now, *found.following)]
    assert found.horizon.microsecond == 0
    assert max(ends) <= found.horizon
