"""What a person is told after a press, whatever is slow: that it is under way, and in the end what came of it."""

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at, replica_of

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault

# A hurried desk: a step of Flashduty is "slow" from 0.1 s on.
HURRIED = TimeLimits(notice=0.1, lookup=2.0, names=1.0, redraw=1.0, attempt=0.5)
SLOW = Fault.delay(0.2)


async def raised(place, title="Card payments fail", **given):
    record = place.flashduty.raise_incident(title=title, severity="Critical", flashduty_channel=5001, **given)
    return record["incident_id"], f"acknowledge:{record['incident_id']}"


def number_of(incident_id):
    return incident_id[-6:].upper()


def told(place, words, user=ALICE, channel=PAYMENTS):
    return [text for text in place.sees(user, channel) if words in text]


def progress(place, incident_id):
    return place.flashduty.account.incidents[incident_id]["progress"]


@asynccontextmanager
async def hurried(**more):
    async with harbor_at(time_limits=HURRIED, **more) as place:
        yield place


@asynccontextmanager
async def locked(place):
    """Another process has the database to itself."""
    database = Path(place.settings.database_url.get_secret_value().partition("///")[2])
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def morning(place):
    place.clock.move_to(place.clock.now().replace(hour=8, minute=0))
    await place.bot.tick()
    return place.shown(CAROL)[0]


def button_in(message, incident_id):
    assert f"acknowledge:{incident_id}" in str(message["blocks"])
    return f"acknowledge:{incident_id}"


async def confirmation(place, action):
    await place.presses(await place.types("/flashduty incidents"), action)
    return next(m for m in place.slack.seen_by(ALICE, PAYMENTS)[::-1] if "You acknowledged" in m["text"])


async def test_a_slow_look_up_of_addresses__does_not_hide_an_acknowledgement():
    """Flashduty has the acknowledgement; what is slow afterwards may cost only itself."""
    async with hurried() as place:
        incident, _ = await raised(place)
        digest = await morning(place)
        place.slack.fail("users.lookupByEmail", Fault.hang(), times=None)
        await place.chooses(digest, incident, "acknowledge")
        assert progress(place, incident) == "Processing"
        assert len(told(place, "You acknowledged")) == 1
        assert len(told(place, "Alice Chen acknowledged", CAROL)) == 1
        assert told(place, "in time") == []


async def test_a_locked_database__does_not_hide_an_acknowledgement_nor_its_undo():
    """After a write no time-out may say that nothing was made."""
    async with hurried() as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        async with locked(place):
            await place.slack.press(ALICE, message, action_id=action)
            await place.slack.until(lambda: told(place, "You acknowledged"), timeout=15)
            assert progress(place, incident) == "Processing"
            assert told(place, "Alice Chen acknowledged", CAROL)
            undo = next(m for m in place.shown() if "You acknowledged" in m["text"])
            await place.slack.press(ALICE, undo, action_id="undo_acknowledge")
            await place.slack.until(lambda: told(place, " unacknowledged <", CAROL), timeout=15)
        assert progress(place, incident) == "Triggered"
        assert told(place, "was not") == []


async def test_a_list_that_cannot_be_drawn_again__shows_who_has_it_all_the_same():
    """A redraw that fails costs only itself."""
    async with hurried() as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("/incident/list", Fault.hang(), times=None)
        await place.presses(message, action)
        assert len(told(place, "You acknowledged")) == 1
        (listed,) = told(place, "Acknowledged by you")
        assert f"#{number_of(incident)}" in listed
        assert action not in str(place.shown()[0]["blocks"])


