"""Answers that stand in the bot's own tables, looked up after a crash: a shift taken over, a user group decided on."""

import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from crashes import dying, next_one, open_actions, silence, told
from harbor import ALICE, BOB, CAROL, PAYMENTS, environment, harbor_at

from bot.config.settings import Settings
from sandbox.faults import Fault

GROUPS = "FLASHDUTY_TEAMS__PAYMENTS__ONCALL_USERGROUPS"
BACKUP = {
    GROUPS: "S0PAYONCALL=6002",
    "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun",
}


@pytest.fixture
async def place(tmp_path):
    """A digest is in the channel, with "I have it" for the shift that begins at 08:00 UTC."""
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        place.database = tmp_path / "bot.db"
        place.clock.shift(timedelta(minutes=30))
        await place.bot.tick()
        (place.digest,) = place.shown(CAROL)
        yield place


@pytest.fixture
async def group(tmp_path):
    """A user group is proposed in the channel."""
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False, **BACKUP) as place:
        place.database = tmp_path / "bot.db"
        await place.bot.tick()
        (place.proposal,) = place.shown(CAROL)
        yield place


def takeovers(place):
    with closing(sqlite3.connect(place.database)) as connection:
        return connection.execute("SELECT * FROM shift_takeovers").fetchall()


def decisions(place):
    with closing(sqlite3.connect(place.database)) as connection:
        return connection.execute("SELECT * FROM usergroup_decisions").fetchall()


def button(message, name):
    elements = [one for block in message["blocks"] for one in [block.get("accessory"), *block.get("elements", [])]]
    return next(one["action_id"] for one in elements if one and one.get("action_id", "").startswith(name))


def lines_in_thread(place):
    replies = [m for m in place.slack.seen_by(CAROL, PAYMENTS) if m.get("thread_ts") == place.digest["ts"] != m["ts"]]
    return [m["text"] for m in replies if "covers Payments backup" in m["text"]]


async def presses_until(place, message, name, seen):
    """Press, and wait for what a process that dies has done by then."""
    await place.slack.press(ALICE, message, action_id=button(message, name))
    await place.slack.until(lambda: seen(place), timeout=10)


async def taken_and_untold(place):
    """Take the shift over in a process that dies before anybody is told."""
    async with dying(place):
        silence(place)
        await presses_until(place, place.digest, "take_over:", takeovers)
    assert len(open_actions(place)) == 1


async def not_taken(place):
    """Press "I have it" in a process that dies before it is stored."""
    async with dying(place):
        place.slack.fail("response_url", Fault.hang(), times=None)
        place.flashduty.fail("/schedule/list", Fault.hang(), times=None)
        await presses_until(place, place.digest, "take_over:", open_actions)


async def test_a_shift_that_was_taken_over__is_told_to_the_person_and_once_in_the_thread(place):
    await taken_and_untold(place)
    async with next_one(place):
        (line,) = lines_in_thread(place)
        assert "Alice Chen covers Payments backup" in line
        assert "still pages" in line
        assert len(told(place, "Alice Chen covers Payments backup")) == 1
        assert not told(place, "could not confirm")
        assert open_actions(place) == []


async def test_a_shift_that_was_taken_over__whose_line_came_before_the_end__is_not_told_twice_in_the_thread(place):
    async with dying(place):
        place.slack.fail("chat.postMessage", Fault.lost_answer(), times=None)
        place.slack.fail("conversations.replies", Fault.hang(), times=None)
        await presses_until(place, place.digest, "take_over:", lines_in_thread)
    async with next_one(place):
        assert len(lines_in_thread(place)) == 1
        told_to_her = [text for text in told(place, "Alice Chen covers Payments backup") if text.startswith("🤝")]
        assert len(told_to_her) == 1


async def test_a_shift_that_was_not_taken_over__is_told_as_that__and_can_be_in_the_same_thread(place):
    await not_taken(place)
    async with next_one(place):
        (shown,) = [m for m in place.shown() if "It was not recorded that you cover Payments backup" in m["text"]]
        assert "The bot stopped before it was done." in shown["text"]
        assert lines_in_thread(place) == []
        await place.presses(shown, "take_over:retry")
        assert len(lines_in_thread(place)) == 1


async def test_a_shift_that_somebody_else_took_over_meanwhile__is_told_as_theirs(place):
    await not_taken(place)
    place.slack.deliver_to(f"{place.bot.url}/slack/events")
    await place.presses(place.digest, button(place.digest, "take_over:"), BOB)
    async with next_one(place):
        assert len(told(place, "Bob Müller already covers Payments backup")) == 1
        assert not told(place, "was not recorded")
        assert len(lines_in_thread(place)) == 1


