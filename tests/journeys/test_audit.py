"""The audit trail: every change of a person, before it is sent and after."""

import sqlite3
from contextlib import closing

import pytest
from crashes import dying
from harbor import ALICE, BOB, NOW, harbor_at
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
    with closing(sqlite3.connect(path)) as connection:
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
