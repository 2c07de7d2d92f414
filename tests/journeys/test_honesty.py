"""What is said is true, to whom it concerns, and once."""

import json

import pytest
from harbor import ALICE, BOB, CAROL, GENERAL, GINA, PAYMENTS, harbor_at, replica_of

from handlers import routes
from sandbox.faults import Fault


async def raised(harbor, title="Card payments fail", **given):
    record = harbor.flashduty.raise_incident(title=title, severity="Critical", flashduty_channel=5001, **given)
    return record["incident_id"], f"acknowledge:{record['incident_id']}"


def texts(harbor, words, user=CAROL, channel=PAYMENTS):
    return [text for text in harbor.sees(user, channel) if words in text]


async def acknowledged_by(harbor, user, action):
    await harbor.presses(await harbor.types("/flashduty incidents", user), action, user)
    return next(m for m in harbor.slack.seen_by(user, PAYMENTS)[::-1] if "You acknowledged" in m["text"])


async def test_an_old_undo_leaves_somebody_elses_acknowledgement_alone(quay):
    incident, action = await raised(quay)
    old = await acknowledged_by(quay, ALICE, action)
    record = quay.flashduty.account.incidents[incident]
    record.update(progress="Triggered", ack_time=0, responders=[])
    await acknowledged_by(quay, BOB, action)
    await quay.presses(old, "undo_acknowledge")
    assert quay.flashduty.account.incidents[incident]["progress"] == "Processing"
    assert any("was acknowledged again by Bob Müller. Nothing was changed." in text for text in quay.sees())
    assert texts(quay, " unacknowledged <") == []


async def test_an_undo_whose_look_afterwards_fails_says_what_is_known():
    """A process that does not know whom the key acts as has to look."""
    async with harbor_at(socket_mode=False) as place:
        incident, action = await raised(place)
        confirmation = await acknowledged_by(place, ALICE, action)
        place.flashduty.fail("/member/info", Fault.code("AccessDenied"), times=None)
        async with replica_of(place) as other:
            place.slack.deliver_to(f"{other.url}/slack/events")
            place.flashduty.fail("/incident/info", Fault.delay(0), times=1)
            place.flashduty.fail("/incident/info", Fault.code("AccessDenied"), times=1)
            await place.presses(confirmation, "undo_acknowledge")
        assert place.flashduty.account.incidents[incident]["progress"] == "Triggered"
        assert any("could not be read" in text for text in place.sees())
        assert len(texts(place, " unacknowledged <")) == 1


async def test_names_that_cannot_be_looked_up_take_nothing_away(quay):
    _, action = await raised(quay, responders=[{"person_id": 7001, "assigned_at": 1, "acknowledged_at": 0}])
    confirmation = await acknowledged_by(quay, ALICE, action)
    quay.flashduty.fail("/person/infos", Fault.code("AccessDenied"), times=None)
    await quay.presses(confirmation, "undo_acknowledge")
    assert len(texts(quay, " unacknowledged <")) == 1
    assert "open" in (await quay.types("/flashduty incidents"))["text"]
    assert "On call now" in (await quay.types("/flashduty oncall"))["text"]


async def test_an_announcement_whose_answer_is_lost_is_made_once(quay):
    _, action = await raised(quay)
    message = await quay.types("/flashduty incidents")
    quay.slack.fail("chat.postMessage", Fault.lost_answer(), times=1)
    await quay.presses(message, action)
    assert len(texts(quay, "Alice Chen acknowledged")) == 1


async def test_a_list_whose_redrawing_is_not_answered_is_there_once(quay):
    _, action = await raised(quay)
    message = await quay.types("/flashduty incidents")
    quay.slack.fail("response_url", Fault.lost_answer(), times=1)
    await quay.presses(message, action)
    assert len(texts(quay, "unacknowledged", ALICE)) == 1


