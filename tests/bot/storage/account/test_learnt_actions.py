"""The custom actions that timelines show to have been run, on both kinds of database."""

from datetime import timedelta

import pytest
from recorded import NOW

from bot.storage.account.learnt_actions import (
    ACTIONS_OF_CHANNEL,
    ACTIONS_OF_TEAM,
    LearntActionTable,
    StoredAction,
)

LATER = NOW + timedelta(days=90)
RESTART = StoredAction(integration_id=9101, name="Restart the service", last_run_at=NOW)
FAIL_OVER = StoredAction(integration_id=2**63 - 1, name="切换 <!channel>", last_run_at=NOW - timedelta(hours=1))


@pytest.fixture
def table(database):
    return LearntActionTable(database)


def action(number, *, ago=0, name="x"):
    return StoredAction(integration_id=number, name=name, last_run_at=NOW - timedelta(minutes=ago))


async def test_actions__are_those_of_their_channel_and_team__last_run_first(table):
    await table.add("payments", 5001, [FAIL_OVER, RESTART], kept_until=LATER)
    assert await table.of("payments", 5001, NOW) == (RESTART, FAIL_OVER)
    assert await table.of("payments", 5002, NOW) == ()
    assert await table.of("search", 5001, NOW) == ()
    assert await table.of("payments", 5001, LATER) == ()


async def test_an_action_that_is_run_again__has_its_newest_name(table):
    await table.add("payments", 5001, [RESTART], kept_until=LATER)
    await table.add("payments", 5001, [action(9101, ago=-5, name="Restart")], kept_until=LATER + timedelta(days=1))
    await table.add("payments", 5001, [action(9101, ago=5, name="Old")], kept_until=LATER)
    assert await table.of("payments", 5001, LATER) == (action(9101, ago=-5, name="Restart"),)


async def test_a_channel__keeps_the_five_that_were_run_last(table):
    for number in range(1, 9):
        await table.add("payments", 5001, [action(number, ago=number)], kept_until=LATER)
    await table.add("payments", 5002, [action(20)], kept_until=LATER)
    kept = [one.integration_id for one in await table.of("payments", 5001, NOW)]
    assert kept == list(range(1, ACTIONS_OF_CHANNEL + 1))
    assert len(await table.of("payments", 5002, NOW)) == 1


async def test_a_team__keeps_a_thousand(table, monkeypatch):
    monkeypatch.setattr("bot.storage.account.learnt_actions.ACTIONS_OF_TEAM", 7)
    assert ACTIONS_OF_TEAM == 1_000
    for channel in range(1, 5):
        new = [action(number, ago=channel) for number in range(1, 4)]
        await table.add("payments", channel, new, kept_until=LATER)
    await table.add("search", 4, [action(1, ago=99)], kept_until=LATER)
    assert [len(await table.of("payments", channel, NOW)) for channel in range(1, 5)] == [3, 3, 1, 0]
    assert len(await table.of("search", 4, NOW)) == 1
