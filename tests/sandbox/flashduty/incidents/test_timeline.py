"""The timeline of an incident.

Rules: `/incident/feed`, `p` from 1, `limit` 1 to 100, times in milliseconds, no `total`.
"""

from datetime import timedelta

import pytest

DANA, KENJI = 7005, 7008


@pytest.fixture
def fresh(desk):
    return desk.flashduty.raise_incident(title="Something broke")["incident_id"]


async def comments(desk, incident_id, count):
    for number in range(count):
        desk.clock.shift(timedelta(seconds=1))
        await desk.gets("/incident/comment", {"incident_ids": [incident_id], "comment": f"{number}"})


async def feed(desk, incident_id, **more):
    page = await desk.gets("/incident/feed", {"incident_id": incident_id, **more})
    return page["items"] or [], page["has_next_page"]


async def test_the_timeline__tells_who_did_what_and_when_in_milliseconds(desk, fresh):
    desk.clock.shift(timedelta(seconds=5))
    await desk.gets("/incident/comment", {"incident_ids": [fresh], "comment": " restarting "})
    await desk.gets("/incident/resolve", {"incident_ids": [fresh]}, key="search")
    items, has_more = await feed(desk, fresh, asc=True, types=["i_new", "i_comm", "i_rslv"])
    assert not has_more
    assert [(one["type"], one["creator_id"], one["detail"]) for one in items] == [
        ("i_new", 0, {"severity": "Critical", "title": "Something broke"}),
        ("i_comm", DANA, {"comment": "restarting", "mute_reply": False}),
        ("i_rslv", KENJI, {"from": "console"}),
    ]
    # Two entries of one incident never share a millisecond.
    assert [one["created_at"] for one in items] == [
        desk.now * 1_000,
        (desk.now + 5) * 1_000,
        (desk.now + 5) * 1_000 + 1,
    ]
    assert {one["ref_id"] for one in items} == {fresh}


async def test_another_incidents_entries__are_not_in_it(desk, fresh):
    other = desk.flashduty.raise_incident()["incident_id"]
    await comments(desk, other, 1)
    assert await feed(desk, fresh, types=["i_comm"]) == ([], False)


async def test_pages__by_number_and_newest_first__tell_whether_there_are_more(desk, fresh):
    await comments(desk, fresh, 5)
    seen = [await feed(desk, fresh, types=["i_comm"], asc=False, limit=2, p=page) for page in (1, 2, 3)]
    assert [[one["detail"]["comment"] for one in items] for items, _ in seen] == [["4", "3"], ["2", "1"], ["0"]]
    assert [has_more for _, has_more in seen] == [True, True, False]


async def test_a_page__without_a_limit__has_twenty(desk, fresh):
    await comments(desk, fresh, 21)
    items, has_more = await feed(desk, fresh, types=["i_comm"])
    assert (len(items), has_more) == (20, True)


@pytest.mark.parametrize(
    "wrong",
    [{"p": 0}, {"limit": 0}, {"limit": 101}, {"types": ["i_comment"]}, {"asc": 1}, {"search_after_ctx": "x"}],
)
async def test_what_is_out_of_bounds__is_refused(desk, fresh, wrong):
    assert (await desk.ask("/incident/feed", {"incident_id": fresh, **wrong})).code == "InvalidParameter"


async def test_an_unknown_incident_or_a_key_without_the_permission__is_refused(desk, fresh):
    assert (await desk.ask("/incident/feed", {"incident_id": "0" * 24})).code == "ResourceNotFound"
    desk.flashduty.keys["payments"].permissions.discard("Incidents Read")
    assert (await desk.ask("/incident/feed", {"incident_id": fresh})).code == "AccessDenied"