async def test_a_shift_that_is_over_when_it_is_looked_up__is_told_as_over__and_not_to_the_channel(place):
    # It ends at 08:00 the next morning.
    place.clock.shift(timedelta(hours=2))
    await taken_and_untold(place)
    place.clock.shift(timedelta(hours=23))
    async with next_one(place):
        direct = told(place, "This shift of Payments backup ended", ALICE, "D0ALICE")
        assert len(direct) == 1
        assert lines_in_thread(place) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("follow_group", "@payments-oncall is synced with on-call"),
        ("leave_group", "@payments-oncall is not synced with on-call"),
    ],
)
async def test_an_answer_for_a_user_group_that_was_stored__takes_the_place_of_the_proposal(group, name, words):
    async with dying(group):
        silence(group)
        await presses_until(group, group.proposal, name, decisions)
    async with next_one(group):
        (now,) = [m for m in group.shown(CAROL) if m["ts"] == group.proposal["ts"]]
        assert words in now["text"]
        assert "by Alice Chen" in now["text"]
        assert not told(group, "could not confirm")
        assert open_actions(group) == []


async def test_an_answer_for_a_user_group_that_was_stored__is_told_directly_after_half_an_hour(group):
    async with dying(group):
        silence(group)
        await presses_until(group, group.proposal, "leave_group", decisions)
    group.clock.shift(timedelta(minutes=31))
    async with next_one(group):
        assert len(told(group, "@payments-oncall is not synced with on-call", ALICE, "D0ALICE")) == 1


@contextmanager
def nothing_stored(place):
    """Let the database refuse every answer for a user group."""
    refusing = "CREATE TRIGGER refusing BEFORE INSERT ON usergroup_decisions BEGIN SELECT RAISE(ABORT, 'no'); END"
    with closing(sqlite3.connect(place.database)) as connection:
        connection.execute(refusing)
        yield
        connection.execute("DROP TRIGGER refusing")


async def not_decided(place):
    """Answer the proposal in a process that dies before the answer is stored."""
    with nothing_stored(place):
        async with dying(place):
            silence(place)
            await presses_until(place, place.proposal, "leave_group", open_actions)


async def test_an_answer_for_a_user_group_that_was_not_stored__is_told_as_that__and_can_be_given(group):
    await not_decided(group)
    async with next_one(group):
        (shown,) = [m for m in group.shown() if "Your answer for @payments-oncall was not recorded" in m["text"]]
        await group.presses(shown, "leave_group:retry")
        assert len(decisions(group)) == 1


async def test_an_answer_that_somebody_else_gave_meanwhile__is_told_as_theirs(group):
    await not_decided(group)
    group.slack.deliver_to(f"{group.bot.url}/slack/events")
    await group.presses(group.proposal, button(group.proposal, "follow_group"), BOB)
    async with next_one(group):
        assert [text for text in told(group, "is synced with on-call") if "Approved by Bob Müller" in text]
        assert not told(group, "was not recorded")


async def declined_by_a_namesake(place):
    """Let Bob, who has Alice's name in Slack, give the answer that hers was not stored for."""
    namesake = place.slack.workspace.people[BOB]
    namesake.name = namesake.real_name = place.slack.workspace.people[ALICE].real_name
    place.slack.deliver_to(f"{place.bot.url}/slack/events")
    await place.presses(place.proposal, button(place.proposal, "leave_group"), BOB)


async def test_an_answer_that_a_namesake_gave_meanwhile__is_told_privately_as_theirs(group):
    await not_decided(group)
    await declined_by_a_namesake(group)
    async with next_one(group):
        assert len(told(group, "is not synced with on-call", CAROL)) == 1
        assert len(told(group, "is not synced with on-call")) == 2


async def test_an_answer_that_a_version_before_stored_without_the_persons_id__is_compared_by_name(group):
    await not_decided(group)
    await declined_by_a_namesake(group)
    with closing(sqlite3.connect(group.database)) as connection, connection:
        connection.execute("UPDATE usergroup_decisions SET slack_user_id = NULL")
    async with next_one(group):
        assert len(told(group, "is not synced with on-call")) == 1


async def test_an_answer_for_settings_that_have_changed_since__is_told_as_that(group):
    await not_decided(group)
    changed = environment(group.slack, group.flashduty, socket_mode=False, **{**BACKUP, GROUPS: "S0PAYONCALL=6001"})
    settings = Settings.load({**changed, "DATABASE_URL": f"sqlite:///{group.database}"}, None, None)
    async with next_one(group, settings):
        assert len(told(group, "*Nothing was changed: the settings of team payments are different now.*")) == 1
