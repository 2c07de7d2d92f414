"""What an operator finds in the log, and that the evidence stands wherever it is promised."""

import sqlite3
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
import structlog
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault

HURRIED = TimeLimits(notice=0.1, attempt=0.5)


def told(place, words, user=ALICE, channel=PAYMENTS):
    return [text for text in place.sees(user, channel) if words in text]


def answers(place):
    return sum(call.method == "response_url" for call in place.slack.calls)


async def raised(place, title="Card payments fail"):
    record = place.flashduty.raise_incident(title=title, severity="Critical", flashduty_channel=5001)
    return record["incident_id"], f"acknowledge:{record['incident_id']}"


async def let_it_be_nine(place):
    place.clock.move_to(place.clock.now().replace(hour=8, minute=0))
    await place.bot.tick()


def lines_of(logged, event):
    return [line for line in logged if line["event"] == event and line["log_level"] == "info"]


async def test_one_line_tells_who_did_what_to_which_incident_with_what_result():
    async with harbor_at() as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logged:
            await place.presses(message, action)
        (line,) = lines_of(logged, "acknowledge")
        (written,) = place.called("/incident/ack")
        assert line["number"] == incident[-6:].upper()
        assert (line["team"], line["outcome"]) == ("payments", "acknowledged")
        assert line["user"] == ALICE
        assert line["request_id"] == written.request_id
        assert line["ms"] >= 0
        assert lines_of(logged, "flashduty.call") == []
        assert "Card payments fail" not in str(logged)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("incidents Card payments fail", "incidents"),
        ("oncall", "oncall"),
        ("digest week", "digest week"),
        ("", "menu"),
        ("x", "unknown"),
    ],
)
async def test_whoever_only_looks__leaves_one_line_without_what_they_typed(text, event):
    """What people search for can be confidential."""
    async with harbor_at() as place:
        with structlog.testing.capture_logs() as logged:
            await place.types(f"/flashduty {text}")
            await place.slack.settled()
        informed = [line for line in logged if line["log_level"] == "info"]
        assert [line["event"] for line in informed] == [event]
        assert "Card payments fail" not in str(logged)


async def test_what_fails_is_told_with_its_outcome_and_flashdutys_request_id():
    async with harbor_at() as place:
        _, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("/incident/ack", Fault.code("AccessDenied"), times=1)
        with structlog.testing.capture_logs() as logged:
            await place.presses(message, action)
        (line,) = lines_of(logged, "acknowledge")
        assert line["outcome"] == "failed: AccessDenied"
        assert line["request_id"] == place.called("/incident/ack")[0].request_id
        (error,) = told(place, "was not acknowledged")
        assert line["request_id"] in error


async def test_what_is_cut_off_because_the_bot_ends__leaves_its_line_as_well():
    async with harbor_at(time_limits=HURRIED) as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        await place.slack.settled()
        before = answers(place)
        place.flashduty.fail("/incident/ack", Fault.hang(), times=None)
        with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logged:
            await place.slack.press(ALICE, message, action_id=action)
            await place.slack.until(lambda: answers(place) > before)
            await place.bot.work.drain(0)
        (line,) = lines_of(logged, "acknowledge")
        assert (line["number"], line["user"]) == (incident[-6:].upper(), ALICE)
        assert (line["team"], line["outcome"]) == ("payments", "cut off")


async def test_what_was_done_and_is_cut_off_while_it_is_told__leaves_its_outcome():
    async with harbor_at() as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        await place.slack.settled()
        before = answers(place)
        place.slack.fail("chat.postMessage", Fault.hang(), times=None)
        with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as logged:
            await place.slack.press(ALICE, message, action_id=action)
            await place.slack.until(lambda: answers(place) > before)
            await place.bot.work.drain(0)
        (line,) = lines_of(logged, "acknowledge")
        assert (line["number"], line["outcome"]) == (incident[-6:].upper(), "acknowledged")


async def test_a_channel_that_is_promised_a_request_id__finds_one():
    """The sentence "Include the request id below" stands only above a request id."""
    async with harbor_at() as place:
        place.flashduty.fail("/schedule/list", Fault.code("InternalError"), times=None)
        await let_it_be_nine(place)
        place.clock.move_to(place.clock.now().replace(hour=8, minute=20))
        await place.bot.tick()
        (text,) = told(place, "Something went wrong inside Flashduty", CAROL)
        assert "Include the request id below" in text
        assert "request id 01" in text


