"""Who has an incident is said alike in every view: whoever pressed here, and otherwise whom Flashduty has."""

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at

from sandbox.faults import Fault

OWNER, ALICE_ID, BOB_ID = 7005, 7001, 7002
VIEWS = ["incidents processing", "incident", "me", "digest", "chooser"]


async def raised(place, *paged, title="Card payments fail"):
    if title == "Card payments fail":
        # Nothing else is open, so that no view leaves it out.
        for other in place.flashduty.account.incidents.values():
            other["progress"] = "Closed"
    at = int(place.clock.now().timestamp()) - 2 * 86_400
    responders = [{"person_id": one, "assigned_at": at, "acknowledged_at": 0} for one in paged]
    return place.flashduty.raise_incident(
        title=title, severity="Critical", flashduty_channel=5001, responders=responders, start_time=at, num="ABC123"
    )


async def pressed(place, record, user=BOB):
    card = await place.types(f"/flashduty incident {record['incident_id']}", user)
    await place.presses(card, f"acknowledge:{record['incident_id']}", user)


async def undone(place, user=BOB):
    confirmation = next(m for m in place.slack.seen_by(user, PAYMENTS) if "You acknowledged" in m["text"])
    await place.presses(confirmation, "undo_acknowledge", user)


async def shown(place, view, record, user=BOB):
    """The lines of a view that are about the incident."""
    if view == "incident":
        return (await place.types(f"/flashduty incident {record['incident_id']}", user))["text"]
    if view == "chooser":
        await raised(place, title="Another of the same number")
        view = f"incident {record['num']}"
    text = (await place.types(f"/flashduty {view}", user))["text"]
    lines = text.split("\n")
    about = [number for number, line in enumerate(lines) if "Card payments fail" in line]
    return "\n".join(lines[about[0] : about[0] + 2]) if about else ""


@pytest.mark.parametrize("view", VIEWS)
async def test_whoever_pressed_has_it__in_every_view(quay, view):
    """Flashduty names the owner of the APP Key, who did not press."""
    record = await raised(quay, BOB_ID)
    await pressed(quay, record)
    text = await shown(quay, view, record)
    assert "Acknowledged* by Bob Müller" in text
    assert "Acknowledged* by Dana Okoye" not in text