async def test_while_flashduty_is_slow__the_row_says_that_it_is_under_way_and_then_what_came_of_it():
    """A press is answered at once, and finished later."""
    async with hurried() as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("*", SLOW, times=None)
        await place.slack.press(ALICE, message, action_id=action)
        await place.slack.until(lambda: told(place, f"Acknowledging #{number_of(incident)} …"))
        assert progress(place, incident) == "Triggered"
        assert action not in str(place.shown()[0]["blocks"])
        await place.slack.settled()
        assert progress(place, incident) == "Processing"
        assert told(place, "Acknowledging") == []
        assert len(told(place, "You acknowledged")) == 1
        assert len(told(place, "Acknowledged* by Alice Chen")) == 1


async def test_while_flashduty_is_slow__a_press_in_a_channel_is_answered_in_a_line_that_stays():
    async with hurried() as place:
        incident, _ = await raised(place)
        digest = await morning(place)
        place.flashduty.fail("*", SLOW, times=None)
        await place.chooses(digest, incident, "acknowledge")
        texts = [m["text"] for m in place.shown() if m["ephemeral"]]
        assert texts[0] == f"Acknowledging #{number_of(incident)} …"
        assert "You acknowledged" in texts[1]
        assert told(place, "Acknowledging", CAROL) == []


async def test_a_slow_write_that_fails__gives_the_row_its_button_back_and_says_what_did_not_happen():
    async with hurried() as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("/incident/info", Fault.delay(0.4))
        place.flashduty.fail("/incident/ack", Fault.code("AccessDenied"))
        await place.slack.press(ALICE, message, action_id=action)
        await place.slack.until(lambda: told(place, "Acknowledging"))
        await place.slack.settled()
        assert action in str(place.shown()[0]["blocks"])
        assert told(place, "Acknowledging") == []
        (error,) = told(place, "was not acknowledged")
        assert error.startswith(f"*#{number_of(incident)} was not acknowledged.*")


async def test_a_double_press_while_the_first_is_under_way__acts_and_speaks_once():
    async with hurried() as place:
        _, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("*", SLOW, times=None)
        for _ in range(2):
            await place.slack.press(ALICE, message, action_id=action)
        await place.slack.settled()
        assert len(place.called("/incident/ack")) == 1
        assert len(told(place, "You acknowledged")) == 1
        assert len(told(place, "Alice Chen acknowledged", CAROL)) == 1
        assert told(place, "Acknowledging") == []


async def test_undo_while_flashduty_is_slow__says_so_in_the_line_it_was_pressed_in():
    async with hurried() as place:
        incident, action = await raised(place)
        line = await confirmation(place, action)
        place.flashduty.fail("*", SLOW, times=None)
        await place.slack.press(ALICE, line, action_id="undo_acknowledge")
        await place.slack.until(lambda: told(place, f"Undoing the acknowledgement of #{number_of(incident)} …"))
        await place.slack.settled()
        assert progress(place, incident) == "Triggered"
        assert told(place, "Undoing") == []
        assert len(told(place, "Undone. ")) == 1


async def test_slow_slack_and_slow_flashduty__use_the_response_url_five_times_at_most():
    """docs.slack.dev/interactivity/handling-user-interaction: five times within 30 minutes."""
    async with hurried() as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("/incident/info", Fault.delay(0.3), times=2)
        place.slack.fail("chat.postMessage", Fault.error("not_in_channel"), times=None)
        place.slack.fail("response_url", Fault.html(503), times=None)
        before = len(place.slack.calls)
        await place.presses(message, action)
        assert progress(place, incident) == "Processing"
        assert sum(call.method == "response_url" for call in place.slack.calls[before:]) <= 5
        assert len(told(place, "You acknowledged")) == 1


@pytest.mark.parametrize(
    "fault",
    [Fault.hang(), Fault.html(500), Fault.html(503), Fault.reset(), Fault.lost_answer(), Fault.error("invalid_blocks")],
    ids=["hang", "500", "503", "reset", "lost", "refused"],
)
async def test_an_answer_whose_first_way_fails__comes_the_second_way(fault):
    """A private answer may come twice, so the second way is always tried."""
    async with hurried() as place:
        place.slack.fail("response_url", fault, times=None)
        await place.slack.command(ALICE, PAYMENTS, "/flashduty oncall")
        await place.slack.settled()
        assert "On call now" in place.sees()[-1]


