"""The weekly report: read, drawn and uploaded for real."""

import struct
from datetime import date, timedelta

import aiohttp
import pytest
from pydantic import SecretStr
from recorded import NOW, team_with

from bot.flashduty import Account, Flashduty, FlashdutyError, Severity, open_pool
from bot.report.chart import NotDrawnError, draw_chart
from bot.report.gather import chart_data, gather_report
from bot.slack.api import SlackApi, SlackError
from bot.slack.client import SlackClient
from bot.slack.workspace import Installation, Picture, Workspace
from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.slack import PretendSlack
from sandbox.slack.harbor import harbor

TUESDAY = date(2026, 11, 24)
CHANNEL = "C0PAYMENTS"
NUMBERS = {
    "days": ["Mon", "Tue"],
    "incidents": {"Critical": [1, 0], "Warning": [2, 3], "Info": [0, 0]},
    "minutes": [4.5, None],
}


@pytest.fixture
async def flashduty():
    async with PretendFlashduty(clock=Clock(NOW, frozen=True), account=harbor_account(NOW)) as pretend:
        yield pretend


@pytest.fixture
async def team(flashduty):
    async with open_pool(flashduty.url) as pool:
        client = Flashduty(pool, Account(), team="payments", app_key=SecretStr(flashduty.keys["payments"]))
        yield team_with(client, flashduty_team_ids=(4001,), timezone="Europe/Berlin")


@pytest.fixture
async def slack():
    cast = harbor()
    cast.app.scopes = (*cast.app.scopes, "files:write", "users:read.email")
    async with PretendSlack(clock=Clock(NOW, frozen=True), workspace=cast) as pretend:
        yield pretend


@pytest.fixture
async def workspace(slack):
    async with aiohttp.ClientSession() as session:
        client = SlackClient(slack.bot_token, slack.api_url, session)
        yield Workspace(SlackApi(client, session), Installation("T0HARBOR", None, "U0FLASHBOT", "B0FLASHBOT"))


async def test_a_week__is_seven_local_days_and_costs_three_calls(flashduty, team):
    found = await gather_report(team.flashduty, team, TUESDAY)
    assert [day.on for day in found.days] == [TUESDAY - timedelta(days=ago) for ago in range(7, 0, -1)]
    assert found.total.incidents == sum(found.of(severity) for severity in Severity) > 0
    assert found.before.incidents > 0
    assert [call.path for call in flashduty.calls] == ["/insight/team"] * 3


async def test_without_analytics__the_incidents_are_counted(flashduty, team):
    with_analytics = await gather_report(team.flashduty, team, TUESDAY)
    flashduty.fail("/insight/team", Fault.code("AccessDenied"))
    counted = await gather_report(team.flashduty, team, TUESDAY)
    assert [day.by_severity for day in counted.days] == [day.by_severity for day in with_analytics.days]
    assert counted.total.mean_to_acknowledge == with_analytics.total.mean_to_acknowledge
    assert counted.before is None


async def test_other_trouble__is_told(flashduty, team):
    flashduty.fail("/insight/team", Fault.code("Unauthorized"))
    with pytest.raises(FlashdutyError):
        await gather_report(team.flashduty, team, TUESDAY)


async def test_draw__makes_a_picture():
    picture = await draw_chart(NUMBERS)
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (1200, 880)


async def test_draw__of_what_is_no_week__says_so():
    with pytest.raises(NotDrawnError, match="KeyError"):
        await draw_chart({})


async def test_draw__of_a_week_without_incidents():
    nothing = {"days": ["Mon"], "incidents": {"Critical": [0]}, "minutes": [None]}
    assert (await draw_chart(nothing)).startswith(b"\x89PNG")


async def test_an_upload_that_breaks__is_told(slack, workspace):
    slack.fail("files.completeUploadExternal", Fault.error("internal_error"))
    with pytest.raises(SlackError):
        await workspace.upload(CHANNEL, Picture("a.png", b"x", "A", "a"))


async def test_people__are_found_by_address(workspace):
    assert (await workspace.person_with_email("alice@harbor.example")).id == "U0ALICE"
    assert await workspace.person_with_email("nobody@harbor.example") is None


async def test_the_chart__shows_what_the_text_says(team):
    found = await gather_report(team.flashduty, team, TUESDAY)
    numbers = chart_data(found)
    assert sum(map(sum, numbers["incidents"].values())) == found.total.incidents
    assert len(numbers["days"]) == len(numbers["minutes"]) == 7
