"""Every change whose answer is lost, between the real client and the pretend Flashduty: done once, and in doubt."""

import pytest
from pydantic import SecretStr

from bot.flashduty import Account, Flashduty, FlashdutyError, open_pool
from bot.flashduty.models.dispatch import RuleLevel
from sandbox.faults import Fault

RULE = RuleLevel(rule_id="6500000000000000000000a1", level=0)
# What must not happen twice: the path, the call, and the entries of the timeline that it makes.
ONCE = {
    "assign": ("/incident/assign", lambda at, one: at.assign(one, person_ids=[7004]), ["i_assign", "i_notify"]),
    "escalate": ("/incident/assign", lambda at, one: at.assign(one, level=RULE), ["i_assign", "i_notify"]),
    "add": ("/incident/responder/add", lambda at, one: at.add_responders(one, [7004]), ["i_a_rspd", "i_notify"]),
    "action": ("/incident/custom-action/do", lambda at, one: at.run_custom_action(one, 9101), ["i_custom"]),
    "field": ("/incident/field/reset", lambda at, one: at.set_custom_field(one, "cause", "Release"), ["i_r_field"]),
    "comment": ("/incident/comment", lambda at, one: at.comment(one, "x"), ["i_comm"]),
    "reopen": ("/incident/reopen", lambda at, one: at.reopen(one), ["i_reopen", "i_assign", "i_notify"]),
    "snooze": ("/incident/snooze", lambda at, one: at.snooze(one, minutes=30), ["i_snooze"]),
}
# What changes nothing a second time.
AGAIN = {
    "acknowledge": ("/incident/ack", lambda at, one: at.acknowledge(one), ["i_ack"]),
    "close": ("/incident/resolve", lambda at, one: at.close(one, resolution="x"), ["i_rslv"]),
}


@pytest.fixture
async def client(flashduty):
    async with open_pool(flashduty.url) as pool:
        yield Flashduty(pool, Account(), team="payments", app_key=SecretStr(str(flashduty.keys["payments"])))


def begun(flashduty, name):
    incident_id = flashduty.raise_incident()["incident_id"]
    if name == "reopen":
        flashduty.console.close(incident_id)
    if name == "snooze":
        flashduty.console.acknowledge(incident_id)
    return incident_id, len(list(flashduty.account.timeline))


def made(flashduty, before):
    return [entry.what for entry in flashduty.account.timeline][before:]


@pytest.mark.parametrize("name", ONCE)
async def test_what_pages_or_adds__is_done_once_and_in_doubt(client, flashduty, name):
    path, act, entries = ONCE[name]
    incident_id, before = begun(flashduty, name)
    flashduty.fail(path, Fault.lost_answer())
    with pytest.raises(FlashdutyError) as caught:
        await act(client, incident_id)
    assert caught.value.is_ambiguous
    assert made(flashduty, before) == entries


@pytest.mark.parametrize("name", ONCE)
async def test_what_pages_or_adds__refused_before_it_was_done__is_not_done(client, flashduty, name):
    path, act, _ = ONCE[name]
    incident_id, before = begun(flashduty, name)
    for fault in (Fault.rate_limited(retry_after=None), Fault.code("AccessDenied")):
        flashduty.fail(path, fault)
        with pytest.raises(FlashdutyError) as caught:
            await act(client, incident_id)
        assert not caught.value.is_ambiguous
    assert made(flashduty, before) == []


@pytest.mark.parametrize("name", AGAIN)
async def test_what_changes_nothing_twice__is_done_once_and_said_to_be_done(client, flashduty, name):
    path, act, entries = AGAIN[name]
    incident_id, before = begun(flashduty, name)
    flashduty.fail(path, Fault.lost_answer())
    await act(client, incident_id)
    assert made(flashduty, before) == entries


async def test_the_end_of_a_snooze_whose_answer_is_lost__is_as_wanted(client, flashduty):
    incident_id, _ = begun(flashduty, "snooze")
    await client.snooze(incident_id, minutes=30)
    flashduty.fail("/incident/wake", Fault.lost_answer())
    await client.wake(incident_id)
    assert not (await client.incident(incident_id)).snoozed_before
