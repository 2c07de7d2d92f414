"""Refresh while Flashduty does not answer: what is shown stays, and says of when it is."""

import json
import re
from datetime import timedelta

import pytest
from harbor import ALICE, CAROL, PAYMENTS, harbor_at, replica_of

from bot.messages.language import chinese
from sandbox.faults import Fault

MARK = re.compile(r"⚠️ As of <!date\^(\d+)[^>]*>: Flashduty does not answer\.")


SILENCE = Fault.html(502)
COMMANDS = ("incidents", "oncall", "oncall week", "digest", "digest week", "me")


def marked(message):
    found = MARK.search(message["text"])
    return int(found[1]) if found else None


def marks(shown):
    """When the marks say that it was drawn, wherever they are in a message or a view."""
    return [int(at) for at in re.findall(r"As of <!date\^(\d+)", json.dumps(shown["blocks"]))]


def without_mark(shown):
    """What else it shows."""
    return [block for block in shown["blocks"] if not marks({"blocks": [block]})]


def time_of(quay):
    return int(quay.clock.now().timestamp())


def menu_of(message):
    """The menu of a card, and its entry Refresh."""
    menu = overflow_of(message)
    (refresh,) = (one["value"] for one in menu["options"] if one["value"].startswith("again "))
    return menu["action_id"], refresh


def overflow_of(message):
    """The menu beside the title."""
    accessories = (block.get("accessory", {}) for block in message["blocks"])
    return next(one for one in accessories if one.get("type") == "overflow")


async def refreshes(quay, message, user=ALICE):
    await quay.presses(message, "again:refresh", user)


@pytest.mark.parametrize("command", COMMANDS)
async def test_what_one_person_was_shown__stays_and_is_marked_once(quay, command):
    message, then = await quay.types(f"/flashduty {command}"), time_of(quay)
    quay.flashduty.fail("*", SILENCE, times=None)
    for _ in range(2):
        quay.clock.shift(timedelta(minutes=7))
        (shown,) = quay.slack.seen_by(ALICE, PAYMENTS)
        await refreshes(quay, shown)
    (again,) = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marks(again) == [then]
    assert [block.get("text") for block in without_mark(again)] == [block.get("text") for block in message["blocks"]]
    assert again["blocks"][0] == {**message["blocks"][0], "block_id": again["blocks"][0]["block_id"]}
    quay.flashduty.mend()
    await refreshes(quay, again)
    (afterwards,) = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marks(afterwards) == []


async def test_a_card_that_cannot_be_refreshed__stays_whole(quay):
    record = quay.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    message, then = await quay.types(f"/flashduty incident {record['incident_id']}"), time_of(quay)
    quay.clock.shift(timedelta(minutes=7))
    quay.flashduty.fail("*", SILENCE, times=None)
    action, refresh = menu_of(message)
    await quay.presses(message, action, selected=refresh)
    (again,) = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marks(again) == [then]
    assert "Card payments fail" in again["blocks"][0]["text"]["text"]
    assert [one["color"] for one in again["attachments"]] == [one["color"] for one in message["attachments"]]
    assert [block.get("fields") for block in again["attachments"][0]["blocks"]] == [
        block.get("fields") for block in message["attachments"][0]["blocks"]
    ]


async def test_a_shared_card__is_marked_with_its_bar_by_any_replica(quay):
    record = quay.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    message = await quay.types(f"/flashduty incident {record['incident_id']}")
    action, _ = menu_of(message)
    (share,) = (one["value"] for one in overflow_of(message)["options"] if one["value"].startswith("share "))
    await quay.presses(message, action, selected=share)
    shared = quay.slack.seen_by(CAROL, PAYMENTS)[-1]
    quay.flashduty.fail("*", SILENCE, times=None)
    await quay.presses(shared, menu_of(shared)[0], CAROL, selected=menu_of(shared)[1])
    again = quay.slack.seen_by(ALICE, PAYMENTS)[-1]
    assert marks(again) == [time_of(quay)]
    assert again["attachments"] == shared["attachments"]


async def test_the_morning_digest__is_marked_where_it_was_posted__by_another_replica():
    async with harbor_at(socket_mode=False) as place:
        place.clock.move_to(place.clock.now().replace(hour=8, minute=0))
        await place.bot.tick()
        then = time_of(place)
        (posted,) = place.shown(CAROL)
        place.clock.shift(timedelta(minutes=7))
        place.flashduty.fail("*", SILENCE, times=None)
        async with replica_of(place) as other:
            place.slack.deliver_to(f"{other.url}/slack/events")
            await refreshes(place, posted, CAROL)
        (again,) = place.shown(CAROL)
        assert marks(again) == [then]
        assert without_mark(again) == posted["blocks"]


async def test_the_home_tab__stays_as_it_was__when_opened_and_when_refreshed(quay):
    await quay.slack.open_home(ALICE)
    await quay.slack.settled()
    shown, then = quay.slack.home(ALICE), time_of(quay)
    quay.clock.shift(timedelta(minutes=7))
    quay.flashduty.fail("*", SILENCE, times=None)
    await refreshes(quay, shown)
    again = quay.slack.home(ALICE)
    assert marks(again) == [then]
    assert without_mark(again) == shown["blocks"]
    await quay.slack.open_home(ALICE)
    await quay.slack.settled()
    assert marks(quay.slack.home(ALICE)) == [then]
    quay.flashduty.mend()
    await refreshes(quay, quay.slack.home(ALICE))
    assert marks(quay.slack.home(ALICE)) == []


