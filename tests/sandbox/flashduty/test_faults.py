"""Flashduty on a bad day."""

import asyncio
import contextlib

import aiohttp
import pytest

from sandbox.clock import Clock
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty
from sandbox.flashduty.wire.refusals import STATUS


@pytest.mark.parametrize("code", STATUS)
async def test_a_code__on_demand__is_answered_once_with_its_status(desk, code):
    desk.flashduty.fail("/member/info", Fault.code(code))
    answer = await desk.ask("/member/info", {})
    assert (answer.status, answer.code) == (STATUS[code], code)
    assert answer.message
    assert (await desk.ask("/member/info", {})).status == 200


async def test_a_code__with_its_own_words_and_status__uses_them(desk):
    desk.flashduty.fail("/member/info", Fault.code("SomethingNew", message="<!channel>", status=200))
    answer = await desk.ask("/member/info", {})
    assert (answer.status, answer.code, answer.message) == (200, "SomethingNew", "<!channel>")
    assert desk.flashduty.calls[-1].code == "SomethingNew"


@pytest.mark.parametrize("seconds", [7, None])
async def test_too_many_requests__on_demand__with_or_without_a_wait(desk, seconds):
    desk.flashduty.fail("/member/info", Fault.rate_limited(retry_after=seconds))
    answer = await desk.ask("/member/info", {})
    assert (answer.status, answer.code) == (429, "RequestTooFrequently")
    assert answer.headers.get("Retry-After") == (None if seconds is None else "7")


async def test_a_fault__for_everything__lasts_until_it_is_mended(desk):
    desk.flashduty.fail("*", Fault.code("ServiceUnavailable"), times=None)
    for path in ("/member/info", "/schedule/list", "/member/info"):
        assert (await desk.ask(path, {})).code == "ServiceUnavailable"
    desk.flashduty.mend()
    assert (await desk.ask("/member/info", {})).status == 200


async def test_a_reset__does_no_work(desk):
    incident = desk.flashduty.raise_incident()
    desk.flashduty.fail("/incident/ack", Fault.reset())
    with pytest.raises(aiohttp.ClientConnectionError):
        await desk.ask("/incident/ack", {"incident_ids": [incident["incident_id"]]})
    assert incident["progress"] == "Triggered"
    await desk.flashduty.settled()
    assert (desk.flashduty.calls[-1].status, desk.flashduty.calls[-1].code) == (None, "reset")


async def test_a_lost_answer__did_the_work(desk):
    incident = desk.flashduty.raise_incident()
    desk.flashduty.fail("/incident/ack", Fault.lost_answer())
    with pytest.raises(aiohttp.ClientConnectionError):
        await desk.ask("/incident/ack", {"incident_ids": [incident["incident_id"]]})
    assert incident["progress"] == "Processing"
    await desk.flashduty.settled()
    assert (desk.flashduty.calls[-1].status, desk.flashduty.calls[-1].code) == (None, "lost_answer")


# What each change does, and whether it was done.
CHANGES = [
    ("/incident/snooze", {"incident_ids": [...], "minutes": 5}, lambda one: one["snoozed_before"] > 0),
    ("/incident/resolve", {"incident_ids": [...]}, lambda one: one["progress"] == "Closed"),
    ("/incident/assign", {"incident_ids": [...], "assigned_to": {"person_ids": [7004]}}, lambda one: 7004 in of(one)),
    ("/incident/responder/add", {"incident_id": ..., "person_ids": [7004]}, lambda one: 7004 in of(one)),
    (
        "/incident/field/reset",
        {"incident_id": ..., "field_name": "cause", "field_value": "Release"},
        lambda one: one["fields"] == {"cause": "Release"},
    ),
]


def of(incident):
    return {one["person_id"] for one in incident["responders"]}


def naming(body, incident_id):
    return {
        name: incident_id if value is ... else [incident_id] if value == [...] else value
        for name, value in body.items()
    }


