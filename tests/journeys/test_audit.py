"""The audit trail: every change of a person, before it is sent and after."""

import asyncio
import re
import sqlite3
from contextlib import asynccontextmanager, closing, suppress
from datetime import timedelta

import aiohttp
import pytest
from crashes import dying, next_one
from harbor import ALICE, BOB, NOW, PAYMENTS, harbor_at, replica_of
from structlog.testing import capture_logs
from trails import results, trail

from sandbox.faults import Fault
from tests.proofs.chaos.postgres import cluster, fresh_database, skip_or_fail_without


@pytest.fixture(scope="module")
def postgresql():
    skip_or_fail_without()
    with cluster() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
async def place(request, tmp_path):
    """The usual morning: one transport with each database."""
    is_file = request.param == "sqlite"
    address = f"sqlite:///{tmp_path}/bot.db" if is_file else await fresh_database(request.getfixturevalue("postgresql"))
    async with harbor_at(DATABASE_URL=address, socket_mode=is_file) as place:
        yield place


@pytest.fixture
async def http_place(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        yield place


def raised(place, **given):
    given = {"title": "Card payments fail", "severity": "Critical", "flashduty_channel": 5001, **given}
    return place.flashduty.raise_incident(**given)["incident_id"]


def is_sent(place):
    """Whether the attempt is written, which is before it is sent."""
    path = place.settings.database_url.get_secret_value().removeprefix("sqlite+aiosqlite:///")
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        return connection.execute("SELECT count(*) FROM audit_attempts").fetchone()[0]


async def test_an_acknowledgement__is_one_row_with_who_and_what_and_in_whose_name(place):
    incident = raised(place)
    await place.presses(await place.types("/flashduty incidents"), f"acknowledge:{incident}")
    (row,) = await trail(place)
    attempt, outcome = row.attempt, row.outcome
    assert (attempt.slack_user_id, attempt.slack_user_name, attempt.workspace) == (ALICE, "Alice Chen", "T0HARBOR")
    assert (attempt.team, attempt.action, attempt.incident_id) == ("payments", "acknowledge", incident)
    assert attempt.attempted_at == NOW
    assert (outcome.result, outcome.old_value, outcome.new_value) == ("done", "Triggered", "Processing")
    assert outcome.key_owner_name == "Dana Okoye"
    (sent,) = place.called("/incident/ack")
    assert outcome.request_id == sent.request_id


async def test_a_press_too_late__is_written_as_one_that_changed_nothing(place):
    incident = raised(place)
    late = await place.types("/flashduty incidents", BOB)
    await place.presses(await place.types("/flashduty incidents"), f"acknowledge:{incident}")
    await place.presses(late, f"acknowledge:{incident}", BOB)
    assert await results(place) == [
        (ALICE, "acknowledge", incident, "done"),
        (BOB, "acknowledge", incident, "unchanged"),
    ]


async def test_an_undo_and_a_comment__are_rows_without_what_was_typed(place):
    incident = raised(place)
    await place.presses(await place.types("/flashduty incidents"), f"acknowledge:{incident}")
    confirmation = next(one for one in place.shown() if "You acknowledged" in one["text"])
    await place.presses(confirmation, "undo_acknowledge")
    await place.types(f"/flashduty comment {incident} the password is hunter2")
    assert await results(place) == [
        (ALICE, "acknowledge", incident, "done"),
        (ALICE, "unacknowledge", incident, "done"),
        (ALICE, "comment", incident, "done"),
    ]
    assert "hunter2" not in repr(await trail(place))


async def test_a_refused_call__is_not_done__with_its_code_and_request_id(place):
    incident = raised(place)
    message = await place.types("/flashduty incidents")
    place.flashduty.fail("/incident/ack", Fault.code("AccessDenied"))
    await place.presses(message, f"acknowledge:{incident}")
    (row,) = await trail(place)
    (sent,) = place.called("/incident/ack")
    assert (row.outcome.result, row.outcome.reason, row.outcome.request_id) == (
        "not_done",
        "AccessDenied",
        sent.request_id,
    )


async def test_a_lost_answer_of_a_comment__is_not_known(place):
    incident = raised(place)
    place.flashduty.fail("/incident/comment", Fault.half_body())
    await place.types(f"/flashduty comment {incident} looking")
    (row,) = await trail(place)
    assert (row.outcome.result, row.outcome.reason) == ("not_known", "cut_off")


async def test_a_process_that_ends_in_between__leaves_an_attempt_that_is_not_known(http_place):
    incident = raised(http_place)
    async with dying(http_place):
        message = await http_place.types("/flashduty incidents")
        http_place.flashduty.fail("/incident/ack", Fault.hang(), times=None)
        press = await http_place.slack.press(ALICE, message, action_id=f"acknowledge:{incident}")
        assert press.acked
        await http_place.slack.until(lambda: is_sent(http_place), timeout=10)
        assert await results(http_place) == [(ALICE, "acknowledge", incident, None)]
    assert await results(http_place) == [(ALICE, "acknowledge", incident, None)]


async def test_what_the_next_process_finds_out__is_added_to_the_attempt(http_place):
    """The process ends after the write and before the outcome is noted."""
    incident = raised(http_place)
    async with dying(http_place):
        message = await http_place.types("/flashduty incidents")
        async with outcomes_refused(http_place):
            http_place.slack.fail("*", Fault.hang(), times=None)
            await http_place.slack.press(ALICE, message, action_id=f"acknowledge:{incident}")
            await http_place.slack.until(lambda: http_place.called("/incident/ack"), timeout=10)
    assert await results(http_place) == [(ALICE, "acknowledge", incident, None)]
    async with next_one(http_place):
        pass
    assert await results(http_place) == [(ALICE, "acknowledge", incident, "done")]
    http_place.clock.shift(timedelta(minutes=2))
    entries = http_place.flashduty.account.timeline.of(http_place.flashduty.account.incidents[incident])
    assert [one.detail["comment"] for one in entries if one.what == "i_comm"] == [
        "Acknowledged from Slack by Alice Chen"
    ]


@asynccontextmanager
async def outcomes_refused(place):
    """Let the database take no outcome."""
    path = place.settings.database_url.get_secret_value().removeprefix("sqlite+aiosqlite:///")
    with closing(sqlite3.connect(path, timeout=0)) as connection:
        refusing = "BEFORE INSERT ON audit_outcomes BEGIN SELECT RAISE(ABORT, 'no'); END"
        await once_it_is_free(connection, f"CREATE TRIGGER refusing {refusing}")
        yield
        await once_it_is_free(connection, "DROP TRIGGER refusing")


async def once_it_is_free(connection, statement):
    """Make a change as soon as no transaction of the bot is under way, which may need this very loop to end."""
    while True:
        with suppress(sqlite3.OperationalError):
            connection.execute(statement)
            return
        await asyncio.sleep(0)


async def test_while_the_database_refuses__the_person_acts__and_the_loss_is_logged_counted_and_told_once(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", ADMINS=BOB) as place:
        first, second = raised(place), raised(place, title="Ledger is behind")
        async with outcomes_refused(place):
            with capture_logs() as logs:
                await place.types(f"/flashduty ack {first}")
                await place.types(f"/flashduty ack {second}")
                await place.slack.settled()
                for _ in range(3):
                    place.clock.shift(timedelta(minutes=1))
                    await place.bot.tick()
                async with aiohttp.ClientSession() as session, session.get(f"{place.bot.url}/readyz") as answer:
                    assert (await answer.json())["audit_not_written"] == 2
        for incident in (first, second):
            assert place.flashduty.account.incidents[incident]["progress"] == "Processing"
        lost = [one for one in logs if one["event"] == "audit.lost"]
        assert [(one["slack_user"], one["action"], one["incident"], one["result"]) for one in lost] == [
            (ALICE, "acknowledge", first, "done"),
            (ALICE, "acknowledge", second, "done"),
        ]
        (told,) = [one["text"] for one in place.slack.seen_by(BOB, "D0BOB")]
        assert "did not take 2 entries" in told
        # Their comments were written all the same, once.
        assert len(place.called("/incident/comment")) == 2


async def test_a_take_over_and_an_answer_to_a_proposal__are_rows_with_their_subject(tmp_path):
    group = {"FLASHDUTY_TEAMS__PAYMENTS__ONCALL_USERGROUPS": "S0ONCALL=6001"}
    async with harbor_at(NOW + timedelta(minutes=30), DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", **group) as place:
        await place.bot.tick()
        proposal = next(one for one in place.shown() if "follow_group" in str(one["blocks"]))
        await place.presses(proposal, action_like(proposal, "follow_group"))
        digest = next(one for one in place.shown() if "take_over:" in str(one["blocks"]))
        await place.presses(digest, action_like(digest, "take_over:"), BOB)
        rows = {one.attempt.action: one for one in await trail(place)}
        assert rows["approve_group_sync"].attempt.asked == "S0ONCALL"
        assert rows["approve_group_sync"].outcome.result == "done"
        assert rows["cover_shift"].attempt.slack_user_id == BOB
        assert rows["cover_shift"].attempt.subject
        assert (rows["cover_shift"].outcome.result, rows["cover_shift"].outcome.new_value) == ("done", "Bob Müller")
        await place.types("/flashduty digest post")
        await place.slack.settled()
        posted = (await trail(place))[-1]
        assert (posted.attempt.action, posted.attempt.subject, posted.outcome.result) == (
            "post_digest",
            PAYMENTS,
            "done",
        )


def action_like(message, beginning):
    """The action id of a button of a message."""
    found = re.search(rf"'({beginning}[^']*)'", str(message["blocks"]))
    assert found
    return found[1]


async def test_no_secret__is_in_any_row(place):
    incident = raised(place)
    await place.presses(await place.types("/flashduty incidents"), f"acknowledge:{incident}")
    written = repr(await trail(place))
    for secret in place.settings.secrets:
        assert secret not in written
    assert "hooks.slack" not in written


@pytest.mark.parametrize(("action", "call"), [("close", "resolve"), ("wake", "wake")])
async def test_of_two_who_press_at_once_on_two_replicas__one_has_done_it__as_flashduty_has_it(http_place, action, call):
    place, incident = http_place, raised(http_place, severity="Warning")
    place.flashduty.console.acknowledge(incident, by="Carol Diaz")
    place.flashduty.console.snooze(incident, by="Carol Diaz")
    cards = {user: await place.types(f"/flashduty incident {incident}", user) for user in (ALICE, BOB)}
    # Both read it before either has changed it.
    place.flashduty.fail(f"/incident/{call}", Fault.delay(0.2), times=2)
    async with replica_of(place) as other:
        presses = []
        for user, bot in ((ALICE, place.bot), (BOB, other)):
            place.slack.deliver_to(f"{bot.url}/slack/events")
            press = place.slack.press(user, cards[user], action_id=f"{action}:{incident}")
            presses.append(asyncio.create_task(press))
            await asyncio.sleep(0)
        await asyncio.gather(*presses)
        await place.slack.settled()
    assert len(place.called(f"/incident/{call}")) == 2
    assert sorted(result for *_, result in await results(place)) == ["done", "unchanged"]
    assert len(place.called("/incident/comment")) == 1