async def test_a_reminder_says_the_same():
    """Flashduty names the owner of the APP Key, who did not press."""
    given = {"FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "dm", "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun"}
    async with harbor_at(**given) as place:
        record = await raised(place, BOB_ID)
        await pressed(place, record)
        place.clock.shift(timedelta(days=1))
        await place.bot.tick()
        (reminder,) = place.slack.seen_by(CAROL, "D0CAROL")
        line = next(line for line in reminder["text"].split("\n") if "Card payments fail" in line)
        assert "Acknowledged* by Bob Müller" in line


async def test_a_card_lists_whoever_pressed_once(quay):
    """Responders are compared by id; by name, the person who pressed stands there twice."""
    record = await raised(quay, BOB_ID, ALICE_ID)
    await pressed(quay, record)
    text = await shown(quay, "incident", record)
    about_bob = [line for line in text.split("\n") if line.startswith("•") and "Bob Müller" in line]
    assert len(about_bob) == 1
    assert "through Slack, as Dana Okoye" in about_bob[0]
    assert [line for line in text.split("\n") if "Alice Chen" in line and "acknowledged" not in line]


async def test_somebody_else_of_the_same_name_stays_in_the_card(quay):
    """Responders are compared by id; two people may have one name."""
    quay.flashduty.account.persons[7008]["person_name"] = "Bob Müller"
    record = await raised(quay, BOB_ID, 7008)
    await pressed(quay, record)
    text = await shown(quay, "incident", record)
    assert len([line for line in text.split("\n") if line.startswith("•") and "Bob Müller" in line]) == 2
    assert text.count("• Bob Müller, paged") == 1


async def test_whoever_acknowledged_in_flashduty_besides_has_it_too(quay):
    record = await raised(quay, BOB_ID, ALICE_ID)
    await pressed(quay, record)
    at = int(quay.clock.now().timestamp()) + 60
    for one in quay.flashduty.account.incidents[record["incident_id"]]["responders"]:
        if one["person_id"] == ALICE_ID:
            one["acknowledged_at"] = at
    text = await shown(quay, "incident", record)
    (line,) = [line for line in text.split("\n") if line.startswith("👤")]
    assert "Alice Chen" in line
    assert "Bob Müller" in line
    assert "Dana" not in line
    (alice,) = [line for line in text.split("\n") if line.startswith("•") and "Alice Chen" in line]
    assert "through Slack" not in alice


async def test_whoever_presses_too_late__is_told_who_has_it_now(quay):
    """The acknowledgement that was pressed here was withdrawn, and somebody in Flashduty has the incident."""
    record = await raised(quay, BOB_ID, ALICE_ID)
    late = await quay.types(f"/flashduty incident {record['incident_id']}", ALICE)
    await pressed(quay, record)
    at = int(quay.clock.now().timestamp())
    for one in quay.flashduty.account.incidents[record["incident_id"]]["responders"]:
        one["acknowledged_at"] = at if one["person_id"] == ALICE_ID else 0
    await quay.presses(late, f"acknowledge:{record['incident_id']}", ALICE)
    assert any("already acknowledged by Alice Chen" in text for text in quay.sees(ALICE))
    assert not any("already acknowledged by Bob Müller" in text for text in quay.sees(ALICE))


@pytest.mark.parametrize("view", ["incidents triggered", "incident", "me", "digest", "chooser"])
async def test_after_undo__the_keys_owner_was_never_paged(quay, view):
    """The acknowledgement with the APP Key makes its owner a responder, and the undo does not take that back."""
    record = await raised(quay, BOB_ID)
    await pressed(quay, record)
    await undone(quay)
    text = await shown(quay, view, record)
    assert re.search("paged: @?Bob Müller|Bob Müller, paged", text)
    assert "Dana" not in text


async def test_after_acknowledging_and_undoing_twice__the_keys_owner_was_never_paged(quay):
    """The acknowledgement with the APP Key makes its owner a responder, and the undo does not take that back."""
    record = await raised(quay, BOB_ID)
    for _ in range(2):
        await pressed(quay, record)
        await undone(quay)
        quay.clock.shift(timedelta(minutes=5))
    assert "Dana" not in await shown(quay, "incident", record)


async def test_a_keys_owner_who_was_paged__is_told_as_paged(quay):
    """Only the press of the bot is left out, and no page of Flashduty."""
    record = await raised(quay, BOB_ID, OWNER)
    await pressed(quay, record)
    await undone(quay)
    assert "Dana Okoye, paged" in await shown(quay, "incident", record)


async def test_a_keys_owner_who_is_paged_later__is_told_as_paged(quay):
    """Only the press of the bot is left out, and no page of Flashduty."""
    record = await raised(quay, BOB_ID)
    await pressed(quay, record)
    await undone(quay)
    quay.clock.shift(timedelta(minutes=5))
    for one in quay.flashduty.account.incidents[record["incident_id"]]["responders"]:
        if one["person_id"] == OWNER:
            one["assigned_at"] = int(quay.clock.now().timestamp())
    assert "Dana Okoye, paged" in await shown(quay, "incident", record)


async def test_me__is_about_what_is_with_the_asker__not_what_the_bot_did_in_their_name(quay):
    """It holds for the key's owner, for a person who was paged, and for the person who pressed."""
    quay.slack.workspace.people[CAROL].email = "dana@harbor.example"
    record = await raised(quay, ALICE_ID)
    before = (await quay.types("/flashduty me", CAROL))["text"]
    await pressed(quay, record)
    assert "Acknowledged* by Bob Müller" in await shown(quay, "me", record, ALICE)
    assert "Acknowledged* by Bob Müller" in await shown(quay, "me", record, BOB)
    assert (await quay.types("/flashduty me", CAROL))["text"] == before
    await undone(quay)
    assert await shown(quay, "me", record, BOB) == ""
    assert "paged: Alice Chen" in await shown(quay, "me", record, ALICE)
    assert (await quay.types("/flashduty me", CAROL))["text"] == before


async def test_where_names_cannot_be_looked_up__whoever_pressed_has_it_all_the_same(quay):
    record = await raised(quay, BOB_ID)
    quay.flashduty.fail("/person/infos", Fault.code("InternalError"), times=None)
    await pressed(quay, record)
    assert "Acknowledged* by Bob Müller" in await shown(quay, "incident", record)


async def test_a_press_noted_by_the_version_before__still_names_whoever_pressed(quay):
    """What that version stored says who pressed, and not in whose name."""
    record = await raised(quay, BOB_ID)
    await pressed(quay, record)
    database = Path(quay.settings.database_url.get_secret_value().partition("///")[2])
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("UPDATE acknowledgements SET person_id = NULL, owner_id = NULL, put_there_at = NULL")
    assert "Acknowledged* by Bob Müller" in await shown(quay, "incidents processing", record)
    assert "Acknowledged* by Bob Müller" in await shown(quay, "incident", record)