async def test_an_outage_does_not_wipe_a_posted_digest(quay):
    quay.clock.move_to(quay.clock.now().replace(hour=8, minute=0))
    await quay.bot.tick()
    (digest,) = quay.shown(CAROL)
    quay.flashduty.fail("*", Fault.code("InternalError"), times=None)
    await quay.presses(digest, "again:refresh")
    assert quay.shown(CAROL)[0]["text"] == digest["text"]
    assert any("Something went wrong inside Flashduty" in text for text in quay.sees())


async def test_a_guest_cannot_overwrite_what_everybody_sees():
    async with harbor_at() as place:
        place.flashduty.fail("*", Fault.code("Unauthorized"), times=None)
        place.clock.move_to(place.clock.now().replace(hour=8, minute=0))
        await place.bot.tick()
        (failed,) = place.shown(GINA)
        assert "could not be read from Flashduty" in failed["text"]
        await place.presses(failed, "again:retry", GINA)
        assert place.shown(CAROL)[0]["text"] == failed["text"]


async def test_what_is_done_in_another_channel_is_told_in_the_teams_own(quay):
    _, action = await raised(quay)
    await quay.presses(await quay.types("/flashduty incidents", ALICE, GENERAL), action)
    assert len(texts(quay, "Alice Chen acknowledged")) == 1
    assert texts(quay, "Card payments fail", CAROL, GENERAL) == []


async def test_another_teams_name_opens_nothing_in_a_foreign_channel(quay):
    message = await quay.types("/flashduty incidents team:search", CAROL, PAYMENTS)
    assert "There is no team of that name" in message["text"]
    assert quay.flashduty.calls == []


async def test_a_group_that_is_gone_does_not_lock_out_the_others():
    async with harbor_at(FLASHDUTY_TEAMS__PAYMENTS__RESPONDERS="S0GONE,S0RESPOND") as place:
        incident, action = await raised(place)
        await place.presses(await place.types("/flashduty incidents"), action)
        assert place.flashduty.account.incidents[incident]["progress"] == "Processing"


async def test_the_waiting_time_after_a_429_is_told_to_the_next_as_well(quay):
    quay.flashduty.fail("/incident/list", Fault.rate_limited(retry_after=60), times=1)
    await quay.types("/flashduty incidents")
    message = await quay.types("/flashduty incidents", BOB)
    assert "Flashduty's rate limit is reached" in message["text"]
    assert "seconds" in message["text"]


@pytest.mark.parametrize("value", [json.dumps(["not", "ours"]), "[" * 1_000, '{"v":7,"team":"payments"}', "\x7f"])
@pytest.mark.parametrize("route", routes.BUTTONS)
async def test_a_value_that_is_not_understood__changes_nothing_and_is_told(route, value):
    """A control of an old message must not stay silent."""
    async with harbor_at(socket_mode=False) as place:
        await place.forges(ALICE, PAYMENTS, f"{route}:x", value)
        (told,) = place.slack.seen_by(ALICE, PAYMENTS)
        assert "This button is from an older version" in told["text"]
        assert told["ephemeral"]
        assert place.flashduty.calls == []


async def test_a_control_that_is_none_of_ours__is_left_alone():
    """A link in a message is a control as well, and carries nothing."""
    async with harbor_at(socket_mode=False) as place:
        await place.forges(ALICE, PAYMENTS, "nonsense:x", json.dumps(["not", "ours"]))
        await place.forges(ALICE, PAYMENTS, "acknowledge:link", "")
        assert place.sees() == []


async def test_a_key_in_what_flashduty_says__is_shown_to_nobody(quay):
    """The other side may repeat a key in any text it gives, and not only in its errors."""
    key = str(quay.flashduty.keys["payments"])
    written = key.replace("a", "%61")
    quay.flashduty.raise_incident(f"Leaked {key} and {written}", flashduty_channel="Payments API")
    for words in ("incidents", "digest", "digest post"):
        await quay.types(f"/flashduty {words}")
    shown = json.dumps(quay.slack.seen_by(ALICE, PAYMENTS), ensure_ascii=False)
    assert "Leaked [hidden] and [hidden]" in shown
    assert key not in shown
    assert written not in shown
