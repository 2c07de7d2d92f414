from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted import DONE, Answer, ok, recorded

from bot.flashduty import IncidentQuery, Progress, Severity, open_pool


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


async def test_every_request__is_a_post_of_json_with_the_key_in_the_query(client, server, key):
    await client.acknowledge("a" * 24)
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/incident/ack")
    assert asked.query == {"app_key": [key]}
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["accept-language"] == "en"
    assert asked.headers["host"] == server.url.removeprefix("http://")


async def test_list_incidents__sends_what_is_given(client, server, now):
    server.plays(Answer(recorded("incident-list")))
    await client.list_incidents(
        IncidentQuery(
            start=now - timedelta(days=31),
            end=now,
            progress=frozenset({Progress.PROCESSING, Progress.TRIGGERED}),
            severities=(Severity.WARNING, Severity.CRITICAL),
            text="支付 \ud83d",
            channel_ids=(5001, 5002),
            team_ids=(4001,),
            nums=("0E83EE",),
            incident_ids=("a" * 24,),
            limit=50,
            cursor="next",
            oldest_first=True,
        )
    )
    assert server.asked[0].path == "/incident/list"
    assert server.bodies[0] == {
        "start_time": int(now.timestamp()) - 31 * 86400,
        "end_time": int(now.timestamp()),
        "progress": "Triggered,Processing",
        "incident_severity": "Critical,Warning",
        "query": "支付 \ud83d",
        "channel_ids": [5001, 5002],
        "team_ids": [4001],
        "nums": ["0E83EE"],
        "incident_ids": ["a" * 24],
        "limit": 50,
        "search_after_ctx": "next",
        "asc": True,
    }


async def test_list_incidents__without_filters__sends_none(client, server, query):
    server.plays(Answer(recorded("incident-list")))
    await client.list_incidents(query)
    assert set(server.bodies[0]) == {"start_time", "end_time", "limit"}


async def test_list_incidents__reads_the_page(client, server, query):
    server.plays(Answer(recorded("incident-list")))
    page = await client.list_incidents(query)
    assert (page.total, page.has_more, page.cursor) == (2, True, "WzE3OTU1MTAwMDBd")
    full, sparse = page.incidents
    assert (full.id, full.num, full.title) == ("69da451ef77b1b51f40e83ee", "0E83EE", "支付网关超时率升高 5%")
    assert (full.severity, full.status, full.progress) == (Severity.CRITICAL, Severity.WARNING, Progress.PROCESSING)
    assert (full.started_at, full.acknowledged_at, full.snoozed_until) == (
        at(1795510000),
        at(1795510300),
        at(1795520000),
    )
    assert (full.ended_at, full.closed_at) == (None, None)
    assert (full.alert_count, full.active_alert_count, full.event_count) == (4, 3, 61)
    assert (full.channel_id, full.channel_name, full.account_id) == (5001, "Payments API", 2001)
    assert (full.owner_name, full.closer_name) == ("Alice Chen", None)
    assert (full.escalation_rule, full.escalation_level) == ("Payments, day and night", 1)
    assert (full.impact, full.ai_summary) == ("Checkout is slow", "Latency rose with the release.")
    assert full.labels == {"check": "http_p99", "resource": "payments-api"}
    assert [responder.person_id for responder in full.responders] == [7001, 7002]
    assert [responder.name for responder in full.responders] == ["Alice Chen", None]
    assert [responder.person_id for responder in full.acknowledgers] == [7001]
    assert (sparse.severity, sparse.progress, sparse.is_open) == (Severity.UNKNOWN, Progress.UNKNOWN, True)
    assert (sparse.labels, sparse.responders, sparse.escalation_rule, sparse.escalation_level) == ({}, (), None, None)


async def test_incident__reads_one(client, server):
    server.plays(Answer(recorded("incident-info")))
    incident = await client.incident("69da451ef77b1b51f40e83ee")
    assert server.bodies == [{"incident_id": "69da451ef77b1b51f40e83ee"}]
    assert (incident.closer_name, incident.closed_at, incident.is_open) == ("Bob Müller", at(1795512000), False)


@pytest.mark.parametrize("data", [None, {}])
@pytest.mark.parametrize("name", ["acknowledge", "unacknowledge"])
async def test_a_write__with_nothing_to_tell__is_done(client, server, name, data):
    server.plays(ok(data))
    await getattr(client, name)("b" * 24, "a" * 24, "b" * 24)
    assert server.asked[0].path == {"acknowledge": "/incident/ack", "unacknowledge": "/incident/unack"}[name]
    assert server.bodies == [{"incident_ids": ["b" * 24, "a" * 24]}]


async def test_a_comment__names_one_incident_and_holds_the_text_as_it_is(client, server):
    server.plays(ok({}))
    await client.comment("a" * 24, "Alice in Slack: *now*")
    assert server.asked[0].path == "/incident/comment"
    assert server.bodies == [{"incident_ids": ["a" * 24], "comment": "Alice in Slack: *now*"}]


@pytest.mark.parametrize("ids", [(), tuple(str(number) for number in range(101))], ids=["none", "101"])
async def test_a_write__of_none_or_too_many__is_not_sent(client, server, ids):
    with pytest.raises(ValueError, match="1 to 100"):
        await client.acknowledge(*ids)
    assert server.asked == []


