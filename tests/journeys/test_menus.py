"""The menu of an incident's row: each entry leads where the button of the same name leads."""

import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, acknowledge_buttons, harbor_at

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault


async def two_raised(place):
    """Raise two incidents, and give the one whose row has no button."""
    first = place.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    second = place.flashduty.raise_incident(title="Ledger is behind", severity="Warning", flashduty_channel=5001)
    return first["incident_id"], second["incident_id"]


def row_of(message, incident):
    (found,) = [
        block for block in message["blocks"] if block.get("accessory", {}).get("action_id") == f"menu:{incident}"
    ]
    return found


def entries(message, incident):
    return [one["text"]["text"] for one in row_of(message, incident)["accessory"]["options"]]


def newest(place, user=ALICE):
    return place.slack.seen_by(user, PAYMENTS)[-1]


async def test_the_first_unacknowledged_row_alone__has_a_button(quay):
    first, second = await two_raised(quay)
    message = await quay.types("/flashduty incidents")
    assert acknowledge_buttons(message) == [f"acknowledge:{first}"]
    assert entries(message, first) == [
        "Show incident",
        "Acknowledge and snooze",
        "Add comment",
        "More",
        "Open in Flashduty",
    ]
    assert entries(message, second) == ["Show incident", "Acknowledge", "Add comment", "More", "Open in Flashduty"]


async def test_for_somebody_who_may_only_look__there_are_details_and_the_console(quay):
    _, second = await two_raised(quay)
    message = await quay.types("/flashduty incidents", CAROL)
    assert acknowledge_buttons(message) == []
    assert entries(message, second) == ["Show incident", "More", "Open in Flashduty"]


@pytest.mark.parametrize("command", ["incidents", "incidents triggered since:7d", "incidents ledger"])
async def test_acknowledge_in_the_menu__acknowledges_and_redraws_the_list(harbor, command):
    _, second = await two_raised(harbor)
    message = await harbor.types(f"/flashduty {command}")
    while f"menu:{second}" not in str(message["blocks"]):
        await harbor.presses(message, "again:next")
        message = newest(harbor)
    if acknowledge_buttons(message) == [f"acknowledge:{second}"]:
        harbor.flashduty.raise_incident(title="The ledger is lost", severity="Critical", flashduty_channel=5001)
        await harbor.presses(message, "again:refresh")
        message = newest(harbor)
    headline = message["blocks"][1]
    await harbor.chooses(message, second, "acknowledge")
    assert harbor.flashduty.account.incidents[second]["progress"] == "Processing"
    assert any("Alice Chen acknowledged" in text for text in harbor.sees(CAROL))
    redrawn = harbor.slack.seen_by(ALICE, PAYMENTS)[0]
    assert redrawn["ts"] == message["ts"]
    assert (
        redrawn["blocks"][1]["elements"][0]["text"].split(" · ")[:-1]
        == headline["elements"][0]["text"].split(" · ")[:-1]
    )
    assert "Acknowledge" not in (entries(redrawn, second) if f"menu:{second}" in str(redrawn) else [])


async def test_acknowledge_in_the_menu_of_a_shared_list__redraws_it_for_everybody(quay):
    _, second = await two_raised(quay)
    await quay.presses(await quay.types("/flashduty incidents"), "share")
    shared = newest(quay, CAROL)
    await quay.chooses(shared, second, "acknowledge")
    (redrawn,) = [m for m in quay.slack.seen_by(CAROL, PAYMENTS) if m["ts"] == shared["ts"]]
    assert "Acknowledge" not in entries(redrawn, second)
    assert "Acknowledged* by Alice Chen" in redrawn["text"]


async def test_a_press_in_the_menu_by_somebody_who_may_not__changes_nothing(quay):
    _, second = await two_raised(quay)
    await quay.presses(await quay.types("/flashduty incidents"), "share")
    await quay.chooses(newest(quay, CAROL), second, "acknowledge", CAROL)
    assert quay.flashduty.account.incidents[second]["progress"] == "Triggered"
    assert any("was not acknowledged" in text for text in quay.sees(CAROL))