async def test_the_home_tab__opened_first_while_flashduty_is_away__says_what_could_not_be_read(quay):
    quay.flashduty.fail("*", SILENCE, times=None)
    await quay.slack.open_home(ALICE)
    await quay.slack.settled()
    assert marks(quay.slack.home(ALICE)) == []
    assert "Not everything of team payments could be read" in json.dumps(quay.slack.home(ALICE))


async def test_the_list_of_all_teams__stays_in_its_view__and_so_does_a_card_with_its_way_back(quay):
    record = quay.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    await quay.slack.shortcut(ALICE, "incidents")
    await quay.slack.settled()
    view, then = quay.slack.views(ALICE)[-1], time_of(quay)
    quay.clock.shift(timedelta(minutes=7))
    quay.flashduty.fail("*", SILENCE, times=None)
    await refreshes(quay, view)
    listed = quay.slack.views(ALICE)[-1]
    assert marks(listed) == [then]
    assert without_mark(listed) == view["blocks"]
    quay.flashduty.mend()
    await quay.chooses(listed, record["incident_id"], "details")
    card, then = quay.slack.views(ALICE)[-1], time_of(quay)
    assert "again:back" in json.dumps(card["blocks"])
    quay.clock.shift(timedelta(minutes=7))
    quay.flashduty.fail("*", SILENCE, times=None)
    action, refresh = menu_of(card)
    await quay.presses(card, action, selected=refresh)
    again = quay.slack.views(ALICE)[-1]
    assert marks(again) == [then]
    assert json.dumps(again["blocks"]).count("again:back") == 1


async def test_the_mark__is_in_the_language_of_its_reader(quay):
    await quay.types("/flashduty language 中文")
    message = await quay.types("/flashduty oncall")
    quay.flashduty.fail("*", SILENCE, times=None)
    await refreshes(quay, message)
    sentence = chinese().say("⚠️ As of {at}: Flashduty does not answer.", at="|").partition("|")[2]
    assert sentence in quay.slack.seen_by(ALICE, PAYMENTS)[-1]["text"]


async def test_a_private_answer_of_another_process__is_explained_as_an_error():
    """Slack sends what one person sees with no press, so that only the process that drew it can show it again."""
    async with harbor_at(socket_mode=False) as place:
        message = await place.types("/flashduty oncall")
        place.flashduty.fail("*", SILENCE, times=None)
        async with replica_of(place) as other:
            place.slack.deliver_to(f"{other.url}/slack/events")
            await refreshes(place, message)
        shown, error = place.slack.seen_by(ALICE, PAYMENTS)
        assert marks(shown) == []
        assert "Try again" in str(error["blocks"])


async def test_a_rate_limit_of_the_account__is_not_called_silence(quay):
    message = await quay.types("/flashduty oncall")
    quay.flashduty.fail("*", Fault.rate_limited(30), times=None)
    await refreshes(quay, message)
    shown, error = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marks(shown) == []
    assert "rate limit" in error["text"]


@pytest.mark.parametrize("fault", [Fault.html(502), Fault.reset()])
async def test_a_list_that_cannot_be_refreshed__stays_and_is_marked(quay, fault):
    message = await quay.types("/flashduty incidents critical")
    then = quay.clock.now()
    quay.clock.shift(timedelta(minutes=7))
    quay.flashduty.fail("/incident/list", fault, times=None)
    await quay.presses(message, "again:refresh")
    (again,) = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marked(again) == int(then.timestamp())
    rows = [block["text"] for block in message["blocks"] if block["type"] == "section"]
    assert [block["text"] for block in again["blocks"] if block["type"] == "section"] == rows
    quay.flashduty.mend()
    await quay.presses(again, "again:refresh")
    (afterwards,) = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marked(afterwards) is None


async def test_a_shared_list_that_cannot_be_refreshed__is_marked_for_everybody(quay):
    await quay.presses(await quay.types("/flashduty incidents"), "share")
    shared = quay.slack.seen_by(CAROL, PAYMENTS)[-1]
    quay.flashduty.fail("/incident/list", Fault.html(502), times=None)
    await quay.presses(shared, "again:refresh", CAROL)
    assert marked(quay.slack.seen_by(ALICE, PAYMENTS)[-1]) is not None


async def test_a_refusal_of_flashduty__marks_nothing_and_is_explained(quay):
    message = await quay.types("/flashduty incidents")
    quay.flashduty.fail("/incident/list", Fault.code("AccessDenied"), times=None)
    await quay.presses(message, "again:refresh")
    listed, error = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marked(listed) is None
    assert "Incidents Read" in error["text"]


async def test_a_page_that_was_not_seen__is_explained_as_an_error(quay):
    message = await quay.types("/flashduty incidents")
    quay.flashduty.fail("/incident/list", Fault.html(502), times=None)
    await quay.presses(message, "again:next")
    listed, error = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marked(listed) is None
    assert "page 1 of" in listed["text"]
    assert "Try again" in str(error["blocks"])
