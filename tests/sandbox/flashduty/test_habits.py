"""What the pretend Flashduty can be told to do every time, and answers nobody should read."""

import json
import zlib
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from sandbox.__main__ import main
from sandbox.faults import Fault
from sandbox.flashduty.habits import Habits

MIB = 1024 * 1024
DAY = 86_400


def has(desk, **habits):
    desk.flashduty.habits = replace(desk.flashduty.habits, **habits)


async def page(desk, cursor=None, limit=3):
    body = {"start_time": desk.now - 31 * DAY + 60, "end_time": desk.now + 60, "limit": limit}
    return await desk.gets("/incident/list", body | ({"search_after_ctx": cursor} if cursor else {}))


def ids(answer):
    return [one["incident_id"] for one in answer["items"] or []]


async def test_a_cursor_that_stands_still__gives_the_same_page_for_ever(desk):
    has(desk, repeats_cursor=True)
    first = await page(desk)
    second = await page(desk, first["search_after_ctx"])
    assert first["has_next_page"]
    assert first == second
    assert ids(first)


async def test_short_pages__hold_less_than_was_asked_for_and_lead_on(desk):
    has(desk, page_size=2)
    first = await page(desk, limit=100)
    second = await page(desk, first["search_after_ctx"], limit=100)
    assert len(ids(first)) == len(ids(second)) == 2
    assert not set(ids(first)) & set(ids(second))
    schedules = await desk.gets("/schedule/list", {"p": 1, "limit": 100})
    assert len(schedules["items"]) == 2
    assert schedules["total"] > 2


async def test_empty_pages__come_with_more_to_come_before_each_that_holds_something(desk):
    plain = await page(desk)
    has(desk, empty_pages=2)
    first = await page(desk)
    second = await page(desk, first["search_after_ctx"])
    third = await page(desk, second["search_after_ctx"])
    assert [(ids(one), one["has_next_page"]) for one in (first, second)] == [([], True)] * 2
    assert ids(third) == ids(plain)
    assert ids(await page(desk, third["search_after_ctx"])) == []


async def test_pages_that_overlap__repeat_items(desk):
    has(desk, overlap=1)
    first = await page(desk)
    second = await page(desk, first["search_after_ctx"])
    assert ids(second)[0] == ids(first)[-1]


async def test_a_total_that_grows__is_never_reached(desk):
    has(desk, grows=True)
    for number in (1, 2, 3):
        answer = await desk.gets("/schedule/list", {"p": number, "limit": 100})
        assert answer["total"] > number * 100


async def test_schedules_that_repeat__are_the_first_page_every_time(desk):
    has(desk, repeats_pages=True, page_size=2)
    first = await desk.gets("/schedule/list", {"p": 1, "limit": 2})
    second = await desk.gets("/schedule/list", {"p": 2, "limit": 2})
    assert first["items"] == second["items"]
    assert second["total"] > 4


@pytest.mark.parametrize("code", ["OK", "ok", "", "0", 0])
async def test_a_success__may_have_an_error_that_is_none(desk, code):
    has(desk, ok_code=code)
    answer = await desk.ask("/member/info", {})
    assert answer.status == 200
    assert answer.body["error"]["code"] == code
    assert answer.data["member_name"] == "Dana Okoye"


async def test_a_slow_server__takes_its_time_for_every_call(desk):
    has(desk, seconds=0.01)
    await desk.ask("/member/info", {})
    await desk.ask("/member/info", {})
    assert all(call.seconds >= 0.01 for call in desk.flashduty.calls)


async def test_more_than_a_hundred_ids__are_refused(desk):
    answer = await desk.ask("/incident/ack", {"incident_ids": [f"{number:024x}" for number in range(101)]})
    assert (answer.status, answer.code) == (400, "InvalidParameter")
    has(desk, most_ids=2)
    assert (await desk.ask("/person/infos", {"person_ids": [1, 2, 3]})).code == "InvalidParameter"
    assert (await desk.ask("/person/infos", {"person_ids": [1, 2]})).status == 200


@pytest.mark.parametrize("path", ["/incident/ack", "/incident/resolve"])
async def test_an_account_with_forms__refuses_what_has_no_answers(desk, path):
    has(desk, wants_forms=True)
    incident = desk.flashduty.raise_incident()
    named = {"incident_ids": [incident["incident_id"]]}
    assert (await desk.ask(path, named)).code == "InvalidParameter"
    assert incident["progress"] == "Triggered"
    assert (await desk.ask(path, named | {"summary": "The disk was full."})).status == 200
    assert incident["progress"] != "Triggered"


