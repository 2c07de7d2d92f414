"""Payloads of every kind as the pretend Slack sends them, and the same bent out of shape."""

import copy
import json

from harbor import ALICE, PAYMENTS
from hypothesis import strategies as st

from sandbox.slack.workspace import Shortcut

MODAL = {
    "type": "modal",
    "callback_id": "cb",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Page"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "b",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "a"},
        }
    ],
}
# Events nobody here listens to, some of them with an object where others have an id.
OTHER_EVENTS = [
    {"type": "member_joined_channel", "user": ALICE, "channel": PAYMENTS, "team": "T0HARBOR"},
    {"type": "channel_created", "channel": {"id": "C0NEW", "name": "new", "creator": ALICE}},
    {"type": "user_change", "user": {"id": ALICE, "team_id": "T0HARBOR"}},
    {"type": "reaction_added", "user": ALICE, "item": {"type": "message", "channel": PAYMENTS, "ts": "1.2"}},
    {"type": "message", "subtype": "message_changed", "channel": PAYMENTS, "message": {"user": ALICE, "ts": "1.2"}},
    {"type": "message", "subtype": "bot_message", "channel": PAYMENTS, "bot_id": "B0OTHER", "text": "hi", "ts": "1.2"},
    {"type": "function_executed", "function": {"callback_id": "f"}, "inputs": {}, "bot_access_token": "xwfp-made-up"},
    {"type": "tokens_revoked", "tokens": {"bot": ["U0FLASHBOT"]}},
    {"type": "app_uninstalled"},
    {"type": "link_shared", "user": ALICE, "channel": PAYMENTS, "links": [{"url": "https://a.example"}]},
    {"type": "brand_new_event", "what": 7},
]
OTHER_PAYLOADS = [
    {"type": "app_rate_limited", "team_id": "T0HARBOR", "minute_rate_limited": 1518467820, "api_app_id": "A0FLASHDUTY"},
    {"type": "interactive_message", "callback_id": "old", "actions": [{"name": "a"}], "user": {"id": ALICE}},
    {"type": "dialog_submission", "callback_id": "old", "submission": {}, "user": {"id": ALICE}},
    {"type": "workflow_step_edit", "callback_id": "old", "user": {"id": ALICE}},
    {"type": "brand_new_payload"},
]
JUNK = [
    None,
    True,
    False,
    0,
    -1,
    7,
    10**30,
    1.5,
    "",
    " ",
    "x",
    "null",
    "U0ALICE",
    "\ud800",
    "\0",
    "\u202e<!channel>",
    "y" * 5_000,
    [],
    {},
    [None],
    [[]],
    [{}],
    [7],
    {"id": 7},
    {"id": None},
    {"": ""},
    {"type": {"type": []}},
]


async def payloads_of_every_kind(place):
    """Act once in every way there is, and keep what was delivered, by kind."""
    slack = place.slack
    app = slack.workspace.app
    app.shortcuts = (Shortcut("new", "global"), Shortcut("page", "message"))
    app.events = (*app.events, "message.channels")
    deliveries = [
        command := await slack.command(ALICE, PAYMENTS, "/flashduty incidents since:7d"),
        await slack.say(ALICE, PAYMENTS, "<@U0FLASHBOT> incidents"),
        await slack.say(ALICE, PAYMENTS, "nothing for the bot"),
        await slack.say(ALICE, f"D{ALICE[1:]}", "me"),
        await slack.open_home(ALICE),
        await slack.shortcut(ALICE, "new"),
    ]
    await slack.settled()
    listed = next(one for one in slack.seen_by(ALICE, PAYMENTS) if one["ephemeral"] and one["blocks"])
    said = next(one for one in slack.seen_by(ALICE, PAYMENTS) if not one["ephemeral"])
    controls = [
        element
        for block in listed["blocks"]
        for element in [block.get("accessory"), *block.get("elements", [])]
        if element and "action_id" in element
    ]
    button = next(one for one in controls if one["type"] == "button" and "value" in one)
    deliveries += [
        await slack.press(ALICE, listed, action_id=button["action_id"]),
        await slack.message_action(ALICE, said, "page"),
    ]
    view = slack._world.views.open(ALICE, MODAL)  # noqa: SLF001 - the bot itself opens none
    deliveries += [await slack.submit(ALICE, view, {"b": {"a": "x"}})]
    await slack.settled()
    payloads = [(one.kind, one.payload) for one in deliveries]
    envelope = payloads[1][1]
    payloads += [("event", {**envelope, "event": event, "event_id": f"Ev{n}"}) for n, event in enumerate(OTHER_EVENTS)]
    payloads += [("event", one) for one in OTHER_PAYLOADS]
    payloads += [("url_verification", {"type": "url_verification", "challenge": "made-up", "token": "t"})]
    suggestion = {"type": "block_suggestion", "action_id": "a", "value": "x", "user": {"id": ALICE}}
    payloads += [
        ("block_suggestion", suggestion),
        ("block_suggestion", suggestion | {"team": {"id": "T0HARBOR"}, "view": view}),
    ]
    # The same as JSON: what a form can only hold as text may then be anything.
    payloads += [("event", command.payload), ("block_actions", command.payload)]
    return payloads


@st.composite
def bent_payloads(draw, kinds):
    """Draw a payload and change it in one to four places: another value, nothing, another name, deeper or higher."""
    kind, payload = draw(st.sampled_from(kinds))
    changed = copy.deepcopy(payload)
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(changed))
        if places:
            holder, key = places[draw(st.integers(0, len(places) - 1))]
            draw(WAYS)(holder, key, draw)
    return kind, changed


def as_new(payload, number):
    """Give a payload names of its own, so that the bot does not take it for a second delivery of the last one."""
    named = copy.deepcopy(payload)
    for holder, key in list(_places(named)):
        if key in {"trigger_id", "action_ts", "ts"}:
            holder[key] = f"1763969400.{number:06}"
    return named


def _places(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _places(inner)
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from _places(inner)


def _replaced(holder, key, draw):
    holder[key] = copy.deepcopy(draw(VALUES))


def _taken(holder, key, _draw):
    del holder[key]


def _renamed(holder, key, draw):
    value = holder.pop(key)
    if isinstance(holder, dict):
        holder[draw(st.sampled_from([*NAMES, f"{key}s"]))] = value


def _wrapped(holder, key, draw):
    wrap = draw(st.sampled_from((lambda value: [value], lambda value: {"id": value}, json.dumps)))
    holder[key] = wrap(holder[key])


def _swapped(holder, key, draw):
    other = draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[key], holder[other] = holder[other], holder[key]


def _deep(holder, key, draw):
    for _ in range(draw(st.sampled_from((3, 50)))):
        holder[key] = [holder[key]]


VALUES = st.sampled_from(JUNK) | st.text(max_size=20) | st.integers() | st.floats()
NAMES = ("id", "type", "user", "event", "command", "view", "authorizations")
# What shrinks goes to the first of these.
WAYS = st.sampled_from((_taken, _replaced, _replaced, _renamed, _wrapped, _swapped, _deep))