async def test_details_in_the_menu__shows_the_card(quay):
    _, second = await two_raised(quay)
    await quay.chooses(await quay.types("/flashduty incidents"), second, "details")
    card = newest(quay)
    assert card["text"].startswith("🔶 *Warning*")
    assert "Ledger is behind" in card["text"]
    assert acknowledge_buttons(card) == [f"acknowledge:{second}"]


async def test_add_comment_in_the_menu__opens_the_form(quay):
    _, second = await two_raised(quay)
    await quay.chooses(await quay.types("/flashduty incidents"), second, "open")
    (form,) = quay.slack.views(ALICE)
    assert form["callback_id"] == "comment"


async def test_the_way_to_the_console__is_a_link_and_nothing_else(quay):
    _, second = await two_raised(quay)
    message = await quay.types("/flashduty incidents")
    before = len(quay.flashduty.calls)
    option = row_of(message, second)["accessory"]["options"][-1]
    assert option["url"] == quay.flashduty.account.incidents[second]["detail_url"]
    delivery = await quay.slack.press(ALICE, message, action_id=f"menu:{second}", selected=option["value"])
    await quay.slack.settled()
    assert delivery.acked
    assert len(quay.flashduty.calls) == before
    assert newest(quay)["ts"] == message["ts"]


async def test_a_slow_acknowledgement_from_the_menu__is_said_in_the_row_and_marked_there():
    async with harbor_at(time_limits=TimeLimits(notice=0.05, redraw=10.0)) as place:
        _, second = await two_raised(place)
        message = await place.types("/flashduty incidents")
        place.flashduty.fail("/incident/info", Fault.delay(0.3), times=1)
        place.flashduty.fail("/incident/list", Fault.delay(1.0), times=1)
        entry = next(one for one in row_of(message, second)["accessory"]["options"] if "acknowledge" in one["value"])
        await place.slack.press(ALICE, message, action_id=f"menu:{second}", selected=entry["value"])

        def rows(words):
            texts = (text.partition("Ledger is behind")[2].partition("#")[0] for text in place.sees())
            return [row for row in texts if words in row]

        await place.slack.until(lambda: rows("Acknowledging"))
        (marked,) = await place.slack.until(lambda: rows("✅ Acknowledged by you"))
        assert "Unacknowledged" not in marked
        await place.slack.until(lambda: rows("Acknowledged* by Alice Chen"))
        await place.slack.settled()
        assert len([m for m in place.shown() if "Ledger is behind" in m["text"] and m["ts"] == message["ts"]]) == 1


async def test_a_search_too_long_to_be_carried__leaves_acknowledge_to_the_details(quay):
    words = "x" * 190
    incidents = [
        quay.flashduty.raise_incident(title=words, severity=severity, flashduty_channel=5001)["incident_id"]
        for severity in ("Critical", "Warning")
    ]
    message = await quay.types(f"/flashduty incidents triggered since:7d {words}")
    assert acknowledge_buttons(message) == [f"acknowledge:{incidents[0]}"]
    assert entries(message, incidents[1]) == ["Show incident", "Add comment", "More", "Open in Flashduty"]
    await quay.presses(message, f"acknowledge:{incidents[0]}")
    await quay.slack.settled()
    assert quay.flashduty.account.incidents[incidents[0]]["progress"] == "Processing"


async def test_two_people_who_choose_acknowledge__are_told_who_was_first(quay):
    _, second = await two_raised(quay)
    mine, theirs = await quay.types("/flashduty incidents"), await quay.types("/flashduty incidents", BOB)
    await quay.chooses(mine, second, "acknowledge")
    await quay.chooses(theirs, second, "acknowledge", BOB)
    assert any("already acknowledged by Alice Chen" in text for text in quay.sees(BOB))
    assert len(quay.called("/incident/ack")) == 1
