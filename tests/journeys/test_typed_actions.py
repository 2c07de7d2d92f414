"""Snooze, wake, close, reopen and unack, typed: with numbers and without, in both languages, right and wrong."""

import pytest
from acting import acknowledged, buttons, closes_in_console, lines, raised, record, submits, told
from comment_forms import view_of
from harbor import ALICE, CAROL, PAYMENTS

from sandbox.faults import Fault

HOUR = 3600


def at(place):
    return int(place.clock.now().timestamp())


async def types(place, text, words=""):
    """Type a command, and give what only the person was told of it: the message with these words."""
    await place.types(f"/flashduty {text}")
    await place.slack.settled()
    return next(one for one in place.shown()[::-1] if one["ephemeral"] and words in one["text"])


def number(incident):
    return incident[-6:].upper()


@pytest.mark.parametrize(
    "typed", ["snooze {} 2h", "snooze #{} for 120", "snooze 2h {}", "暂缓 {} 2小时", "mute {} 2 hours"]
)
async def test_snooze__with_a_number_and_a_length__snoozes(quay, typed):
    incident = await acknowledged(quay)
    message = await types(quay, typed.format(number(incident)), "You")
    assert "You snoozed" in message["text"]
    assert buttons(message) == ["Undo", "Show incident"]
    assert record(quay, incident)["snoozed_before"] == at(quay) + 2 * HOUR
    assert len(lines(quay, "Alice Chen snoozed", CAROL)) == 1


async def test_snooze__without_a_length__opens_the_form(quay):
    incident = await acknowledged(quay)
    await quay.slack.command(ALICE, PAYMENTS, f"/flashduty snooze {number(incident)}")
    await quay.slack.settled()
    await quay.presses(view_of(quay), "snooze:30")
    assert record(quay, incident)["snoozed_before"] == at(quay) + 1800


async def test_snooze__until_a_time_of_ones_own_zone(quay):
    incident = await acknowledged(quay)
    await quay.types(f"/flashduty snooze {number(incident)} until 09:00")
    assert record(quay, incident)["snoozed_before"] == at(quay) + 1800


@pytest.mark.parametrize("words", ["0", "3d", "until 25:00", "tomorrow maybe"])
async def test_snooze__with_what_is_no_length__changes_nothing_and_shows_how(quay, words):
    incident = await acknowledged(quay)
    message = await quay.types(f"/flashduty snooze {number(incident)} {words}")
    assert "Nothing was changed" in message["text"]
    assert "`/flashduty snooze 0E83EE 2h`" in message["text"]
    assert quay.called("/incident/snooze") == []


async def test_snooze__of_what_nobody_acknowledged__says_that_and_changes_nothing(quay):
    incident = raised(quay)
    message = await quay.types(f"/flashduty snooze {number(incident)} 2h")
    assert "only an acknowledged incident can be snoozed" in message["text"]
    assert quay.called("/incident/snooze") == []


@pytest.mark.parametrize("typed", ["close", "resolve", "关闭", "snooze", "wake", "reopen", "unack", "取消认领"])
async def test_a_verb_alone__lists_what_it_can_be_used_on(quay, typed):
    await acknowledged(quay)
    message = await quay.types(f"/flashduty {typed}")
    assert "incident" in message["text"]
    assert not quay.called("/incident/resolve")


@pytest.mark.parametrize("typed", ["close {}", "关闭 {}", "解决{}", "resolve #{}."])
async def test_close__with_a_number__closes(quay, typed):
    incident = await acknowledged(quay)
    message = await types(quay, typed.format(number(incident)), "You")
    assert "You closed" in message["text"]
    assert record(quay, incident)["progress"] == "Closed"


async def test_close__with_words__keeps_them_as_the_resolution(quay):
    incident = await acknowledged(quay)
    await quay.types(f"/flashduty close {number(incident)} Restarted the pods, twice.")
    assert record(quay, incident)["resolution"] == "Restarted the pods, twice."


async def test_close__of_a_critical_incident__asks_first(quay):
    incident = await acknowledged(quay, severity="Critical")
    message = await quay.types(f"/flashduty close {number(incident)}")
    assert "nothing was changed yet" in message["text"]
    await quay.presses(message, f"close:{incident}")
    assert record(quay, incident)["progress"] == "Closed"


async def test_close__of_several__one_by_one__with_undo_beside_each_and_one_line(quay):
    first, second = await acknowledged(quay), await acknowledged(quay, title="Ledger is behind")
    third = await acknowledged(quay, title="Search is slow", severity="Critical")
    typed = f"{number(first)} and {number(second)}, {number(third)} FFFFFF"
    message = await types(quay, f"close {typed}", "Done for")
    assert "Done for 2 of 4 incidents" in message["text"]
    assert "No incident #FFFFFF" in message["text"]
    assert buttons(message) == ["Undo", "Undo", "Close"]
    assert record(quay, third)["progress"] == "Processing"
    assert len(lines(quay, "Alice Chen closed", CAROL)) == 1
    await quay.presses(message, f"reopen:undo:{first}")
    assert record(quay, first)["progress"] == "Triggered"


async def test_of_several__a_failure_stops_none_of_the_others(quay):
    first, second = await acknowledged(quay), await acknowledged(quay, title="Ledger is behind")
    quay.flashduty.fail("/incident/resolve", Fault.code("AccessDenied"), times=1)
    message = await types(quay, f"close {number(first)} {number(second)}", "Done for")
    assert f"#{number(first)} was not closed" in message["text"]
    assert record(quay, second)["progress"] == "Closed"


async def test_a_number_of_several_incidents__asks_which(quay):
    for first in "ab":
        twin = {"incident_id": first * 18 + "abcdef", "num": "ABCDEF"}
        quay.flashduty.account.incidents[twin["incident_id"]] = record(quay, raised(quay)) | twin
    message = await quay.types("/flashduty close ABCDEF")
    assert "2 incidents have the number #ABCDEF. Which one?" in message["text"]
    assert quay.called("/incident/resolve") == []


async def test_reopen__opens_the_form_with_the_reason_that_was_typed(quay):
    incident = await acknowledged(quay)
    closes_in_console(quay, incident)
    await quay.slack.command(ALICE, PAYMENTS, f"/flashduty reopen {number(incident)} it is back")
    await quay.slack.settled()
    view = view_of(quay)
    assert "it is back" in str(view["blocks"])
    await submits(quay, view, reason="it is back")
    assert record(quay, incident)["progress"] == "Triggered"
    assert "You reopened" in told(quay)


async def test_unack__asks_first(quay):
    incident = await acknowledged(quay)
    message = await quay.types(f"/flashduty unack {number(incident)}")
    assert quay.called("/incident/unack") == []
    await quay.presses(message, f"unacknowledge:{incident}")
    assert record(quay, incident)["progress"] == "Triggered"


async def test_an_unknown_number__is_said(quay):
    message = await quay.types("/flashduty close FFFFFF")
    assert "No incident #FFFFFF" in message["text"]


async def test_somebody_who_may_not__is_refused(quay):
    incident = await acknowledged(quay)
    message = await quay.types(f"/flashduty close {number(incident)}", CAROL)
    assert "was not closed" in message["text"]
    assert record(quay, incident)["progress"] == "Processing"
