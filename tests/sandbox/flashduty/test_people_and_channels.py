"""Who is who, and who owns what."""


async def test_persons__with_gaps_and_strangers__are_those_who_exist(desk):
    data = await desk.gets("/person/infos", {"person_ids": [7003, 7006, 1, 7003]})
    assert [one["person_id"] for one in data["items"]] == [7003, 7006]
    known, invited = data["items"]
    assert (known["person_name"], known["locale"], known["time_zone"]) == ("王小明", "zh-CN", "Asia/Shanghai")
    assert (invited["status"], invited["email"]) == ("pending", "priya@harbor.example")
    assert "person_name" not in invited


async def test_persons__none_of_whom_exist__are_null(desk):
    assert await desk.gets("/person/infos", {"person_ids": [1]}) == {"items": None}


async def test_member_info__tells_whose_key_it_is(desk):
    mine, theirs = await desk.gets("/member/info", {}), await desk.gets("/member/info", {}, key="search")
    assert (mine["member_id"], mine["member_name"], mine["account_name"]) == (7005, "Dana Okoye", "Harbor")
    assert theirs["member_name"] == "Kenji Sato"


async def test_members__by_e_mail__are_found(desk):
    data = await desk.gets("/member/list", {"query": "BOB@harbor"})
    assert [one["member_id"] for one in data["items"]] == [7002]


async def test_members__page_by_page__are_everybody(desk):
    pages = [await desk.gets("/member/list", {"p": page, "limit": 4, "asc": True}) for page in (1, 2, 3)]
    assert [one["member_id"] for page in pages for one in page["items"]] == sorted(desk.account.persons)
    assert {page["total"] for page in pages} == {9}


async def test_teams__tell_who_is_in_them(desk):
    data = await desk.gets("/team/infos", {"team_ids": [4001, 9]})
    assert [(one["team_name"], 7001 in one["person_ids"]) for one in data["items"]] == [("Payments", True)]


async def test_a_channel__tells_its_owner_and_its_load(desk):
    data = await desk.gets("/channel/info", {"channel_id": 5002})
    assert (data["team_id"], data["managing_team_ids"]) == (4001, [4003])
    assert data["progress_to_incident_cnts"] == {"Triggered": 3, "Processing": 2}
    assert data["active_incident_highest_severity"] == "Critical"


async def test_a_channel__nobody_else_manages__says_null(desk):
    assert (await desk.gets("/channel/info", {"channel_id": 5001}))["managing_team_ids"] is None


async def test_channel_infos__are_short(desk):
    data = await desk.gets("/channel/infos", {"channel_ids": [5004, 1]})
    assert data["items"] == [{"channel_id": 5004, "channel_name": "Ledger(其他)", "status": "enabled"}]


async def test_channels__filtered_and_ordered__are_listed(desk):
    async def names(**filters):
        return [one["channel_name"] for one in (await desk.gets("/channel/list", filters))["items"] or []]

    assert await names(orderby="channel_name", asc=True) == ["Checkout", "Ledger(其他)", "Payments API", "Search"]
    assert await names(team_ids=[4001], asc=True) == ["Payments API", "Checkout"]
    assert await names(query="receipt") == ["Checkout"]
    assert await names(channel_name="Search", query="receipt") == ["Search"]
    assert await names(is_my_starred=True) == ["Payments API"]
    assert await names(channel_name="search") == []


async def test_channels__in_brief__have_four_fields(desk):
    data = await desk.gets("/channel/list", {"is_brief": True, "limit": 1})
    assert set(data["items"][0]) == {"channel_id", "channel_name", "description", "status"}
    assert data["has_next_page"]