async def test_where_there_is_no_request_id__none_is_promised():
    """The sentence "Include the request id below" stands only above a request id."""
    async with harbor_at() as place:
        place.flashduty.fail("/incident/list", Fault.html(502), times=None)
        message = await place.types("/flashduty incidents")
        assert "below" not in message["text"]


def take_over_button(message):
    return next(
        block["accessory"]["action_id"]
        for block in message["blocks"]
        if block.get("accessory", {}).get("action_id", "").startswith("take_over:")
    )


def covers(place):
    """The lines in the channel; the row of the shift in the digest says it too."""
    seen = place.slack.seen_by(CAROL, PAYMENTS)
    return [m for m in seen if m.get("thread_ts", m["ts"]) != m["ts"] and "covers Payments backup" in m["text"]]


async def test_a_take_over_that_slack_does_not_confirm__comes_into_the_thread_once_when_it_is_tried_again():
    async with harbor_at(time_limits=HURRIED) as place:
        await let_it_be_nine(place)
        digest = place.shown(CAROL)[0]
        place.slack.fail("chat.postMessage", Fault.html(500), times=1)
        await place.presses(digest, take_over_button(digest), BOB)
        failed = next(m for m in place.shown(BOB) if "did not confirm" in m["text"])
        assert covers(place) == []
        for _ in range(2):
            await place.presses(failed, "take_over:retry", BOB)
        (line,) = covers(place)
        assert line["thread_ts"] == digest["ts"]
        assert told(place, "did not confirm", BOB) == []


async def test_a_take_over_whose_answer_is_lost__is_found_in_the_thread():
    """It is found by its metadata; client_msg_id does not prevent a second post."""
    async with harbor_at(time_limits=HURRIED) as place:
        await let_it_be_nine(place)
        digest = place.shown(CAROL)[0]
        place.slack.fail("chat.postMessage", Fault.lost_answer(), times=1)
        await place.presses(digest, take_over_button(digest), BOB)
        assert len(covers(place)) == 1
        assert told(place, "did not confirm", BOB) == []


async def test_while_flashduty_is_slow__a_take_over_says_that_it_is_under_way():
    async with harbor_at(time_limits=HURRIED) as place:
        await let_it_be_nine(place)
        digest = place.shown(CAROL)[0]
        place.flashduty.fail("*", Fault.delay(0.3), times=None)
        await place.presses(digest, take_over_button(digest), BOB)
        assert len(told(place, "Recording that you cover Payments backup …", BOB)) == 1
        assert len(covers(place)) == 1


@asynccontextmanager
async def locked(place):
    """Another process has the database to itself."""
    database = Path(place.settings.database_url.get_secret_value().partition("///")[2])
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_take_over_during_a_locked_database__is_in_doubt_and_told_once_when_it_is_tried_again():
    """It is not known whether the take-over was stored, so the answer says that."""
    async with harbor_at(time_limits=HURRIED) as place:
        await let_it_be_nine(place)
        digest = place.shown(CAROL)[0]
        async with locked(place):
            await place.slack.press(BOB, digest, action_id=take_over_button(digest))
            await place.slack.until(lambda: told(place, "We could not confirm", BOB), timeout=15)
        failed = next(m for m in place.shown(BOB) if "We could not confirm" in m["text"])
        assert "you are recorded as covering Payments backup" in failed["text"]
        assert "The bot's own database does not answer" in failed["text"]
        await place.slack.settled()
        await place.presses(failed, "take_over:retry", BOB)
        assert len(covers(place)) == 1


async def test_a_yes_to_a_proposal_during_a_locked_database__is_in_doubt_and_counts_when_it_is_tried_again():
    """It is not known whether the answer was stored, so the reply says that."""
    groups = {"FLASHDUTY_TEAMS__PAYMENTS__ONCALL_USERGROUPS": "S0PAYONCALL=6002"}
    async with harbor_at(time_limits=HURRIED, FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS="sun", **groups) as place:
        await place.bot.tick()
        proposal = place.shown()[-1]
        yes = next(
            one["action_id"]
            for block in proposal["blocks"]
            for one in block.get("elements", [])
            if one.get("action_id", "").startswith("follow_group")
        )
        async with locked(place):
            await place.slack.press(ALICE, proposal, action_id=yes)
            await place.slack.until(lambda: told(place, "We could not confirm"), timeout=15)
        failed = next(m for m in place.shown() if "We could not confirm" in m["text"])
        assert "your answer for @payments-oncall was recorded" in failed["text"]
        await place.slack.settled()
        await place.presses(failed, "follow_group:retry")
        assert "U0CAROL" not in place.slack.workspace.groups["S0PAYONCALL"].users
