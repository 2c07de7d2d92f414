"""Analytics and members, through the real client."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from recorded import NOW, team_with

from bot.digest.gather import gather_digest
from bot.digest.yesterday import compare_yesterday, yesterday_query
from bot.flashduty import Account, Code, Flashduty, FlashdutyError, InsightQuery, Severity, open_pool
from bot.handoff.model import noise_query
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty, harbor_account

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def flashduty():
    async with PretendFlashduty(clock=Clock(NOW, frozen=True), account=harbor_account(NOW)) as pretend:
        yield pretend


@pytest.fixture
async def client(flashduty):
    async with open_pool(flashduty.url) as pool:
        yield Flashduty(pool, Account(), team="payments", app_key=SecretStr(flashduty.keys["payments"]))


def team(client, **given):
    return team_with(client, flashduty_team_ids=(4001,), timezone=BERLIN, **given)


async def test_yesterday_of_a_team__takes_one_call(client, flashduty):
    rows = await client.figures(yesterday_query(team(client), NOW.date()))
    found = compare_yesterday(rows, BERLIN, NOW.date())
    assert found.usual.incidents > 0
    assert found.usual.mean_to_acknowledge > timedelta()
    assert [call.path for call in flashduty.calls] == ["/insight/team"]


async def test_without_teams__the_account_is_asked(client, flashduty):
    asked = InsightQuery(NOW - timedelta(days=7), NOW, severities=(Severity.CRITICAL,), by_day=True)
    assert sum(row.incidents for row in await client.figures(asked)) > 0
    assert [call.path for call in flashduty.calls] == ["/insight/account"]


async def test_the_noisiest_checks__come_first(client):
    found = await client.noisiest_checks(noise_query(team(client), NOW), 3)
    assert len(found) == 3
    assert [check.alerts for check in found] == sorted((check.alerts for check in found), reverse=True)
    assert all(check.name for check in found)


async def test_members__are_found_by_address(client):
    (alice,) = await client.members("alice@harbor.example")
    assert (alice.id, alice.email) == (7001, "alice@harbor.example")


async def test_a_key_without_analytics__is_refused_by_name(client, flashduty):
    flashduty.fail("/insight/team", Fault.code("AccessDenied"))
    with pytest.raises(FlashdutyError) as refused:
        await client.figures(yesterday_query(team(client), NOW.date()))
    assert refused.value.operation.permission == "Analytics Read"


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/schedule/list", "on_call"),
        ("/incident/list", "incidents"),
        ("/insight/team", "yesterday"),
    ],
)
async def test_a_part_that_fails__leaves_the_others(client, flashduty, path, part):
    flashduty.fail(path, Fault.code("AccessDenied"))
    found = await gather_digest(client, team(client), NOW)
    failed = {
        name for name in ("on_call", "incidents", "yesterday") if isinstance(getattr(found, name), FlashdutyError)
    }
    assert failed == {part}
    assert getattr(found, part).code is Code.ACCESS_DENIED


async def test_people_who_cannot_be_read__are_shown_by_number(client, flashduty):
    flashduty.fail("/person/infos", Fault.code("AccessDenied"))
    found = await gather_digest(client, team(client), NOW)
    assert found.on_call.people == {}
    assert found.on_call.coverage.not_known


async def test_a_digest__costs_five_calls_and_one_for_each_further_hundred_incidents(client, flashduty):
    for n in range(250):
        flashduty.raise_incident(title=f"Incident {n}", severity="Info", flashduty_channel=5001)
    await gather_digest(client, team(client), NOW)
    paths = [call.path for call in flashduty.calls]
    assert paths.count("/incident/list") == 3
    assert len(paths) == 5 + 2