async def test_habits__are_changed_over_http_and_told(desk):
    answer = await desk.raw("/sandbox/habits", key=None, json={"ok_code": "OK"})
    assert answer.body["habits"]["ok_code"] == "OK"
    answer = await desk.raw("/sandbox/habits", key=None, json={"page_size": 2})
    assert (answer.body["habits"]["ok_code"], answer.body["habits"]["page_size"]) == ("OK", 2)
    assert (await desk.raw("/sandbox/habits", key=None, json={"moody": True})).status == 400
    assert desk.flashduty.habits == Habits(ok_code="OK", page_size=2)


@pytest.mark.parametrize("habit", ["moody=true", "seconds", "seconds=soon"])
def test_a_habit_there_is_not__is_said_on_the_command_line(capsys, habit):
    try:
        code = main(["flashduty", "--habit", habit])
    except SystemExit as left:
        code = left.code
    assert code == 2
    assert capsys.readouterr().err


async def raw_of(desk, fault):
    """Read what comes over the line, packed as it is, and count it."""
    desk.flashduty.fail("/member/info", fault)
    key = str(desk.flashduty.keys["payments"])
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.post(f"{desk.flashduty.url}/member/info", params={"app_key": key}, json={}) as answer,
    ):
        chunks = [chunk async for chunk in answer.content.iter_any()]
        return answer, b"".join(chunks)


async def test_a_flood__is_as_large_as_it_is_told(desk):
    answer, content = await raw_of(desk, Fault.flood(200))
    assert 200 * MIB < len(content) == int(answer.headers["Content-Length"])


@pytest.mark.parametrize(("encoding", "wbits"), [("gzip", 31), ("deflate", 15)])
@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_packed_flood__is_small_on_the_line(desk, encoding, wbits, is_announced):
    answer, content = await raw_of(desk, Fault.flood(200, encoding=encoding, is_announced=is_announced))
    assert answer.headers["Content-Encoding"] == encoding
    assert ("Content-Length" in answer.headers) == is_announced
    assert len(content) < MIB
    unpacking, length = zlib.decompressobj(wbits), 0
    waiting = content
    while waiting:
        length += len(unpacking.decompress(waiting, MIB))
        waiting = unpacking.unconsumed_tail
    assert length > 200 * MIB


@pytest.mark.parametrize("literal", ["1e15", "NaN", "1e400", "-1", "9" * 5000])
async def test_absurd_numbers__stand_wherever_there_is_a_number_that_is_no_id(desk, literal):
    desk.flashduty.fail("/incident/list", Fault.numbers(literal))
    body = {"start_time": desk.now - DAY, "end_time": desk.now + 60, "limit": 1}
    key = str(desk.flashduty.keys["payments"])
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{desk.flashduty.url}/incident/list", params={"app_key": key}, json=body) as answer,
    ):
        text = await answer.text()
    assert f'"start_time": {literal}' in text
    assert f'"total": {literal}' in text
    assert f'"channel_id": {literal}' not in text


async def test_words_of_something_else__may_be_answered(desk):
    for text, kind in (
        ("[1, 2]", "application/json"),
        ("upstream connect error or disconnect/reset before headers", "text/plain"),
        (json.dumps({"kind": "Status", "code": 503}), "application/json"),
        ("[" * 100_000, "application/json"),
    ):
        desk.flashduty.fail("/member/info", Fault.says(text, content_type=kind, status=503))
        answer, content = await raw_of(desk, Fault.says(text, content_type=kind, status=503))
        assert (answer.status, content.decode()) == (503, text)
        desk.flashduty.mend()


async def test_lag__a_change_is_read_later_than_it_is_told(desk):
    old = desk.flashduty.raise_incident()["incident_id"]
    desk.clock.shift(timedelta(seconds=10))
    desk.flashduty.habits = Habits(lag=2)
    desk.flashduty.console.acknowledge(old)
    new = desk.flashduty.raise_incident()["incident_id"]

    async def read():
        by_ids = await desk.gets("/incident/list-by-ids", {"incident_ids": [old, new]})
        listed = {
            one["incident_id"]: one["progress"] for one in await desk.incidents() if one["incident_id"] in {old, new}
        }
        assert listed == {one["incident_id"]: one["progress"] for one in by_ids["items"] or []}
        return [listed.get(old), listed.get(new)]

    assert await read() == ["Triggered", None]
    assert (await desk.ask("/incident/info", {"incident_id": new})).code == "ResourceNotFound"
    feed = await desk.gets("/incident/feed", {"incident_id": old, "types": ["i_ack"]})
    assert len(feed["items"]) == 1
    desk.clock.shift(timedelta(seconds=2))
    assert await read() == ["Processing", "Triggered"]
