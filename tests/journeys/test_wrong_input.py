"""Wrong input, as a button, a form and a typed command: said where it went wrong, the text kept, nothing half done."""

import pytest
from acting import acknowledged, card_of, closes_in_console, presses_on_card, raised, record, submits, told
from comment_forms import view_of
from harbor import ALICE, BOB, PAYMENTS

from sandbox.faults import Fault

WRITES = (
    "ack",
    "unack",
    "snooze",
    "wake",
    "resolve",
    "reopen",
    "assign",
    "responder/add",
    "comment",
    "custom-action/do",
    "merge",
)
LONG = "x" * 1_100
WORDS = "rolled back the deploy"


def written(place):
    """What was sent to Flashduty that changes something."""
    return [call.path for call in place.flashduty.calls if call.path.removeprefix("/incident/") in WRITES]


async def prepared(place, state="processing"):
    """Raise an incident in a state, and forget what that took; its id."""
    incident = raised(place) if state == "triggered" else await acknowledged(place)
    if state == "snoozed":
        await place.types(f"/flashduty snooze {incident} 2h")
    if state == "closed":
        closes_in_console(place, incident)
    await place.slack.settled()
    place.flashduty.calls.clear()
    return incident


async def types(place, text):
    """Type a command; what only this person was told, in the channel or in a view."""
    before = {one["ts"] for one in place.slack.seen_by(ALICE, PAYMENTS)}
    delivery = await place.slack.command(ALICE, PAYMENTS, f"/flashduty {text}")
    assert delivery.acked
    await place.slack.settled(timeout=30)
    new = [one["text"] for one in place.slack.seen_by(ALICE, PAYMENTS) if one["ts"] not in before]
    return "\n".join([*new, *(told(place) for _ in place.slack.views(ALICE))])


async def form_of(place, incident, form, user=ALICE):
    more = await presses_on_card(place, incident, f"more:{incident}", user)
    await place.presses(more, f"form:{form}:{incident}", user)
    return view_of(place, user)


def typed_in(view, name):
    """What a field of a form holds."""
    return next(one for one in view["blocks"] if one["block_id"] == name)["element"].get("initial_value", "")


@pytest.mark.parametrize(
    "verb",
    [
        "ack",
        "snooze",
        "wake",
        "close",
        "reopen",
        "unack",
        "assign",
        "escalate",
        "add",
        "comment",
        "incident",
        "catchup",
    ],
)
async def test_an_unknown_number__is_said_by_every_command(quay, verb):
    shown = await types(quay, f"{verb} 0ABCDE {'hello' if verb == 'comment' else ''}")
    assert "0ABCDE" in shown
    assert written(quay) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("0", "no time at all"),
        ("0m", "no time at all"),
        ("3d", "24 hours"),
        ("25h", "24 hours"),
        ("99999999", ""),
        ("until 25:00", "25:00"),
        ("soon", "soon"),
    ],
)
async def test_a_snooze_that_is_none__typed_and_in_the_form(quay, words, said):
    incident = await prepared(quay)
    shown = await types(quay, f"snooze {incident} {words}")
    assert "Nothing was changed" in shown
    assert said.lower() in shown.lower()
    view = await form_of(quay, incident, "snooze")
    delivery = await submits(quay, view, until=words)
    assert said.lower() in delivery.answer["errors"]["until"].lower()
    assert written(quay) == []


async def test_a_text_over_the_limit__behind_close__is_kept_in_the_form_that_shortens_it(quay):
    incident = await prepared(quay)
    shown = await types(quay, f"close {incident} {LONG}")
    assert "1,100 characters" in shown
    assert written(quay) == []
    message = next(one for one in quay.shown()[::-1] if "1,100 characters" in one["text"])
    await quay.presses(message, f"form:close:{incident}")
    assert typed_in(view_of(quay), "resolution") == LONG
    delivery = await submits(quay, view_of(quay), resolution=LONG, root_cause="")
    assert "1,100 characters" in delivery.answer["errors"]["resolution"]
    assert written(quay) == []
    await submits(quay, view_of(quay), resolution="x" * 1_024, root_cause="")
    assert record(quay, incident)["resolution"] == "x" * 1_024


