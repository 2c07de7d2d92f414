"""Comments as Flashduty has them, and the form of Add comment as people open, read and send it."""

from harbor import ALICE, BOB, PAYMENTS

XIAOMING = "U0XIAOMING"
SHORTCUT = "comment"


def raised(place, title="Checkout is down", **fields):
    return place.flashduty.raise_incident(title=title, **fields)


def comments(place):
    return [(comment.incident_id, comment.source) for comment in place.flashduty.account.comments]


def notified(place):
    return [number for comment in place.flashduty.account.comments for number in comment.notified]


def view_of(place, user=ALICE):
    (view,) = place.slack.views(user)
    return view


def said(view):
    """What a view says outside of its fields."""
    parts = [part for block in view["blocks"] for part in [block.get("text"), *block.get("elements", [])]]
    return "\n".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def typed_in(view):
    return next(block["element"].get("initial_value", "") for block in view["blocks"] if block["block_id"] == "comment")


def has_fields(view):
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


async def opens(place, text="/flashduty comment", user=ALICE, channel=PAYMENTS):
    delivery = await place.slack.command(user, channel, text)
    assert delivery.acked, delivery.shown_error
    await place.slack.settled(timeout=20)
    return view_of(place, user)


async def shares(place, text, *, author=BOB, user=ALICE, channel=PAYMENTS):
    """Let somebody say something, and somebody else add it to an incident."""
    message = (await place.slack.say(author, channel, text)).message or place.slack.seen_by(author, channel)[-1]
    delivery = await place.slack.message_action(user, message, SHORTCUT)
    assert delivery.acked, delivery.shown_error
    await place.slack.settled(timeout=20)
    return view_of(place, user)


async def sends(place, view, *, words=None, incident=None, user=ALICE):
    """Fill in what is given, and send the form."""
    values = {}
    if incident is not None:
        told = await place.slack.suggest(user, view, action_id="find_incident", typed=incident["num"])
        assert told.shown_error is None
        (value,) = [one["value"] for one in told.answer["options"]]
        values["incident"] = {"find_incident": value}
    if words is not None:
        values["comment"] = {"field": words}
    delivery = await place.slack.submit(user, view, values)
    assert delivery.acked, delivery.shown_error
    assert delivery.shown_error is None
    await place.slack.settled(timeout=30)
    return delivery


async def opens_more(place, incident, user=ALICE):
    """Open More on the card of an incident."""
    card = await place.types(f"/flashduty incident {incident['num']}", user)
    await place.presses(card, f"more:{incident['incident_id']}", user)
    return view_of(place, user)


async def opens_from_card(place, incident, user=ALICE):
    """Open the form by More on an incident's card."""
    await place.presses(await opens_more(place, incident, user), f"open:comment:{incident['incident_id']}", user)
    return view_of(place, user)
