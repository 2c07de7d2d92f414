"""Who is served where; every route declares what it needs, and outsiders get nothing through any of them."""

import json

import pytest
from harbor import ALICE, CAROL, GENERAL, GINA, OTTO, PAYMENTS, SHARED, harbor_at
from samples import sample

from bot.teams.access import Permission
from handlers import routes

COMMANDS = [
    "/flashduty",
    # Without a number and words a comment opens a form, in which the refusal stands: see test_comment.
    *(f"/flashduty {name}{' 0E83EE x' * (name == 'comment')}" for name in routes.COMMANDS if name),
    "/flashduty nonsense",
]


@pytest.mark.parametrize(
    ("user", "channel", "words"), [(GINA, PAYMENTS, "you are a guest"), (OTTO, SHARED, "another organisation")]
)
@pytest.mark.parametrize("command", COMMANDS)
async def test_outsiders_get_nothing__through_any_command(quay, user, channel, words, command):
    message = await quay.types(command, user, channel)
    assert words in message["text"]
    assert quay.flashduty.calls == []


@pytest.mark.parametrize(("user", "channel"), [(GINA, PAYMENTS), (OTTO, SHARED)])
@pytest.mark.parametrize("route", sorted(routes.BUTTONS))
async def test_outsiders_get_nothing__through_any_control(user, channel, route):
    async with harbor_at(socket_mode=False) as place:
        some_incident = next(iter(place.flashduty.account.incidents))
        await place.forges(user, channel, f"{route}:x", sample(route, some_incident))
        (told,) = [*place.sees(user, channel), *map(json.dumps, place.slack.views(user))]
        assert "schedules are for" in told
        assert place.flashduty.calls == []


async def test_a_channel_nobody_serves_is_refused(quay):
    message = await quay.types("/flashduty incidents", CAROL, GENERAL)
    assert "belongs to no team of the bot" in message["text"]
    assert "payments" not in message["text"]
    assert quay.flashduty.calls == []


async def test_a_responder_may_look_anywhere(quay):
    message = await quay.types("/flashduty incidents team:payments", ALICE, GENERAL)
    assert "Team *payments*" in message["text"]


async def test_a_direct_message_is_answered_there(quay):
    delivery = await quay.slack.say(ALICE, "D0ALICE", "oncall team:payments")
    assert delivery.acked
    await quay.slack.settled()
    assert "On call now" in quay.sees(ALICE, "D0ALICE")[-1]


@pytest.mark.parametrize("row", [*routes.VIEWS.values(), *routes.BUTTONS.values(), routes.TYPED])
def test_every_row_declares_what_it_needs(row):
    assert isinstance(row.permission, Permission)


def test_acting_needs_a_responder():
    acting = {name for name, route in routes.BUTTONS.items() if route.permission is Permission.RESPOND}
    forms = {"form"}
    changes = {"acknowledge", "unacknowledge", "snooze", "wake", "close", "reopen"}
    paging = {"reassign", "escalate", "add_responder", "custom_action"}
    groups = {"follow_group", "leave_group", "propose_group", "stop_group"}
    assert acting == {*forms, *changes, *paging, *groups, "undo_acknowledge", "tell_channel", "tell_action"}