async def test_an_answer_that_comes_neither_way__comes_as_a_direct_message():
    """The response URL and the ephemeral message both fail."""
    async with hurried() as place:
        place.slack.fail("response_url", Fault.html(500), times=None)
        place.slack.fail("chat.postEphemeral", Fault.html(500), times=None)
        await place.slack.command(ALICE, PAYMENTS, "/flashduty oncall")
        await place.slack.settled()
        direct = place.slack.workspace.im_with(ALICE)
        assert "On call now" in place.sees(ALICE, direct.id)[-1]


async def test_an_answer_whose_blocks_slack_takes_on_no_way__comes_as_its_text():
    async with hurried() as place:
        for way in ("response_url", "chat.postEphemeral", "chat.postMessage"):
            place.slack.fail(way, Fault.error("invalid_blocks"), times=1)
        await place.slack.command(ALICE, PAYMENTS, "/flashduty oncall")
        await place.slack.settled()
        (answer,) = [message for message in place.shown() if "On call now" in message["text"]]
        assert not answer.get("blocks")


async def shared(place):
    """Share a list, and give the private message that came of it."""
    message = await place.types("/flashduty oncall")
    share = next(
        one["action_id"]
        for block in message["blocks"]
        for one in block.get("elements", [])
        if one.get("action_id", "").startswith("share")
    )
    known = {m["ts"] for m in place.shown()}
    await place.presses(message, share)
    return next((m for m in place.shown() if m["ephemeral"] and m["ts"] not in known), None)


@pytest.mark.parametrize("fault", [Fault.html(500), Fault.html(503), Fault.reset()], ids=["500", "503", "reset"])
async def test_a_share_that_slack_does_not_confirm__is_told_and_comes_once_when_tried_again(fault):
    """Try again carries the same occasion."""
    async with hurried() as place:
        place.slack.fail("chat.postMessage", fault, times=1)
        failed = await shared(place)
        assert "Slack did not confirm that your message was posted" in failed["text"]
        assert told(place, "On call now", CAROL) == []
        for _ in range(2):
            await place.presses(failed, "share:retry")
        assert len(told(place, "On call now", CAROL)) == 1
        assert told(place, "did not confirm") == []
        assert len(told(place, f"It is in <#{PAYMENTS}> now.")) == 1


async def test_a_share_whose_answer_is_lost__is_found_and_nothing_is_said():
    """It is found by its metadata; client_msg_id does not prevent a second post."""
    async with hurried() as place:
        place.slack.fail("chat.postMessage", Fault.lost_answer(), times=1)
        assert await shared(place) is None
        assert len(told(place, "On call now", CAROL)) == 1


async def test_a_share_where_nobody_may_look__is_not_posted_again_unasked():
    """Without a look into the channel, a second message cannot be excluded; the person is told so and decides."""
    async with hurried() as place:
        place.slack.fail("chat.postMessage", Fault.lost_answer(), times=1)
        place.slack.fail("conversations.history", Fault.error("missing_scope"), times=None)
        failed = await shared(place)
        assert "may post it a second time" in failed["text"]
        assert len(told(place, "On call now", CAROL)) == 1
        async with aiohttp.ClientSession() as session, session.get(f"{place.bot.url}/readyz") as answer:
            assert (await answer.json())["lines_not_confirmed"] == 1


async def test_a_line_that_slack_does_not_confirm__is_told_again_by_a_press_and_nothing_is_acknowledged_anew():
    """Flashduty has the acknowledgement already; only the line in the channel is in doubt."""
    async with hurried() as place:
        _, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.slack.fail("chat.postMessage", Fault.html(500), times=1)
        await place.presses(message, action)
        assert len(told(place, "You acknowledged")) == 1
        failed = next(m for m in place.shown() if "did not confirm that the line about" in m["text"])
        await place.presses(failed, "tell_channel:retry")
        assert len(told(place, "Alice Chen acknowledged", CAROL)) == 1
        assert len(place.called("/incident/ack")) == 1
        assert told(place, "did not confirm") == []


