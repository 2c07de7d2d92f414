"""Finding incidents."""

DAY = 86_400


def titles(incidents):
    return [one["title"] for one in incidents]


async def everything(desk, **filters):
    """Follow the cursor to the end, as a client should."""
    body = {"start_time": desk.now - 31 * DAY + 60, "end_time": desk.now + 60, **filters}
    found = []
    while True:
        page = await desk.gets("/incident/list", body)
        found += page["items"] or []
        if not page["has_next_page"]:
            return found, page["total"]
        body["search_after_ctx"] = page["search_after_ctx"]


async def test_the_list__without_a_limit__gives_twenty_newest_first(desk):
    page = await desk.gets("/incident/list", {"start_time": desk.now - 31 * DAY, "end_time": desk.now})
    starts = [one["start_time"] for one in page["items"]]
    assert len(starts) == 20
    assert starts == sorted(starts, reverse=True)
    assert page["has_next_page"]


async def test_the_cursor__followed_to_the_end__gives_everything_once(desk):
    found, total = await everything(desk, limit=7)
    ids = [one["incident_id"] for one in found]
    assert len(ids) == len(set(ids)) == total
    assert set(ids) == {one for one, it in desk.account.incidents.items() if it["start_time"] >= desk.now - 31 * DAY}


async def test_the_cursor__while_new_incidents_come_in__still_gives_everything_once(desk):
    body = {"start_time": desk.now - DAY, "end_time": desk.now + 60, "team_ids": [4001], "limit": 3}
    first = await desk.gets("/incident/list", body)
    desk.flashduty.raise_incident()
    second = await desk.gets("/incident/list", body | {"search_after_ctx": first["search_after_ctx"]})
    ids = [one["incident_id"] for one in first["items"] + second["items"]]
    assert len(set(ids)) == 6


async def test_the_cursor__ascending__goes_the_other_way(desk):
    found, _ = await everything(desk, limit=50, asc=True, team_ids=[4001])
    starts = [one["start_time"] for one in found]
    assert starts == sorted(starts)


async def test_the_cursor__with_other_filters_or_a_page__is_refused(desk):
    body = {"start_time": desk.now - 31 * DAY, "end_time": desk.now, "limit": 5}
    cursor = (await desk.gets("/incident/list", body))["search_after_ctx"]
    assert (await desk.ask("/incident/list", body | {"search_after_ctx": cursor, "limit": 9})).status == 200
    for other in ({"progress": "Closed"}, {"p": 2}, {"end_time": desk.now + 1}):
        answer = await desk.ask("/incident/list", body | {"search_after_ctx": cursor} | other)
        assert answer.code == "InvalidParameter"


async def test_pages__by_number__do_not_overlap(desk):
    one = await desk.incidents(limit=10, p=1)
    two = await desk.incidents(limit=10, p=2)
    assert not {it["incident_id"] for it in one} & {it["incident_id"] for it in two}


async def test_the_total__beyond_a_thousand__stops_counting(desk):
    for _ in range(1_001):
        desk.flashduty.raise_incident()
    page = await desk.gets("/incident/list", {"start_time": desk.now - 60, "end_time": desk.now + 60, "limit": 1})
    assert page["total"] == 1_000


async def test_the_window__holds_what_started_in_it(desk):
    old = next(one for one in desk.account.incidents.values() if one["num"] == "0DDF00")
    assert old["progress"] == "Processing"
    assert old["num"] not in {one["num"] for one in await desk.incidents()}
    window = {"start_time": old["start_time"], "end_time": old["start_time"] + 1}
    assert [one["num"] for one in await desk.incidents(**window)] == ["0DDF00"]
    before = {"start_time": old["start_time"] - 1, "end_time": old["start_time"]}
    assert await desk.incidents(**before) == []


async def test_filters__narrow_the_list(desk):
    for filters, fits in [
        ({"progress": "Closed"}, lambda one: one["progress"] == "Closed"),
        ({"progress": "Triggered,Processing"}, lambda one: one["progress"] != "Closed"),
        ({"incident_severity": "Info"}, lambda one: one["incident_severity"] == "Info"),
        ({"channel_ids": [5002]}, lambda one: one["channel_id"] == 5002),
        ({"team_ids": [4001]}, lambda one: one["channel_id"] in (5001, 5002)),
        ({"team_ids": [4001], "channel_ids": [5002, 5004]}, lambda one: one["channel_id"] == 5002),
        ({"nums": ["5C0DE5"]}, lambda one: one["num"] == "5C0DE5"),
        ({"is_snoozed": True}, lambda one: one["snoozed_before"] > desk.now),
        ({"is_rare": True}, lambda one: one["frequency"] == "rare"),
        ({"ever_muted": True}, lambda one: one["ever_muted"]),
        ({"is_my_team": True}, lambda one: one["channel_id"] in (5001, 5002)),
        ({"query": "关"}, lambda one: "关" in str(one)),
        ({"query": "CHECKOUT-WEB-7"}, lambda one: "checkout-web-7" in str(one)),
    ]:
        found, _ = await everything(desk, limit=100, **filters)
        everywhere, _ = await everything(desk, limit=100)
        assert found, filters
        assert found == [one for one in everywhere if fits(one)], filters


async def test_people_filters__look_at_responders_acknowledgers_and_closers(desk):
    assert all(
        7003 in [it["person_id"] for it in one["responders"]] for one in await desk.incidents(responder_ids=[7003])
    )
    acked = await desk.incidents(acker_ids=[7003], progress="Processing")
    assert titles(acked) == ["支付网关超时率升高：建设银行渠道 p99 > 3s，影响下单"]
    assert {one["closer_id"] for one in await desk.incidents(closer_ids=[7001])} == {7001}


async def test_a_number__shared_by_several__gives_all_of_them(desk):
    assert len(await desk.incidents(nums=["5C0DE5"])) == 3
    assert await desk.incidents(nums=["5c0de5"]) == []


async def test_a_list__names_nobody_but_the_single_incident_does(desk):
    (listed,) = await desk.incidents(nums=["91B0E5"])
    assert all("person_name" not in one for one in listed["responders"])
    whole = await desk.incident(listed["incident_id"])
    assert [one["person_name"] for one in whole["responders"]] == ["Alice Chen", "Bob Müller"]


async def test_an_id__in_capitals__is_the_same_id(desk):
    incident_id = next(iter(desk.account.incidents))
    assert (await desk.incident(incident_id.upper()))["incident_id"] == incident_id


async def test_list_by_ids__leaves_out_unknown_ones__in_an_order_of_its_own(desk):
    known = list(desk.account.incidents)[:3]
    for asked in ([*known, "0" * 24, known[0]], known[::-1]):
        data = await desk.gets("/incident/list-by-ids", {"incident_ids": asked})
        assert [one["num"] for one in data["items"]] == ["0E83EE", "3FA2C1", "B71D04"]


async def test_emptiness__on_the_wire__is_null(desk):
    nothing = await desk.gets("/incident/list", {"start_time": 1, "end_time": 2})
    assert nothing == {"items": None, "total": 0, "has_next_page": False}
    (bare,) = await desk.incidents(nums=["FEED11"])
    assert all(bare[name] is None for name in ("labels", "fields", "images", "responders", "assigned_to"))
    assert "deleted_at" not in bare