async def test_a_text_over_the_limit__behind_reopen__opens_the_form_with_it(quay):
    incident = await prepared(quay, "closed")
    await types(quay, f"reopen {incident} {LONG}")
    assert typed_in(view_of(quay), "reason") == LONG
    delivery = await submits(quay, view_of(quay), reason=LONG)
    assert "1,100 characters" in delivery.answer["errors"]["reason"]
    assert written(quay) == []


async def test_a_text_over_the_limit__behind_comment__is_kept(quay):
    incident = await prepared(quay)
    shown = await types(quay, f"comment {incident} {LONG}")
    assert "characters" in shown
    assert written(quay) == []
    message = next(one for one in quay.shown()[::-1] if "characters" in one["text"])
    action = next(
        one["action_id"]
        for block in message["blocks"]
        for one in [*block.get("elements", []), block.get("accessory") or {}]
        if isinstance(one, dict) and "comment" in one.get("action_id", "")
    )
    await quay.presses(message, action)
    assert LONG in str(view_of(quay)["blocks"])


@pytest.mark.parametrize(
    ("form", "said"), [("reassign", "was not reassigned"), ("add_responder", "No responder was added")]
)
async def test_a_person_who_left_the_account_meanwhile__is_said__and_pages_nobody(quay, form, said):
    incident = await prepared(quay, "triggered")
    view = await form_of(quay, incident, form)
    offered = await quay.slack.suggest(ALICE, view, action_id="find_person", typed="dana")
    assert offered.answer["options"]
    del quay.flashduty.account.persons[7005]
    before = list(quay.flashduty.account.pages)
    await quay.slack.submit(ALICE, view, {"person": {"find_person": "7005"}})
    await quay.slack.settled()
    if form == "add_responder":
        await quay.presses(view_of(quay), "add_responder:anyway")
    assert said in told(quay)
    assert quay.flashduty.account.pages == before


@pytest.mark.parametrize("verb", ["assign", "add"])
async def test_a_name_that_nobody_in_the_account_has__is_said_in_the_form(quay, verb):
    incident = await prepared(quay)
    shown = await types(quay, f"{verb} {incident} Zaphod")
    assert "“Zaphod”" in shown
    assert written(quay) == []


@pytest.mark.parametrize("state", ["closed", "merged"])
@pytest.mark.parametrize(
    ("before", "action"),
    [
        ("triggered", "acknowledge"),
        ("processing", "close"),
        ("snoozed", "wake"),
    ],
)
async def test_a_button__of_an_incident_that_was_closed_or_merged_meanwhile(quay, state, before, action):
    incident = await prepared(quay, before)
    card = await card_of(quay, incident)
    ends(quay, incident, state)
    await quay.presses(card, f"{action}:{incident}")
    new = quay.shown()[-1]["text"]
    assert "was closed" in new or "is closed" in new
    assert written(quay) == []


def ends(place, incident, state):
    """Close an incident elsewhere, or merge it into another one."""
    if state == "closed":
        closes_in_console(place, incident)
    else:
        place.flashduty.console.merge(raised(place, title="Everything is down"), sources=[incident])


@pytest.mark.parametrize("state", ["closed", "merged"])
@pytest.mark.parametrize(
    ("before", "typed"),
    [
        ("triggered", "ack {}"),
        ("processing", "snooze {} 2h"),
        ("snoozed", "wake {}"),
        ("processing", "close {} " + WORDS),
        ("processing", "assign {}"),
        ("processing", "escalate {}"),
        ("processing", "add {}"),
    ],
)
async def test_a_typed_command__on_an_incident_that_was_closed_or_merged_meanwhile(quay, state, before, typed):
    incident = await prepared(quay, before)
    ends(quay, incident, state)
    shown = await types(quay, typed.format(incident))
    assert "was closed" in shown or "is closed" in shown
    assert written(quay) == []


