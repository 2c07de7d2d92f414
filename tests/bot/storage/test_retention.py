"""What is deleted, when, and what a wrong clock cannot delete."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from recorded import NOW
from sqlalchemy import insert, select

from bot.storage.alerts.watched_plans import WatchedPlan, WatchedPlanTable
from bot.storage.cards.cards import CardTable
from bot.storage.cards.incident_hints import IncidentHintTable, StoredHint
from bot.storage.leases import Leases
from bot.storage.oncall.usergroup_decisions import GroupPlanKey, StoredDecision, UserGroupDecisionTable
from bot.storage.people.preferences import PreferenceTable
from bot.storage.postings import PostingKey, PostingKind, PostingTable
from bot.storage.rate_limits import LIST_MEMBERS, RateLimitTable
from bot.storage.retention import POSTING_RETENTION, ROWS_PER_STEP, Retention
from bot.storage.tables import cards, leases, metadata

# The longest time that any job keeps a row for, in days.
LONGEST = POSTING_RETENTION.days
# Rows that stay: one for a plan of posts, a plan of a user group, a limit, and what a person chose.
STAYING = ("preferences", "rate_limits", "usergroup_decisions", "watched_plans")
KEY = PostingKey("payments", PostingKind.DIGEST, date(2026, 11, 24))


class Hands:
    def __init__(self):
        self.wall, self.steady = NOW, 0.0

    def passes(self, seconds):
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
async def clearing(database, hands):
    postings = PostingTable(database)
    await postings.get_or_add(KEY, window_ends=NOW - timedelta(days=61))
    await postings.mark_done(KEY, channel="C0ONE", ts="1.0")
    return Retention(database, lambda: hands.wall, lambda: hands.steady, retention=timedelta(days=90))


async def is_there(clearing):
    return await PostingTable(clearing.database).find_done(KEY) is not None


async def test_on_start__nothing_is_deleted(clearing):
    await clearing.tick()
    assert await is_there(clearing)


async def test_after_an_hour__what_is_long_over_is_deleted(clearing, hands):
    await clearing.tick()
    hands.passes(1800)
    await clearing.tick()
    assert await is_there(clearing)
    hands.passes(1801)
    await clearing.tick()
    assert not await is_there(clearing)


async def test_after_a_jump_of_the_clock__nothing_is_deleted_for_another_hour(clearing, hands):
    await clearing.tick()
    hands.passes(3601)
    hands.wall += timedelta(days=62)
    await clearing.tick()
    assert await is_there(clearing)
    hands.passes(3601)
    await clearing.tick()
    assert not await is_there(clearing)


async def test_every_kind_of_row__is_deleted_when_its_time_is_over_and_no_sooner(database, hands):
    """Each table that says until when its rows are kept, and the leases nobody renews."""
    kept = [table for table in metadata.sorted_tables if "kept_until" in table.c]
    async with database.transaction() as connection:
        for table in kept:
            for name, until in (("over", NOW), ("kept", NOW + timedelta(hours=3))):
                await connection.execute(insert(table).values(values_for(table, name) | {"kept_until": until}))
    await Leases(database, owner="gone", now=lambda: NOW - timedelta(days=1), monotonic=lambda: 0).hold("replica gone")
    clearing = Retention(database, lambda: hands.wall, lambda: hands.steady, retention=timedelta(days=90))
    await clearing.tick()
    hands.passes(3601)
    await clearing.tick()
    async with database.transaction() as connection:
        left = {table.name: len((await connection.execute(select(table))).all()) for table in [*kept, leases]}
    assert left == {table.name: 1 for table in kept} | {"leases": 0}


async def a_day(database, number, now):
    """Let everything that leaves a row happen once: a new row where rows end, the same one where they stay."""
    until = now + timedelta(days=LONGEST)
    async with database.transaction() as connection:
        for table in metadata.sorted_tables:
            if "kept_until" in table.c:
                row = values_for(table, f"day {number}") | {"kept_until": until}
                await connection.execute(insert(table).values(row))
    await PostingTable(database).get_or_add(KEY._replace(local_date=now.date()), window_ends=now)
    await Leases(database, owner=f"process {number}", now=lambda: now, monotonic=lambda: 0).hold(f"replica {number}")
    answer = StoredDecision(
        handle="payments-oncall", follows=True, decided_by="Alice Chen", slack_user_id="U0ALICE", decided_at=now
    )
    plan = GroupPlanKey(team="payments", group_id="S0ONCALL", signature="8f4e2a10")
    await UserGroupDecisionTable(database).add(plan, answer)
    await UserGroupDecisionTable(database).stop(plan, replace(answer, follows=False))
    await PreferenceTable(database).choose_language("U0ALICE", ("zh-CN", "en")[number % 2])
    posts = WatchedPlan(team="payments", kind=PostingKind.DIGEST, plan=f"09:{number % 60:02}", since=now)
    await WatchedPlanTable(database).change(put=[posts], drop=[])
    await RateLimitTable(database).book(LIST_MEMBERS, now=now.timestamp())
    await IncidentHintTable(database).put([StoredHint(team="payments", incident_id=f"day {number}", hinted_at=now)])


async def test_a_hundred_days__leave_the_rows_of_sixty_and_those_that_stay(database, hands):
    clearing = Retention(database, lambda: hands.wall, lambda: hands.steady, retention=timedelta(days=LONGEST))
    await clearing.tick()
    for number in range(100):
        await a_day(database, number, hands.wall)
        hands.passes(86_400)
        await clearing.tick()
    async with database.transaction() as connection:
        left = {table.name: len((await connection.execute(select(table))).all()) for table in metadata.sorted_tables}
    ending = {"postings", "incident_hints"}
    ending |= {table.name for table in metadata.sorted_tables if "kept_until" in table.c}
    assert left == dict.fromkeys(ending, LONGEST) | dict.fromkeys(STAYING, 1) | {"leases": 1}


def values_for(table, name):
    """A row with something in every column that must have something."""
    plain = {str: name, int: 1, bool: False, datetime: NOW, date: NOW.date(), object: {}}
    columns = [column for column in table.c if not column.nullable]
    return {column.name: plain[getattr(column.type, "impl", column.type).python_type] for column in columns}


async def cleared(database, hands, retention=timedelta(days=90)):
    clearing = Retention(database, lambda: hands.wall, lambda: hands.steady, retention=retention)
    await clearing.tick()
    hands.passes(3601)
    await clearing.tick()


async def test_hints__that_nobody_took__are_deleted_after_the_retention_of_the_settings(database, hands):
    table = IncidentHintTable(database)
    ages = {"over": timedelta(days=30, hours=1), "kept": timedelta(days=29)}
    await table.put(StoredHint(team="payments", incident_id=name, hinted_at=NOW - age) for name, age in ages.items())
    await cleared(database, hands)
    assert [hint.incident_id for hint in await table.take("payments")] == ["over", "kept"]
    await cleared(database, hands, retention=timedelta(days=30))
    assert [hint.incident_id for hint in await table.take("payments")] == ["kept"]


async def test_more_rows_than_a_step_deletes__are_all_deleted_in_transactions_of_their_own(database, hands):
    rows = [values_for(cards, "over") | {"incident_id": str(number), "kept_until": NOW} for number in range(1_100)]
    async with database.transaction() as connection:
        await connection.execute(insert(cards), rows)
        await connection.execute(insert(cards), [values_for(cards, "kept") | {"kept_until": NOW + timedelta(days=1)}])
    deletions = []

    async def counted(work, carry_out=database.carry_out):
        outcome = await carry_out(work)
        deletions.append(outcome)
        return outcome

    database.carry_out = counted
    await cleared(database, hands)
    assert (sum(deletions), max(deletions)) == (1_100, ROWS_PER_STEP)
    assert list(await CardTable(database).get("kept", ["kept"])) == ["kept"]
