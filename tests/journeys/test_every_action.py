"""One table, state by person by action: what is shown where, which call each makes, and what Undo does."""

from dataclasses import dataclass

import pytest
from acting import acknowledged, buttons, card_of, closes_in_console, raised, record
from comment_forms import view_of
from harbor import ALICE, BOB, CAROL, harbor_at

HOUR = 3600
RESTART, DANA = 9101, 7005


async def triggered(place):
    return raised(place)


async def critical(place):
    return await acknowledged(place, severity="Critical")


async def in_console(place):
    """Acknowledged by somebody in Flashduty itself, and by nobody in Slack."""
    incident = raised(place)
    at = int(place.clock.now().timestamp())
    record(place, incident).update(progress="Processing", ack_time=at)
    record(place, incident)["responders"] = [{"person_id": 7003, "assigned_at": at, "acknowledged_at": at}]
    return incident


async def snoozed(place):
    incident = await acknowledged(place)
    record(place, incident)["snoozed_before"] = int(place.clock.now().timestamp()) + HOUR
    return incident


async def closed(place):
    incident = await acknowledged(place)
    closes_in_console(place, incident)
    return incident


async def strange(place):
    """A progress of a newer Flashduty."""
    incident = raised(place)
    record(place, incident)["progress"] = "Paused"
    return incident


# They give it to others, and page them.
OTHERS = ("Escalate", "Reassign", "Add")
LOOKING = ("Catch me up", "Details", "Open in Flashduty")
# What the card shows, what a row's menu has besides Show incident, Add comment, More and the console, what More has.
SHOWN = {
    triggered: (
        ("Acknowledge", "Acknowledge and snooze"),
        "Acknowledge and snooze",
        ("Acknowledge", "Snooze", "Add comment", "Close", "Close with notes", *OTHERS),
    ),
    acknowledged: (
        ("Snooze", "Close"),
        "Snooze",
        ("Snooze", "Close", "Close with notes", "Add comment", *OTHERS, "Unacknowledge"),
    ),
    critical: (
        ("Snooze", "Close"),
        "Snooze",
        ("Snooze", "Close", "Close with notes", "Add comment", *OTHERS, "Unacknowledge"),
    ),
    in_console: (("Snooze", "Close"), "Snooze", ("Snooze", "Close", "Close with notes", "Add comment", *OTHERS)),
    snoozed: (
        ("Wake", "Close"),
        "Wake",
        ("Wake", "Close", "Close with notes", "Snooze", "Add comment", *OTHERS, "Unacknowledge"),
    ),
    closed: (("Reopen", "Add comment"), "Reopen", ("Reopen", "Add comment")),
    strange: (("Add comment",), None, ("Add comment",)),
}
STATES = pytest.mark.parametrize("state", SHOWN, ids=lambda state: state.__name__)


def entries(message, incident):
    """The entries of the menu of an incident's row, and whether its row has Acknowledge as a button."""
    (menu,) = [
        block["accessory"]
        for block in message["blocks"]
        if block.get("accessory", {}).get("action_id") == f"menu:{incident}"
    ]
    return [one["text"]["text"] for one in menu["options"]]


async def row_of(place, incident, user):
    """The list in which an incident's row is found by its title."""
    record(place, incident)["title"] = "Quince jam"
    return await place.types("/flashduty incidents Quince triggered processing closed", user)


@STATES
@pytest.mark.parametrize("user", [ALICE, BOB, CAROL])
async def test_the_card_and_more__show_what_has_an_effect__to_whoever_may_act(quay, state, user):
    incident = await state(quay)
    on_card, _, in_more = SHOWN[state] if user != CAROL else ((), None, ())
    card = await card_of(quay, incident, user)
    assert buttons(card) == [*on_card, "More"]
    await quay.presses(card, f"more:{incident}", user)
    assert buttons(view_of(quay, user)) == [*in_more, *LOOKING]


@STATES
@pytest.mark.parametrize("user", [ALICE, CAROL])
async def test_the_menu_of_a_row__has_the_first_of_it(quay, state, user):
    incident = await state(quay)
    _, first, _ = SHOWN[state]
    listed = await row_of(quay, incident, user)
    if f"menu:{incident}" not in str(listed["blocks"]):
        # A progress that nobody knows cannot be searched for.
        assert state is strange
        return
    beside = [first, "Add comment"] if user == ALICE and first else ["Add comment"] if user == ALICE else []
    assert entries(listed, incident) == ["Show incident", *beside, "More", "Open in Flashduty"]


@dataclass(frozen=True)
class Done:
    """A press in More, the calls that change something, and the call of its Undo."""

    state: object
    press: str
    then: str = ""
    calls: tuple = ()
    undo: str = ""
    undone: tuple = ()