async def test_a_line_that_is_tried_again_after_an_undo__is_not_posted():
    async with hurried() as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.slack.fail("chat.postMessage", Fault.html(500), times=1)
        await place.presses(message, action)
        failed = next(m for m in place.shown() if "did not confirm that the line about" in m["text"])
        place.flashduty.account.incidents[incident].update(progress="Triggered", ack_time=0, responders=[])
        await place.presses(failed, "tell_channel:retry")
        assert told(place, "Alice Chen acknowledged", CAROL) == []


async def test_the_slow_one_is_named__slack():
    async with hurried() as place:
        place.slack.fail("users.info", Fault.hang(), times=None)
        message = await place.types("/flashduty incidents", BOB)
        assert "Slack timed out" in message["text"]


async def test_the_slow_one_is_named__the_database():
    async with hurried() as place, locked(place):
        message = await place.types("/flashduty digest")
        assert "The bot's own database timed out" in message["text"]


async def test_the_slow_one_is_named__flashduty_with_the_incident_that_was_meant():
    time_limits = TimeLimits(notice=0.1, call=0.5, change=2.0)
    async with harbor_at(time_limits=time_limits) as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("/incident/info", Fault.hang(), times=None)
        await place.presses(message, action)
        (error,) = told(place, "was not acknowledged")
        assert f"#{number_of(incident)}" in error
        assert "Flashduty timed out" in error


async def test_two_people_on_two_replicas_at_once__the_second_reads_who_was_first():
    """The first write wins in the database; the channel is told once, without client_msg_id."""
    async with harbor_at() as place, replica_of(place):
        _, action = await raised(place)
        alices, bobs = await place.types("/flashduty incidents"), await place.types("/flashduty incidents", BOB)
        place.flashduty.fail("/incident/ack", Fault.delay(0.3), times=2)
        await asyncio.gather(
            place.slack.press(ALICE, alices, action_id=action), place.slack.press(BOB, bobs, action_id=action)
        )
        await place.slack.settled()
        lines = told(place, " acknowledged <", CAROL)
        assert len(lines) == 1
        confirmed = told(place, "You acknowledged", ALICE) + told(place, "You acknowledged", BOB)
        assert len(confirmed) == 1


async def test_a_bot_that_ends_before_flashduty_answers__says_what_is_not_known():
    """Who asked hears the end, also when that is that nobody knows."""
    async with hurried() as place:
        incident, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("/incident/ack", Fault.hang(), times=None)
        place.flashduty.fail("/incident/info", Fault.delay(0.1), times=2)
        place.flashduty.fail("/incident/info", Fault.hang(), times=None)
        delivery = await place.slack.press(ALICE, message, action_id=action)
        assert delivery.acked
    (text,) = told(place, "The bot is restarting")
    assert f"We could not confirm that #{number_of(incident)} was acknowledged" in text


async def test_once_it_is_made__the_row_says_so_while_the_list_is_still_being_drawn():
    async with harbor_at(time_limits=TimeLimits(notice=0.05, redraw=10.0)) as place:
        _, action = await raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("/incident/info", Fault.delay(0.3), times=1)
        place.flashduty.fail("/incident/list", Fault.delay(1.0), times=1)
        await place.slack.press(ALICE, message, action_id=action)
        await place.slack.until(lambda: told(place, "Acknowledging"))
        (listed,) = await place.slack.until(lambda: told(place, "✅ Acknowledged by you"))
        row = listed.partition("Card payments fail")[2].partition("#")[0]
        assert "✅ Acknowledged by you" in row
        assert "Unacknowledged" not in row
        await place.slack.until(lambda: told(place, "Acknowledged* by Alice Chen"))
        assert told(place, "Acknowledged by you") == []