async def test_schedules__reads_shifts_in_order_and_both_twins(client, server, now):
    server.plays(Answer(recorded("schedule-list")))
    primary, old, nobody = await client.schedules(now, now + timedelta(days=15), team_ids=(4001,), text="pay")
    assert server.bodies == [
        {
            "start": int(now.timestamp()),
            "end": int(now.timestamp()) + 15 * 86400,
            "team_ids": [4001],
            "query": "pay",
            "p": 1,
            "limit": 100,
        }
    ]
    assert (primary.id, primary.name, primary.team_id, primary.is_enabled) == (6001, "Payments primary", 4001, True)
    assert [shift.start for shift in primary.shifts] == [at(1795500000), at(1795540000)]
    assert [(duty.role_id, duty.person_ids) for duty in primary.shifts[0].duties] == [(1, (7001,)), (2, (7003, 7001))]
    assert primary.shifts[0].person_ids == (7001, 7003)
    assert primary.shifts[0].group == "Primary"
    assert primary.current == primary.shifts[0]
    assert primary.following == primary.shifts[1]
    assert (old.id, old.name, old.team_id, old.is_enabled, old.shifts) == (6002, "Old twins", None, False, ())
    assert (nobody.shifts, nobody.current, nobody.following) == ((), None, None)


def schedules(first, last, total):
    return ok({"items": [{"schedule_id": number} for number in range(first, last)], "total": total})


async def test_schedules__of_several_pages__are_all_read(client, server, now):
    server.plays(schedules(1, 101, 205), schedules(101, 201, 205), schedules(201, 206, 205))
    found = await client.schedules(now, now + timedelta(days=1))
    assert [schedule.id for schedule in found] == list(range(1, 206))
    assert [(body["p"], body["limit"]) for body in server.bodies] == [(1, 100), (2, 100), (3, 100)]


async def test_schedules__fewer_than_told__end_with_the_empty_page(client, server, now):
    server.plays(schedules(1, 11, 41), schedules(0, 0, 41))
    assert len(await client.schedules(now, now + timedelta(days=1))) == 10
    assert len(server.asked) == 2


async def test_schedules__of_too_long_a_span__are_not_asked_for(client, server, now):
    with pytest.raises(ValueError, match="45 days"):
        await client.schedules(now, now + timedelta(days=45))
    assert server.asked == []


async def test_persons__are_looked_up_once_each(client, server):
    server.plays(Answer(recorded("person-infos")))
    people = await client.persons([7003, 7001, 7003, 0, 7009])
    assert server.bodies == [{"person_ids": [7003, 7001, 7009]}]
    assert {number: person.name for number, person in people.items()} == {7001: "Alice Chen", 7003: "王小明"}
    assert (people[7001].email, people[7001].time_zone, people[7001].locale) == (
        "alice@harbor.example",
        "Europe/Berlin",
        "en-US",
    )
    assert (people[7003].email, people[7003].time_zone, people[7003].status) == (None, None, "pending")


async def test_persons__of_nobody__make_no_call(client, server):
    assert await client.persons([]) == {}
    assert server.asked == []


async def test_persons__of_many__come_in_batches(client, server):
    server.plays(then=ok({"items": None}))
    assert await client.persons(range(1, 251)) == {}
    assert [len(body["person_ids"]) for body in server.bodies] == [100, 100, 50]


async def test_flashduty_channel__tells_its_teams(client, server):
    server.plays(Answer(recorded("channel-info")))
    channel = await client.flashduty_channel(5001)
    assert server.bodies == [{"channel_id": 5001}]
    assert (channel.id, channel.name, channel.team_id, channel.managing_team_ids) == (
        5001,
        "Payments API",
        4001,
        (4002,),
    )


async def test_key_owner__tells_person_and_account(client, server):
    server.plays(Answer(recorded("member-info")))
    owner = await client.key_owner()
    assert server.bodies == [{}]
    assert (owner.member_id, owner.name, owner.email) == (8005, "Dana Okoye", "dana@harbor.example")
    assert (owner.account_id, owner.account_name) == (2001, "Harbor")


async def test_a_hundred_calls__need_one_connection(client, server, unpaced):
    unhurried = client.copy_with(account=unpaced)
    for _ in range(100):
        await unhurried.acknowledge("a" * 24)
    assert server.dialled == 1


async def test_a_cookie__is_not_sent_again(client, server):
    server.plays(Answer(DONE.body, headers=(("Set-Cookie", "session=payments; Path=/"),)))
    await client.acknowledge("a" * 24)
    await client.acknowledge("a" * 24)
    assert not any("cookie" in request.headers for request in server.asked)


async def test_a_base_address_with_a_path__keeps_it(server, client):
    async with open_pool(f"{server.url}/flashduty/") as pool:
        await client.copy_with(pool=pool).acknowledge("a" * 24)
    assert server.asked[0].path == "/flashduty/incident/ack"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(min_size=1, max_size=40))
async def test_any_search_text__arrives_as_it_was(client, server, now, unpaced, text):
    server.plays(Answer(recorded("incident-list")))
    unhurried = client.copy_with(account=unpaced)
    await unhurried.list_incidents(IncidentQuery(start=now - timedelta(days=1), end=now, text=text))
    assert server.bodies[-1]["query"] == text


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": datetime(2026, 11, 24, 8, tzinfo=UTC)},
        {"start": datetime(2026, 10, 1, tzinfo=UTC)},
        {"limit": 101},
        {"limit": 0},
        {"severities": (Severity.UNKNOWN,)},
        {"severities": (Severity.OK,)},
        {"progress": (Progress.UNKNOWN,)},
    ],
    ids=str,
)
def test_a_query_flashduty_would_refuse__is_refused_by_us(now, wrong):
    with pytest.raises(ValueError, match="Flashduty"):
        IncidentQuery(**{"start": now - timedelta(days=1), "end": now} | wrong)


async def test_a_client_that_speaks_chinese__asks_for_it_with_every_call_and_its_copies_too(client, server):
    await client.speaking("zh-CN").until(1e12).acknowledge("a" * 24)
    await client.acknowledge("a" * 24)
    assert [asked.headers["accept-language"] for asked in server.asked] == ["zh-CN", "en"]
