"""Changes on their way, on both kinds of database."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from recorded import NOW

from bot.storage.requests.pending_actions import PendingAction, PendingActionTable

LATER = NOW + timedelta(days=1)
URL = "https://hooks.slack.com/actions/T0HARBOR/1/abc"
ACTION = PendingAction(
    request_name="press U0ALICE 1.2 acknowledge:x",
    team="payments",
    incident_id="69da451ef77b1b51f4000001",
    slack_user_id="U0ALICE",
    slack_user_name="Alice Chen",
    action="acknowledge",
    value="{}",
    occasion="2026-11-24T07:30Z",
    in_doubt="Check it.",
    owner="one",
    channel="C0PAYMENTS",
    thread=None,
    response_url=URL,
    noted_at=NOW,
)


@pytest.fixture
def table(database):
    return PendingActionTable(database)


async def test_an_action__is_open_until_it_is_removed(table):
    await table.add(ACTION, kept_until=LATER)
    assert await table.open_actions(NOW) == [ACTION]
    assert await table.open_actions(LATER) == []
    await table.remove(ACTION.request_name)
    assert await table.open_actions(NOW) == []


async def test_take__by_many_at_once__is_one_replicas(table):
    await table.add(ACTION, kept_until=LATER)
    takers = [f"replica {number}" for number in range(8)]
    taken = await asyncio.gather(*(table.take(ACTION, taker) for taker in takers))
    assert taken.count(True) == 1
    assert [one.owner for one in await table.open_actions(NOW)] == [takers[taken.index(True)]]


async def test_two_actions_of_one_person_on_one_incident__are_two(table):
    other = replace(ACTION, request_name="press U0ALICE 1.3 undo_acknowledge", action="undo_acknowledge")
    await table.add(ACTION, kept_until=LATER)
    await table.add(other, kept_until=LATER)
    assert len(await table.open_actions(NOW)) == 2


async def test_a_response_url__is_shown_nowhere_and_can_be_forgotten(table):
    await table.add(ACTION, kept_until=LATER)
    assert URL not in repr(ACTION)
    await table.forget_url(ACTION.request_name)
    assert (await table.open_actions(NOW))[0].response_url is None