@pytest.mark.parametrize(("path", "body", "is_done"), CHANGES, ids=lambda one: one if isinstance(one, str) else "")
async def test_every_change__is_done_when_its_answer_is_lost__and_not_when_it_is_refused_before(
    desk, path, body, is_done
):
    incident = desk.flashduty.raise_incident()
    desk.flashduty.console.acknowledge(incident["incident_id"])
    body = naming(body, incident["incident_id"])
    for fault in (Fault.code("InternalError"), Fault.rate_limited(), Fault.html(502)):
        desk.flashduty.fail(path, fault)
        with contextlib.suppress(aiohttp.ContentTypeError):
            assert (await desk.ask(path, body)).status in {429, 500}
        assert not is_done(incident)
    desk.flashduty.fail(path, Fault.lost_answer())
    with pytest.raises(aiohttp.ClientConnectionError):
        await desk.ask(path, body)
    assert is_done(incident)


async def test_half_a_body__breaks_off(desk):
    desk.flashduty.fail("/member/info", Fault.half_body())
    with pytest.raises(aiohttp.ClientPayloadError):
        await desk.ask("/member/info", {})


async def test_a_proxys_page__is_no_json(desk):
    desk.flashduty.fail("/member/info", Fault.html(502))
    with pytest.raises(aiohttp.ContentTypeError):
        await desk.ask("/member/info", {})
    assert (desk.flashduty.calls[-1].status, desk.flashduty.calls[-1].code) == (502, "html")


async def test_a_call_that_hangs__is_over_when_the_caller_gives_up(desk):
    desk.flashduty.fail("/member/info", Fault.hang())
    calling = asyncio.create_task(desk.ask("/member/info", {}))
    other = await desk.ask("/schedule/list", {})
    assert other.status == 200
    assert not calling.done()
    calling.cancel()
    await asyncio.wait([calling])
    await desk.flashduty.settled()
    assert [(call.path, call.status, call.code) for call in desk.flashduty.calls] == [
        ("/schedule/list", 200, None),
        ("/member/info", None, "hang"),
    ]


async def test_a_call_that_hangs__does_not_keep_the_server_from_stopping():
    async with aiohttp.ClientSession() as session:
        async with PretendFlashduty(clock=Clock()) as flashduty:
            flashduty.fail("*", Fault.hang())
            calling = asyncio.create_task(session.post(flashduty.url + "/member/info", json={}))
            await flashduty.busy()
        with pytest.raises(aiohttp.ClientConnectionError):
            await calling


async def test_a_late_answer__is_that_of_work_that_was_done_before(desk):
    incident = desk.flashduty.raise_incident()
    desk.flashduty.fail("/incident/ack", Fault.late(0.2))
    made = asyncio.Event()
    desk.flashduty.account.timeline.on_note.append(lambda _: made.set())
    asked = asyncio.create_task(desk.ask("/incident/ack", {"incident_ids": [incident["incident_id"]]}))
    await made.wait()
    assert incident["progress"] == "Processing"
    assert not asked.done()
    assert (await asked).status == 200
    await desk.flashduty.settled()
    assert (desk.flashduty.calls[-1].status, desk.flashduty.calls[-1].code) == (200, None)


async def test_a_delay__ends_with_the_right_answer(desk):
    desk.flashduty.fail("/member/info", Fault.delay(0.01))
    assert (await desk.ask("/member/info", {})).status == 200
    assert desk.flashduty.calls[-1].seconds >= 0.01


async def test_a_server__stopped_and_started_again__keeps_its_address_and_its_state(desk):
    flashduty = desk.flashduty
    address, incident = flashduty.url, flashduty.raise_incident()
    await flashduty.__aexit__(None, None, None)
    with pytest.raises(aiohttp.ClientConnectionError):
        await desk.ask("/member/info", {})
    await flashduty.__aenter__()
    assert flashduty.url == address
    assert (await desk.incident(incident["incident_id"]))["num"] == incident["num"]
