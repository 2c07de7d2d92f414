"""A database of the version before the tables: everything in it is found again, and a replica of that version stops."""

import asyncio
import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from recorded import ALICE, NOW, ahead, schedule, shift

from bot.delivery.model import NO_RESPONDER, NO_SUCH_MEMBER, Cause, ResponderProblem
from bot.digest.previous_schedules import PreviousSchedules
from bot.oncall.schedule_changes import take_snapshot
from bot.storage.acknowledgements import AcknowledgementTable
from bot.storage.alerts.operator_alerts import OperatorAlertTable
from bot.storage.alerts.watched_plans import WatchedPlanTable
from bot.storage.database import open_database
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.engine import migrate as migrating
from bot.storage.fingerprints import key_fingerprint
from bot.storage.oncall.problems import ProblemTable
from bot.storage.oncall.schedule_snapshots import ScheduleSnapshotTable
from bot.storage.oncall.shift_takeovers import ShiftKey, ShiftTakeoverTable, StoredTakeover
from bot.storage.oncall.sync_states import SyncStateTable
from bot.storage.oncall.usergroup_decisions import GroupPlanKey, UserGroupDecisionTable
from bot.storage.outbox import OutboxTable
from bot.storage.people.form_drafts import FormDraft, FormDrafts
from bot.storage.people.slack_profiles import SlackProfileTable, StoredProfile
from bot.storage.postings import PostingKey, PostingKind, PostingTable
from bot.storage.rate_limits import RateLimit, RateLimitTable

TUESDAY = date(2026, 11, 24)
LATER = NOW + timedelta(days=7)
SHIFT_STARTS = datetime.fromtimestamp(1795507200, UTC)
INSTANT = sa.DateTime(timezone=True)

LEDGER = sa.table(
    "ledger",
    *(sa.column(name) for name in ("team", "kind", "generation", "owner", "attempts", "channel", "ts", "trouble")),
    sa.column("nominal", sa.Date),
    sa.column("window_ends", INSTANT),
    sa.column("next_attempt", INSTANT),
    *(sa.column(name, sa.Boolean) for name in ("is_posting", "is_done", "is_reported")),
)
NOTES = sa.table(
    "notes", *(sa.column(name) for name in ("team", "kind", "name", "body")), sa.column("kept_until", INSTANT)
)
TURNS = sa.table("turns", sa.column("name"), sa.column("free_at"))


def ledger_row(kind, **more):
    row = {
        "team": "payments",
        "kind": kind,
        "nominal": TUESDAY,
        "window_ends": LATER,
        "generation": 3,
        "owner": None,
        "attempts": 1,
        "next_attempt": None,
        "is_posting": False,
        "is_done": True,
        "is_reported": False,
        "channel": "C0PAY",
        "ts": f"{kind}'s",
        "trouble": None,
    }
    return row | more


KINDS = {
    "digest": (PostingKind.DIGEST, ""),
    "digest by hand C0PAY 09:00": (PostingKind.DIGEST_ON_DEMAND, "C0PAY 09:00"),
    "report": (PostingKind.REPORT, ""),
    "report chart": (PostingKind.CHART, ""),
    "report by hand C0PAY 09:00": (PostingKind.REPORT_ON_DEMAND, "C0PAY 09:00"),
    "report asked for C0PAY 09:00 chart": (PostingKind.CHART_ON_DEMAND, "C0PAY 09:00"),
    "shift 1795507200": (PostingKind.SHIFT_NOTICE, "1795507200"),
    "reminder 1795507200 7002": (PostingKind.REMINDER, "1795507200 7002"),
    "group S0PAYONCALL 1a2b3c4d": (PostingKind.USER_GROUP, "S0PAYONCALL 1a2b3c4d"),
    "group S0PAYONCALL a1b2c3 over": (PostingKind.USER_GROUP, "S0PAYONCALL a1b2c3 over"),
    "topic C0PAY a1b2c3": (PostingKind.TOPIC, "C0PAY a1b2c3"),
    "schedules a1b2c3 over": (PostingKind.SCHEDULES, "a1b2c3 over"),
}
SEEN = take_snapshot([schedule("Primary", shift(ahead(hours=1), ahead(hours=9), ALICE))], NOW, NOW + timedelta(days=40))
PAYLOADS = [{"text": "rest", "blocks": []}, {"text": "more", "blocks": []}]
CAUSE = {"code": "is_archived", "team": "payments", "word": "digest", "channel": "C0PAY", "person": None, "who": ""}
NOBODY_THERE = CAUSE | {
    "code": NO_SUCH_MEMBER,
    "word": "reminder",
    "channel": None,
    "person": "7002",
    "who": "Bob \0 Müller",
}
CANNOT_ACT = CAUSE | {"code": NO_RESPONDER, "word": "oncall", "channel": None, "person": "7002", "who": "Bob Müller"}