TABLE = {
    "acknowledge": Done(triggered, "acknowledge:{}", calls=("ack",), undo="undo_acknowledge", undone=("unack",)),
    "acknowledge and snooze": Done(
        triggered, "form:acknowledge_and_snooze:{}", "snooze:60", ("ack", "snooze"), "wake:undo", ("wake",)
    ),
    "snooze": Done(acknowledged, "form:snooze:{}", "snooze:60", ("snooze",), "wake:undo", ("wake",)),
    "snooze what others acknowledged": Done(
        in_console, "form:snooze:{}", "snooze:60", ("snooze",), "wake:undo", ("wake",)
    ),
    "snooze for longer": Done(snoozed, "form:snooze:{}", "snooze:120", ("snooze",), "snooze:undo", ("snooze",)),
    "wake": Done(snoozed, "wake:{}", calls=("wake",), undo="snooze:undo", undone=("snooze",)),
    "close": Done(acknowledged, "close:{}", calls=("resolve",), undo="reopen:undo", undone=("reopen",)),
    "close while snoozed": Done(snoozed, "close:{}", calls=("resolve",), undo="reopen:undo", undone=("reopen",)),
    "close unacknowledged": Done(triggered, "close:{}", calls=("resolve",), undo="reopen:undo", undone=("reopen",)),
    "close critical": Done(critical, "close:{}", calls=("resolve",), undo="reopen:undo", undone=("reopen",)),
    "close with notes": Done(
        acknowledged, "form:close:{}", "submit", ("resolve",), undo="reopen:undo", undone=("reopen",)
    ),
    "reopen": Done(closed, "form:reopen:{}", "submit", ("reopen",), undo="close:undo", undone=("resolve",)),
    "escalate": Done(triggered, "form:escalate:{}", "escalate:2", ("assign",), "escalate:undo", ("assign",)),
    "reassign": Done(triggered, "form:reassign:{}", "reassign:0", ("assign",), "escalate:undo", ("assign",)),
    "reassign acknowledged": Done(
        acknowledged, "form:reassign:{}", "reassign:0", ("assign",), "escalate:undo", ("assign",)
    ),
    "unacknowledge": Done(acknowledged, "unacknowledge:{}", calls=("unack",)),
    # Somebody off shift, of whom the form warns first.
    "add responder": Done(triggered, "form:add_responder:{}", "add_responder:anyway", ("responder/add",)),
    "custom action": Done(triggered, f"custom_action:{RESTART}:{{}}", calls=("custom-action/do",)),
}
CHANGES = {"ack", "unack", "snooze", "wake", "resolve", "reopen", "assign", "responder/add", "custom-action/do"}
SETTING = {"FLASHDUTY_TEAMS__PAYMENTS__CUSTOM_ACTIONS": f"Restart={RESTART}"}


@pytest.fixture
async def place():
    async with harbor_at(**SETTING) as place:
        yield place


def changes(place, since):
    """The calls that changed something, without the comment that says who did it."""
    paths = [call.path.removeprefix("/incident/") for call in place.flashduty.calls[since:]]
    return tuple(path for path in paths if path in CHANGES)


@pytest.mark.parametrize("name", TABLE)
async def test_what_is_pressed_in_more__makes_its_call__and_undo_the_inverse_one(place, name):
    row, quay = TABLE[name], place
    incident = await row.state(quay)
    before = dict(record(quay, incident))
    await quay.presses(await card_of(quay, incident), f"more:{incident}")
    since = len(quay.flashduty.calls)
    await quay.presses(view_of(quay), row.press.format(incident))
    if row.then == "submit":
        view = view_of(quay)
        fields = [block for block in view["blocks"] if block["type"] == "input"]
        values = {block["block_id"]: {block["element"]["action_id"]: "it is what it is"} for block in fields}
        await quay.slack.submit(ALICE, view, values)
        await quay.slack.settled()
    elif row.then:
        if row.then == "add_responder:anyway":
            await quay.slack.suggest(ALICE, view_of(quay), action_id="find_person", typed="dana")
            await quay.slack.submit(ALICE, view_of(quay), {"person": {"find_person": str(DANA)}})
            await quay.slack.settled()
            assert changes(quay, since) == ()
        await quay.presses(view_of(quay), row.then)
    assert changes(quay, since) == row.calls
    since = len(quay.flashduty.calls)
    shown = view_of(quay)
    assert ("Undo" in buttons(shown)) == bool(row.undo)
    if row.undo:
        await quay.presses(shown, row.undo)
        assert changes(quay, since) == row.undone
    after = record(quay, incident)
    same_again = {"snooze", "snooze what others acknowledged", "snooze for longer", "wake", "acknowledge", "reopen"}
    if name in same_again:
        assert (after["progress"], after["snoozed_before"]) == (before["progress"], before["snoozed_before"])