@pytest.mark.parametrize("state", ["closed", "merged"])
@pytest.mark.parametrize(
    ("form", "fields"),
    [("snooze", {"until": "2h"}), ("close", {"root_cause": WORDS, "resolution": ""})],
)
async def test_a_form__of_an_incident_that_was_closed_or_merged_meanwhile(quay, state, form, fields):
    incident = await prepared(quay)
    view = await form_of(quay, incident, form)
    ends(quay, incident, state)
    await submits(quay, view, **fields)
    assert "was closed" in told(quay)
    assert "Nothing was changed" in told(quay)
    assert written(quay) == []
    if form == "close":
        assert typed_in(view_of(quay), "root_cause") == WORDS


async def test_a_form_to_reopen__that_somebody_else_reopened__keeps_the_reason(quay):
    incident = await prepared(quay, "closed")
    await types(quay, f"reopen {incident}")
    view = view_of(quay)
    quay.flashduty.console.reopen(incident)
    quay.flashduty.calls.clear()
    await submits(quay, view, reason=WORDS)
    assert "went wrong" not in told(quay)
    assert "Nothing was changed" in told(quay)
    assert typed_in(view_of(quay), "reason") == WORDS
    assert written(quay) == []


async def test_a_form_to_snooze_and_acknowledge__that_a_colleague_acknowledged__does_neither(quay):
    incident = await prepared(quay, "triggered")
    view = await form_of(quay, incident, "acknowledge_and_snooze")
    await quay.types(f"/flashduty ack {incident}", BOB)
    await quay.slack.settled()
    quay.flashduty.calls.clear()
    await submits(quay, view, until="2h")
    assert "It was not snoozed either" in told(quay)
    assert written(quay) == []


REFUSED = Fault.code("AccessDenied")


async def test_a_key_without_the_permission__is_said_to_a_button(quay):
    incident = await prepared(quay)
    card = await card_of(quay, incident)
    quay.flashduty.fail("/incident/resolve", REFUSED, times=1)
    await quay.presses(card, f"close:{incident}")
    shown = quay.shown()[-1]["text"]
    assert "was not closed" in shown
    assert "Incidents Manage" in shown
    assert record(quay, incident)["progress"] == "Processing"


async def test_a_key_without_the_permission__is_said_in_a_form__which_keeps_the_text(quay):
    incident = await prepared(quay)
    view = await form_of(quay, incident, "close")
    quay.flashduty.fail("/incident/resolve", REFUSED, times=1)
    await submits(quay, view, root_cause=WORDS, resolution="")
    assert "Incidents Manage" in told(quay)
    assert typed_in(view_of(quay), "root_cause") == WORDS


async def test_a_key_without_the_permission__is_said_to_a_typed_command__and_the_words_are_kept(quay):
    incident = await prepared(quay)
    quay.flashduty.fail("/incident/resolve", REFUSED, times=1)
    shown = await types(quay, f"close {incident} {WORDS}")
    assert "was not closed" in shown
    assert "Incidents Manage" in shown
    assert "kept" in shown
    assert record(quay, incident)["progress"] == "Processing"
    await types(quay, f"ack {raised(quay, title='Another one')}")
    assert typed_in(await form_of(quay, incident, "close"), "resolution") == WORDS


async def test_a_key_without_the_permission__of_half_of_two_calls__is_told_as_half(quay):
    """Acknowledge and snooze are two calls: what was made is told as made."""
    incident = await prepared(quay, "triggered")
    view = await form_of(quay, incident, "acknowledge_and_snooze")
    quay.flashduty.fail("/incident/snooze", REFUSED, times=1)
    await submits(quay, view, until="2h")
    assert "You acknowledged" in told(quay)
    assert "was not snoozed" in told(quay)
    assert record(quay, incident)["progress"] == "Processing"
