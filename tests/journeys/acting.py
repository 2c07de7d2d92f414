"""Actions on incidents as people make them: from a card, from More, in a form; and what came of them."""

from comment_forms import said, view_of
from harbor import ALICE, PAYMENTS


def raised(place, title="Card payments fail", severity="Warning", **given):
    """Raise an incident of the team payments; its id."""
    return place.flashduty.raise_incident(title=title, severity=severity, flashduty_channel=5001, **given)[
        "incident_id"
    ]


def record(place, incident):
    """The incident as Flashduty has it."""
    return place.flashduty.account.incidents[incident]


async def acknowledged(place, user=ALICE, **given):
    """Raise an incident, and acknowledge it in Slack; its id."""
    incident = raised(place, **given)
    await place.types(f"/flashduty ack {incident}", user)
    await place.slack.settled()
    return incident


async def card_of(place, incident, user=ALICE):
    return await place.types(f"/flashduty incident {incident}", user)


def buttons(shown):
    """The labels of the controls of a message or a view, in their order, without those of a menu."""
    elements = [
        one
        for block in shown["blocks"]
        for one in [*(block.get("elements", []) if block["type"] == "actions" else []), block.get("accessory", {})]
    ]
    return [one["text"]["text"] for one in elements if one.get("type") == "button"]


async def presses_on_card(place, incident, action, user=ALICE):
    """Press a control of an incident's card; the view that opened, if any."""
    await place.presses(await card_of(place, incident, user), action, user)
    views = place.slack.views(user)
    return views[-1] if views else None


async def submits(place, view, user=ALICE, **fields):
    """Fill in a form and send it; what the person then sees in the view."""
    actions = {one["block_id"]: one["element"]["action_id"] for one in view["blocks"] if one["type"] == "input"}
    values = {name: {actions[name]: text} for name, text in fields.items()}
    delivery = await place.slack.submit(user, view, values)
    assert delivery.acked, delivery.shown_error
    await place.slack.settled(timeout=30)
    return delivery


def told(place, user=ALICE):
    """What the open view of a person says."""
    return said(view_of(place, user))


def lines(place, words, user=ALICE, channel=PAYMENTS):
    """What a person sees in a channel that has these words."""
    return [text for text in place.sees(user, channel) if words in text]


def closes_in_console(place, incident):
    """Let somebody close an incident in Flashduty's console."""
    at = int(place.clock.now().timestamp())
    record(place, incident).update(progress="Closed", close_time=at, closer_id=7003, snoozed_before=0)
