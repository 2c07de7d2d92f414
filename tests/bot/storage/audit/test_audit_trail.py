"""The audit trail of both kinds of database: rows are added, never changed, and read page by page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from recorded import NOW
from sqlalchemy import text

from bot.storage.audit.audit_trail import AUDIT_PAGE, AuditQuery, AuditTable, StoredAttempt, StoredOutcome
from bot.storage.audit.owed_comments import OwedComment, OwedComments
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.fingerprints import key_fingerprint

LATER = NOW + timedelta(days=400)
ALL = AuditQuery(since=NOW - timedelta(days=30))
BENT = "Bob \0 \ud800 🦀"


def attempt(number=0, **given):
    known = {
        "attempt_id": f"{number:012x}",
        "attempted_at": NOW,
        "team": "payments",
        "workspace": "T0HARBOR",
        "slack_user_id": "U0BOB",
        "slack_user_name": "Bob Müller",
        "action": "acknowledge",
        "incident_id": "6b053cf8e4c12b80bd0e83ee",
        "subject": "",
        "asked": "",
        "request_key": key_fingerprint("press"),
    }
    return StoredAttempt(**{**known, **given})


def outcome(number=0, result="done", **given):
    return StoredOutcome(attempt_id=f"{number:012x}", result=result, noted_at=NOW, **given)


def owed(number=0, **given):
    known = {
        "attempt_id": f"{number:012x}",
        "team": "payments",
        "incident_id": "6b053cf8e4c12b80bd0e83ee",
        "text": "Acknowledged from Slack by Bob Müller",
        "created_at": NOW,
        "kept_until": LATER,
    }
    return OwedComment(**{**known, **given})


@pytest.fixture
def trail(database):
    return AuditTable(database)


async def test_an_attempt__that_is_added_again_with_its_outcome__is_there_once(trail):
    await trail.add([attempt()], LATER)
    await trail.conclude([(attempt(), outcome(old_value="Triggered"))], kept_until=LATER)
    (row,) = await trail.read(ALL, NOW)
    assert (row.attempt, row.outcome) == (attempt(), outcome(old_value="Triggered"))


async def test_an_outcome__that_was_not_known__is_what_was_found_out_later__and_stays_that(trail):
    await trail.conclude([(attempt(), outcome(result="not_known"))], kept_until=LATER)
    assert [one.attempt_id for one in await trail.unconcluded("press")] == [attempt().attempt_id]
    found = replace(outcome(), noted_at=NOW + timedelta(minutes=5))
    await trail.conclude([(attempt(), found)], kept_until=LATER)
    await trail.conclude([(attempt(), outcome(old_value="written twice"))], kept_until=LATER)
    (row,) = await trail.read(ALL, NOW)
    assert row.outcome == found
    assert await trail.unconcluded("press") == []


async def test_names__with_what_a_database_does_not_store__are_stored(trail):
    await trail.add([attempt(slack_user_name=BENT)], LATER)
    ((row),) = await trail.read(ALL, NOW)
    assert row.attempt.slack_user_name == "Bob \N{REPLACEMENT CHARACTER} ? 🦀"


@pytest.mark.parametrize("oldest_first", [True, False])
async def test_many_rows_of_one_instant__are_read_page_by_page__each_once_and_in_order(trail, oldest_first):
    written = [attempt(number) for number in range(AUDIT_PAGE + 7)]
    await trail.add(written, LATER)
    query, ids = replace(ALL, oldest_first=oldest_first), []
    while query is not None:
        page = await trail.read(query, NOW)
        ids += [one.attempt.attempt_id for one in page]
        query = query.next_page(page)
    expected = [one.attempt_id for one in written]
    assert ids == (expected if oldest_first else expected[::-1])


async def test_a_query__narrows_by_time_team_person_and_the_end_of_an_incidents_id(trail):
    await trail.add(
        [
            attempt(0),
            attempt(1, team="search"),
            attempt(2, slack_user_id="U0ALICE"),
            attempt(3, incident_id="6b053cf8e4c12b80bd421444"),
            attempt(4, attempted_at=NOW - timedelta(days=3)),
            attempt(5, incident_id=""),
        ],
        LATER,
    )

    async def found(**given):
        return {int(one.attempt.attempt_id, 16) for one in await trail.read(replace(ALL, **given), NOW)}

    assert await found() == set(range(6))
    assert await found(since=NOW - timedelta(days=1)) == {0, 1, 2, 3, 5}
    assert await found(until=NOW) == {4}
    assert await found(teams=("search",)) == {1}
    assert await found(slack_user_id="U0ALICE") == {2}
    assert await found(number="421444") == {3}
    assert await found(number="0E83EE") == {0, 1, 2, 4}
    assert await found(number="%") == set()


async def test_a_comment__is_owed_with_its_outcome_or_not_at_all(trail):
    too_long = attempt(1, team="x" * 61)
    with pytest.raises(DatabaseUnavailable, match="61 characters"):
        await trail.conclude([(too_long, outcome(1))], comments=[owed(1)], kept_until=LATER)
    await trail.conclude([(attempt(), outcome())], comments=[owed()], kept_until=LATER)
    assert await OwedComments(trail.database).due(NOW, fresh=True) == [owed()]


async def test_an_owed_comment__is_claimed_by_one__and_tried_again_when_its_pause_is_over(trail):
    await trail.conclude([(attempt(), outcome())], comments=[owed()], kept_until=LATER)
    comments, later = OwedComments(trail.database), NOW + timedelta(minutes=1)
    assert await comments.claim(owed(), next_attempt=later)
    assert not await comments.claim(owed(), next_attempt=later)
    assert await comments.due(NOW, fresh=True) == await comments.due(NOW, fresh=False) == []
    assert await comments.due(later, fresh=False) == [owed(tries=1, next_attempt=later)]
    await comments.drop(owed().attempt_id)
    assert await comments.due(later, fresh=False) == []


async def test_rows__need_no_right_to_be_changed(trail):
    """The bot's own code adds rows alone: where the database forbids everything else, all of it still works."""
    forbidding = {
        "sqlite": "CREATE TRIGGER {name} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END",
        "postgresql": ("CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"),
    }
    async with trail.database.transaction() as connection:
        dialect = connection.dialect.name
        if dialect == "postgresql":
            function = "CREATE FUNCTION append_only() RETURNS trigger AS $$ BEGIN RAISE 'append-only'; END $$"
            await connection.execute(text(f"{function} LANGUAGE plpgsql"))
        for table in ("audit_attempts", "audit_outcomes"):
            for what in ("UPDATE", "DELETE"):
                statement = forbidding[dialect].format(name=f"no_{what}_{table}", what=what, table=table)
                await connection.execute(text(statement))
    await trail.add([attempt()], LATER)
    await trail.conclude([(attempt(), outcome(result="not_known"))], kept_until=LATER)
    await trail.conclude([(attempt(), outcome())], comments=[owed()], kept_until=LATER)
    ((row),) = await trail.read(ALL, NOW)
    assert row.outcome.result == "done"