NOTES_ROWS = [
    ("", "slack person", "a" * 64, {"id": "U0BOB", "name": "Bob Müller"}),
    ("", "slack person", "b" * 64, {}),
    ("payments", "acknowledged", "id1", {"id": "U0BOB", "name": "Bob", "at": SHIFT_STARTS.isoformat(), "press": "p1"}),
    ("payments", "attribution", "id1", {"by": "U0BOB", "as": 7002, "owner": 7001, "put_there": 1795507200}),
    ("payments", "pressed by U0BOB", "id1", ""),
    ("payments", "acknowledged", "id2", {"id": "U0BOB", "name": "Bob", "at": None}),
    ("payments", "attribution", "id3", {"by": "U0CAROL", "as": 7003, "owner": 7001, "put_there": None}),
    ("payments", "schedules", "2026-11-23", SEEN.as_json()),
    (
        "payments",
        "take-overs",
        "6001 1795507200",
        {"id": "U0BOB", "name": "Bob Müller", "at": NOW.isoformat(), "theirs": False},
    ),
    ("payments", "thread", "digest 2026-11-24", {"at": NOW.isoformat(), "messages": PAYLOADS}),
    ("payments", "thread", "digest by hand C0PAY 09:00 2026-11-24", {"at": NOW.isoformat(), "messages": PAYLOADS[:1]}),
    ("payments", "charts to post", "report by hand C0PAY 09:00", "2026-11-24"),
    ("payments", "kept state", "group S0PAYONCALL", {"state": "U0ALICE U0BOB", "at": NOW.isoformat()}),
    ("payments", "kept state", "topic C0PAY", {"state": "[on call: Alice]", "at": NOW.isoformat()}),
    (
        "payments",
        "kept trouble",
        "topic C0PAY",
        {"code": "not_in_channel", "at": NOW.isoformat(), "episode": "a1b2c3", "told": True},
    ),
    (
        "payments",
        "kept trouble",
        "schedules",
        {"code": "InternalError", "at": NOW.isoformat(), "episode": "d4e5f6", "told": False},
    ),
    (
        "payments",
        "group decision",
        "S0PAYONCALL 1a2b3c4d",
        {"handle": "payments-oncall", "follows": True, "who": "Alice Chen", "at": NOW.isoformat()},
    ),
    ("", "told cause", "is_archived C0PAY", CAUSE | {"at": NOW.isoformat()}),
    ("", "told cause", f"{NO_SUCH_MEMBER} 7002", NOBODY_THERE | {"at": NOW.isoformat()}),
    ("", "told cause", f"{NO_RESPONDER} 7002 payments", CANNOT_ACT | {"at": NOW.isoformat()}),
    (
        "",
        "admins to tell",
        f"{NO_RESPONDER} 7002 payments",
        {"users": ["U0ALICE", "U0BOB"], "message": PAYLOADS[0], "at": NOW.isoformat()},
    ),
    ("payments", "watched plan", "digest", f"{NOW.isoformat()} 09:00:00 Europe/Berlin [0, 1, 2, 3, 4]"),
    ("payments", "minute", "2026-11-24 09:00 schedules", "somebody"),
    ("payments", "acknowledged", "unreadable", "{"),
    ("payments", "acknowledged", "lacks half", {"id": "U0BOB"}),
    ("payments", "attribution", "of nobody", {"by": "U" * 900, "as": 1, "owner": 2, "put_there": None}),
]


