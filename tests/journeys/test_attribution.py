"""The timeline says who did something in Slack: once, after the answer, and whatever becomes of it changes nothing."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from datetime import timedelta

import pytest
from crashes import dying, next_one
from harbor import ALICE, PAYMENTS, harbor_at, replica_of
from living import CARD, SETTING, looks, the_card
from trails import results

from sandbox.faults import Fault

OFF = {SETTING + "ATTRIBUTION": "off"}
SENTENCE = "Acknowledged from Slack by Alice Chen"


def raised(place, **given):
    given = {"title": "Card payments fail", "severity": "Critical", "flashduty_channel": 5001, **given}
    return place.flashduty.raise_incident(**given)["incident_id"]


def comments(place, incident):
    """The comments of a timeline, the oldest first."""
    entries = place.flashduty.account.timeline.of(place.flashduty.account.incidents[incident])
    return [one.detail["comment"] for one in entries if one.what == "i_comm"]


async def acknowledged(place, incident):
    await place.presses(await place.types("/flashduty incidents"), f"acknowledge:{incident}")


async def test_an_acknowledgement_and_its_undo__are_each_told_once_in_the_timeline(quay):
    incident = raised(quay)
    await acknowledged(quay, incident)
    assert comments(quay, incident) == [SENTENCE]
    confirmation = next(one for one in quay.shown() if "You acknowledged" in one["text"])
    await quay.presses(confirmation, "undo_acknowledge")
    assert comments(quay, incident) == [SENTENCE, "Unacknowledged from Slack by Alice Chen"]
    for _ in range(3):
        quay.clock.shift(timedelta(minutes=2))
        await quay.bot.tick()
    assert len(comments(quay, incident)) == 2


@pytest.mark.parametrize(("language", "sentence"), [("en", SENTENCE), ("zh", "由 Alice Chen 在 Slack 中认领")])
async def test_the_timeline__is_spoken_to_in_the_language_of_the_teams_channels(language, sentence):
    async with harbor_at(**{SETTING + "LANGUAGE": language}) as place:
        incident = raised(place)
        await acknowledged(place, incident)
        assert comments(place, incident) == [sentence]


async def test_a_team_that_wants_none__gets_none():
    async with harbor_at(**OFF) as place:
        incident = raised(place)
        await acknowledged(place, incident)
        place.clock.shift(timedelta(minutes=2))
        await place.bot.tick()
        assert comments(place, incident) == []
        assert place.called("/incident/comment") == []


async def test_a_name_that_is_markup__has_no_effect(quay):
    person = quay.slack.workspace.people[ALICE]
    person.name = person.real_name = "[x](flashduty://ref/member/7001) <b>*Ann*</b>\nClosed"
    incident = raised(quay)
    await acknowledged(quay, incident)
    (comment,) = comments(quay, incident)
    assert comment == r"Acknowledged from Slack by \[x\](flashduty\://ref/member/7001) \<b>\*Ann\*\</b> Closed"


@pytest.mark.parametrize("fault", [Fault.code("AccessDenied"), Fault.html(502), Fault.hang()])
async def test_a_comment_that_cannot_be_written__changes_nothing_for_the_person(quay, fault):
    incident = raised(quay)
    quay.flashduty.fail("/incident/comment", fault, times=None)
    message = await quay.types("/flashduty incidents")
    await quay.slack.press(ALICE, message, action_id=f"acknowledge:{incident}")
    await quay.slack.until(lambda: any("You acknowledged" in text for text in quay.sees()), timeout=10)
    assert quay.flashduty.account.incidents[incident]["progress"] == "Processing"
    quay.flashduty.mend()


async def test_a_comment_that_failed__is_written_later(quay):
    incident = raised(quay)
    quay.flashduty.fail("/incident/comment", Fault.html(502), times=None)
    await acknowledged(quay, incident)
    # It is written behind the answer, which is all that somebody in Slack waits for.
    await quay.slack.until(lambda: quay.called("/incident/comment"))
    await quay.slack.settled()
    assert comments(quay, incident) == []
    quay.flashduty.mend()
    quay.clock.shift(timedelta(minutes=2))
    await quay.bot.tick()
    assert comments(quay, incident) == [SENTENCE]


async def test_a_comment_whose_answer_was_lost__is_not_written_again(quay):
    incident = raised(quay)
    quay.flashduty.fail("/incident/comment", Fault.lost_answer())
    await acknowledged(quay, incident)
    assert comments(quay, incident) == [SENTENCE]
    for _ in range(3):
        quay.clock.shift(timedelta(minutes=5))
        await quay.bot.tick()
    assert comments(quay, incident) == [SENTENCE]
    assert len(quay.called("/incident/comment")) == 1


async def locks(other):
    """Take the database for oneself as soon as it is free."""
    while not other.in_transaction:
        with suppress(sqlite3.OperationalError):
            other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(0)


async def test_while_the_database_is_slow__it_is_written_once(tmp_path):
    """What takes longer than the person waits is stored all the same."""
    database = tmp_path / "bot.db"
    async with harbor_at(DATABASE_URL=f"sqlite:///{database}", socket_mode=False) as place:
        incident = raised(place)
        message = await place.types("/flashduty incidents")
        made = asyncio.Event()
        place.flashduty.account.timeline.on_note.append(lambda _: made.set())
        place.flashduty.fail("/incident/ack", Fault.late(0.5))
        await place.slack.press(ALICE, message, action_id=f"acknowledge:{incident}")
        await made.wait()
        with closing(sqlite3.connect(database, isolation_level=None, timeout=0)) as other:
            await locks(other)
            await place.slack.until(lambda: any("You acknowledged" in text for text in place.sees()))
            other.execute("ROLLBACK")
        await place.slack.settled()
        for _ in range(3):
            place.clock.shift(timedelta(minutes=2))
            await place.bot.tick()
        assert comments(place, incident) == [SENTENCE]
        assert [one[-1] for one in await results(place)] == ["done"]


async def test_a_comment_that_was_lost__is_written_although_the_same_is_said_of_a_later_change(quay):
    incident = raised(quay)
    quay.flashduty.fail("/incident/comment", Fault.reset())
    await acknowledged(quay, incident)
    assert comments(quay, incident) == []
    quay.clock.shift(timedelta(minutes=5))
    quay.flashduty.console.unacknowledge(incident, by="Dana Okoye")
    await acknowledged(quay, incident)
    assert comments(quay, incident) == [SENTENCE]
    await quay.bot.tick()
    assert comments(quay, incident) == [SENTENCE, SENTENCE]


async def test_two_replicas__write_it_once(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        incident = raised(place)
        async with replica_of(place) as other:
            await acknowledged(place, incident)
            place.clock.shift(timedelta(minutes=2))
            await place.bot.tick()
            await other.tick()
        assert comments(place, incident) == [SENTENCE]


async def test_a_process_that_ends_before_the_answer__leaves_the_comment_to_the_next_one(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        incident = raised(place)
        async with dying(place):
            message = await place.types("/flashduty incidents")
            place.slack.fail("*", Fault.hang(), times=None)
            await place.slack.press(ALICE, message, action_id=f"acknowledge:{incident}")
            await place.slack.until(lambda: place.called("/incident/ack"), timeout=10)
        assert comments(place, incident) == []
        place.clock.shift(timedelta(minutes=2))
        async with next_one(place) as bot:
            await bot.tick()
            await place.slack.settled()
        assert comments(place, incident) == [SENTENCE]


async def test_the_thread_of_a_card__does_not_repeat_it():
    async with harbor_at(**CARD) as place:
        await looks(place)
        incident = raised(place, title="Ledger is behind")
        await looks(place)
        card = the_card(place)
        await place.presses(card, f"acknowledge:{incident}")
        assert comments(place, incident) == [SENTENCE]
        await looks(place)
        replies = [one for one in place.slack.seen_by(ALICE, PAYMENTS) if one.get("thread_ts") == card["ts"]]
        told = " ".join(one["text"] for one in replies if one["ts"] != card["ts"])
        assert "Alice Chen" in told
        assert "from Slack" not in told


async def test_a_comment_of_the_same_form_from_the_console__is_told_with_whoever_wrote_it():
    async with harbor_at(**CARD) as place:
        await looks(place)
        incident = raised(place, title="Ledger is behind")
        await looks(place)
        card = the_card(place)
        await place.presses(card, f"acknowledge:{incident}")
        place.clock.shift(timedelta(seconds=5))
        place.flashduty.console.comment(incident, by="Carol Diaz", text="Closed from Slack by Alice Chen")
        place.flashduty.console.comment(incident, by="Carol Diaz", text="由 Alice Chen 在 Slack 中关闭")
        await looks(place)
        replies = [one["text"] for one in place.slack.seen_by(ALICE, PAYMENTS) if one.get("thread_ts") == card["ts"]]
        told = "\n".join(replies)
        assert "Carol Diaz commented:\nClosed from Slack by Alice Chen" in told
        assert "Carol Diaz commented:\n由 Alice Chen 在 Slack 中关闭" in told
        assert SENTENCE not in told
        summary = str(await place.types(f"/flashduty catchup {incident}"))
        assert "Carol Diaz: “Closed from Slack by Alice Chen”" in summary
        assert SENTENCE not in summary