@pytest.fixture
def version_before(tmp_path, monkeypatch):
    """The version before has the migrations up to 0003."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrating.MIGRATIONS, folder, ignore=shutil.ignore_patterns("m000[4-9]*", "m001*", "__pycache__"))
    monkeypatch.setattr(migrating, "MIGRATIONS", Path(folder))
    return monkeypatch


async def fill(connection):
    await connection.execute(sa.insert(LEDGER), [ledger_row(kind) for kind in KINDS] + [ledger_row("proof", team="")])
    waiting = ledger_row(
        "digest",
        team="search",
        owner="other 12 ab",
        is_posting=True,
        is_done=False,
        ts=None,
        trouble="chat.postMessage: TimeoutError",
        next_attempt=NOW,
    )
    await connection.execute(sa.insert(LEDGER), [waiting])
    rows = [
        {"team": team, "kind": kind, "name": name, "body": body if isinstance(body, str) else json.dumps(body)}
        for team, kind, name, body in NOTES_ROWS
    ]
    await connection.execute(sa.insert(NOTES), [row | {"kept_until": _kept_until(row["kind"])} for row in rows])
    await connection.execute(sa.insert(TURNS), [{"name": "usergroups.list", "free_at": NOW.timestamp() + 20}])


def _kept_until(kind):
    return None if kind in {"group decision", "watched plan"} else LATER


@pytest.fixture
async def migrated(address, version_before):
    """A database of the version before, filled by it and opened by this one."""
    async with open_database(address) as old, old.transaction() as connection:
        await fill(connection)
    version_before.undo()
    async with open_database(address) as new:
        yield new


async def test_every_posting__is_found_by_its_kind_and_subject(migrated):
    postings = PostingTable(migrated)
    for kind, (new_kind, subject) in KINDS.items():
        found = await postings.find_done(PostingKey("payments", new_kind, TUESDAY, subject))
        assert (found.ts, found.channel, found.window_ends) == (f"{kind}'s", "C0PAY", LATER)
    reminder = await postings.find_done(PostingKey("payments", PostingKind.REMINDER, TUESDAY, "1795507200 7002"))
    assert reminder.person_id == 7002
    waiting = await postings.get_or_add(PostingKey("search", PostingKind.DIGEST, TUESDAY), window_ends=NOW)
    assert (waiting.owner, waiting.generation, waiting.is_posting) == ("other 12 ab", 3, True)
    assert (waiting.last_error, waiting.next_attempt) == ("chat.postMessage: TimeoutError", NOW)


async def test_acknowledgements__with_whose_they_are_and_in_whose_name(migrated):
    stored = await AcknowledgementTable(migrated).read(
        "payments", ["id1", "id2", "id3", "unreadable", "of nobody"], NOW
    )
    assert set(stored) == {"id1", "id2", "id3"}
    first = stored["id1"]
    assert (first.slack_user_id, first.slack_user_name, first.acknowledged_at) == ("U0BOB", "Bob", SHIFT_STARTS)
    assert (first.person_id, first.owner_id, first.put_there_at) == (7002, 7001, SHIFT_STARTS)
    assert first.press is not None
    assert (stored["id2"].acknowledged_at, stored["id2"].owner_id) == (None, None)
    assert (stored["id3"].press, stored["id3"].slack_user_id, stored["id3"].owner_id) == (None, "U0CAROL", 7001)
    assert await AcknowledgementTable(migrated).pressed_by("payments", "U0BOB", NOW) == {"id1", "id2"}


async def test_snapshots_takeovers_and_decisions(migrated):
    previous = PreviousSchedules(ScheduleSnapshotTable(migrated))
    assert await previous.snapshot_before("payments", TUESDAY) == SEEN
    bob = StoredTakeover(slack_user_id="U0BOB", slack_user_name="Bob Müller", taken_at=NOW, is_theirs=False)
    late = StoredTakeover(slack_user_id="U0LATE", slack_user_name="Late", taken_at=LATER, is_theirs=False)
    key = ShiftKey(team="payments", schedule_id=6001, starts_at=SHIFT_STARTS)
    assert await ShiftTakeoverTable(migrated).take(key, late, kept_until=LATER) == (bob, bob)
    plan = GroupPlanKey(team="payments", group_id="S0PAYONCALL", signature="1a2b3c4d")
    decision = await UserGroupDecisionTable(migrated).read(plan)
    assert (decision.handle, decision.follows, decision.decided_by) == ("payments-oncall", True, "Alice Chen")
    assert (decision.decided_at, decision.slack_user_id) == (NOW, None)


async def test_what_is_owed__threads_charts_and_alerts(migrated):
    outbox, digest = OutboxTable(migrated), PostingKey("payments", PostingKind.DIGEST, TUESDAY)
    on_demand = PostingKey("payments", PostingKind.DIGEST_ON_DEMAND, TUESDAY, "C0PAY 09:00")
    assert set(await outbox.threads(NOW, created_before=NOW)) == {digest, on_demand}
    assert (await outbox.thread(digest, NOW)).messages == tuple(PAYLOADS)
    assert (await outbox.thread(on_demand, NOW)).messages == tuple(PAYLOADS[:1])
    assert await outbox.charts(NOW) == [on_demand._replace(kind=PostingKind.REPORT_ON_DEMAND)]
    alerts = {alert.code: alert for alert in await OperatorAlertTable(migrated).list_open(NOW)}
    assert set(alerts) == {"is_archived", NO_SUCH_MEMBER, NO_RESPONDER}
    assert alerts[NO_SUCH_MEMBER].person_name == "Bob \N{REPLACEMENT CHARACTER} Müller"
    owed = await outbox.messages(NOW, alert_key=alerts[NO_RESPONDER].alert_key)
    assert [one.slack_user_id for one in owed] == ["U0ALICE", "U0BOB"]
    cause = Cause(
        code=NO_RESPONDER,
        team="payments",
        kind=ResponderProblem.ON_CALL,
        channel=None,
        person_id=7002,
        person_name="Bob Müller",
    )
    assert cause.key == alerts[NO_RESPONDER].alert_key


async def test_sync_states_problems_profiles_plans_and_rate_limits(migrated):
    states, problems = SyncStateTable(migrated), ProblemTable(migrated)
    assert (await states.read("payments", "user_group S0PAYONCALL", NOW)).state == "U0ALICE U0BOB"
    assert (await states.read("payments", "topic C0PAY", NOW)).checked_at == NOW
    (topic,) = await problems.of_subject("payments", "topic C0PAY", NOW)
    assert (topic.code, topic.episode, topic.since, topic.is_announced) == ("not_in_channel", "a1b2c3", NOW, True)
    (schedules,) = await problems.of_subject("payments", "schedules", NOW)
    assert not schedules.is_announced
    (plan,) = await WatchedPlanTable(migrated).list()
    assert (plan.kind, plan.plan, plan.since) == (PostingKind.DIGEST, "09:00:00 Europe/Berlin [0, 1, 2, 3, 4]", NOW)
    async with migrated.transaction() as connection:
        hashes = (await connection.exec_driver_sql("SELECT email_hash, slack_user_id FROM slack_profiles")).all()
    assert sorted(map(tuple, hashes)) == [("a" * 64, "U0BOB"), ("b" * 64, None)]
    limit = RateLimit(name="usergroups.list", interval=5.0)
    assert await RateLimitTable(migrated).book(limit, now=NOW.timestamp()) == pytest.approx(20)


async def test_profiles__are_found_by_their_address(address, version_before):
    profile = {"id": "U0BOB", "name": "Bob Müller"}
    hashed = "7397918b92b7faafe97b25144c085eca7a376101a9cdfda4f3eeeefba3ba134c"
    async with open_database(address) as old, old.transaction() as connection:
        row = {"team": "", "kind": "slack person", "name": hashed, "body": json.dumps(profile), "kept_until": LATER}
        await connection.execute(sa.insert(NOTES), [row])
    version_before.undo()
    async with open_database(address) as new:
        stored = await SlackProfileTable(new).read(["bob@harbor.example"], NOW)
    assert stored == {"bob@harbor.example": StoredProfile(slack_user_id="U0BOB", slack_user_name="Bob Müller")}


async def test_a_replica_of_the_version_before__is_refused_in_words_and_changes_nothing(address, version_before):
    async def claim(connection):
        await connection.execute(sa.insert(LEDGER), [ledger_row("digest", is_done=False)])

    async with open_database(address) as old:
        with version_before.context() as this_version:
            this_version.setattr(migrating, "MIGRATIONS", Path(migrating.__file__).parents[1] / "migrations")
            async with open_database(address):
                pass
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="made by a newer version of the bot"):
                await old.carry_out(claim)
    version_before.undo()
    async with open_database(address) as new, new.transaction() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM old_ledger")).scalar() == 0


async def test_a_draft__of_a_version_that_stored_no_incident_with_it__is_offered_without_one(address, version_before):
    folder = Path(migrating.MIGRATIONS)
    shutil.copytree(
        Path(migrating.__file__).parents[1] / "migrations",
        folder,
        ignore=shutil.ignore_patterns("m000[6-9]*", "m001*", "__pycache__"),
        dirs_exist_ok=True,
    )
    draft = {"slack_user_id": "U0ALICE", "form": key_fingerprint("comment"), "words": "restarting", "typed_at": NOW}
    columns = [sa.column("typed_at", INSTANT), sa.column("kept_until", INSTANT)]
    drafts = sa.table("form_drafts", *map(sa.column, ("slack_user_id", "form", "words", "is_in_doubt")), *columns)
    async with open_database(address) as old, old.transaction() as connection:
        await connection.execute(sa.insert(drafts), [draft | {"is_in_doubt": False, "kept_until": LATER}])
    version_before.undo()
    async with open_database(address) as new:
        found = await FormDrafts(new).of("U0ALICE", "comment", NOW)
    assert found == FormDraft(words="restarting", typed_at=NOW)


async def test_the_old_tables__stay_under_another_name(migrated):
    async with migrated.transaction() as connection:
        names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    assert {"old_ledger", "old_notes", "old_turns"} <= set(names)
    assert {"ledger", "notes", "turns"} & set(names) == set()


async def is_waiting(address):
    """Whether a statement waits for a lock of another transaction, on PostgreSQL."""
    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    try:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(await connection.fetchval(waiting))
    finally:
        await connection.close()


async def test_what_a_replica_of_the_version_before_writes_meanwhile__is_found_as_well(address, version_before):
    async with open_database(address) as old:
        async with old.transaction() as connection:
            await connection.execute(sa.insert(LEDGER), [ledger_row("digest")])
            version_before.undo()

            async def migrated():
                async with open_database(address) as new:
                    key = PostingKey("payments", PostingKind.DIGEST, TUESDAY)
                    return await PostingTable(new).find_done(key)

            migrating_now = asyncio.create_task(migrated())
            while address.startswith("postgresql") and not await is_waiting(address):
                pass
        assert (await migrating_now).ts == "digest's"
