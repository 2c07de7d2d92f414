import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import ok, recorded, refusal

from bot.flashduty import FlashdutyError, Severity
from bot.flashduty.models import timeline_details as details
from bot.flashduty.models import timeline_types as types
from bot.flashduty.models.timeline import TimelineEntry

INCIDENT = "69da451ef77b1b51f40e83ee"
FEED = json.loads(recorded("incident-feed"))["data"]["items"]


def entries_of(kind):
    return [TimelineEntry.model_validate(one) for one in FEED if one["type"] == kind]


def detail_of(kind):
    return entries_of(kind)[0].detail


def entry(ms, kind="i_ack", **detail):
    return {
        "ref_id": INCIDENT,
        "type": kind,
        "detail": detail,
        "account_id": 1,
        "creator_id": 7001,
        "created_at": ms,
        "updated_at": ms,
    }


def page(*entries, more=False):
    return ok({"items": list(entries), "has_next_page": more})


def test_every_documented_type__is_read_as_what_it_is():
    kinds = {one["type"]: TimelineEntry.model_validate(one).detail for one in FEED}
    assert kinds.keys() == types.DETAIL_TYPES.keys() | {"i_teleported"}
    assert {kind: type(detail) for kind, detail in kinds.items()} == {
        **types.DETAIL_TYPES,
        "i_teleported": details.SomethingElse,
    }


def test_an_escalation__names_its_rule_its_level_and_its_people():
    assigned, escalated = (one.detail for one in entries_of("i_assign"))
    assert (assigned.kind, assigned.people, assigned.has_rule) == ("assign", (7002,), True)
    assert (escalated.kind, escalated.rule_name, escalated.level, escalated.people) == (
        *("escalate", "Payments primary", 1),
        (7004,),
    )


def test_a_page_that_did_not_arrive__says_whom_it_was_for_and_why():
    call, chat = (one.detail for one in entries_of("i_notify"))
    assert [(one.person_id, one.failed_reason) for one in call.failures] == [(7002, "busy")]
    assert {one.person_id for one in call.receivers} >= {7002}
    assert len(call.receivers) > len(call.failures)
    assert call.by == "voice"
    assert [(one.chat_name, one.failed_reason) for one in chat.failures] == [("Payments", "bot is not in the chat")]


def test_times__are_milliseconds_except_the_end_of_a_cancelled_snooze():
    (entry,) = entries_of("i_wake")
    assert entry.created_at == datetime.fromtimestamp(entry.created_ms / 1000, UTC)
    assert entry.detail.snoozed_before == datetime.fromtimestamp(1775919422, UTC)
    (snoozed,) = entries_of("i_snooze")
    assert snoozed.detail.ends(snoozed.created_at) == snoozed.created_at + timedelta(hours=2)


def test_from_and_to__are_severities_titles_values_or_the_source_of_a_close():
    assert (detail_of("i_r_severity").before, detail_of("i_r_severity").after) == (Severity.WARNING, Severity.CRITICAL)
    assert detail_of("i_r_title").after == "Payments are down"
    assert detail_of("i_rslv").source == "voice"
    text, flag, several = (one.detail for one in entries_of("i_r_field"))
    assert (text.name, text.texts, text.flag) == ("runbook", ("restart",), None)
    assert (flag.flag, flag.texts) == (True, ())
    assert several.texts == ("eu", "us")


def test_a_custom_action__has_failed_only_where_the_timeline_says_so():
    assert detail_of("i_custom").why_it_failed is None
    assert detail_of("i_custom").integration_id > 0
    failed = TimelineEntry.model_validate(entry(1, "i_custom", integration_name="Restart", failed_reason="502"))
    assert failed.detail.why_it_failed == "502"
    assert TimelineEntry.model_validate(entry(1, "i_custom", status="failed")).detail.why_it_failed == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = sorted({name for one in FEED for name in one["detail"]} | {"status", "message", "failed_reason"})


@settings(deadline=None, max_examples=200)
@given(
    kind=st.sampled_from([*types.DETAIL_TYPES, "i_unheard_of", ""]),
    detail=JSON | st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8),
)
def test_any_detail_of_any_type__is_read(kind, detail):
    body = json.dumps(entry(1, kind) | {"detail": detail}).encode()
    read = TimelineEntry.model_validate_json(body)
    assert isinstance(read.detail, types.DETAIL_TYPES.get(kind, details.SomethingElse) | details.SomethingElse)
    for name in dir(type(read.detail)):
        if not name.startswith(("_", "model_")) and isinstance(getattr(type(read.detail), name, None), property):
            getattr(read.detail, name)


async def test_a_timeline__is_read_newest_first_and_given_oldest_first(client, server):
    server.plays(page(entry(3), entry(2), entry(1)))
    timeline = await client.timeline(INCIDENT)
    assert [one.created_ms for one in timeline.entries] == [1, 2, 3]
    assert timeline.is_complete
    assert server.bodies == [{"incident_id": INCIDENT, "asc": False, "p": 1, "limit": 100}]


async def test_a_timeline__is_read_no_further_than_what_is_known(client, server):
    server.plays(page(entry(40), entry(30), more=True), page(entry(20), entry(10), more=True))
    timeline = await client.timeline(INCIDENT, after_ms=20)
    assert [one.created_ms for one in timeline.entries] == [30, 40]
    assert timeline.is_complete
    assert [body["p"] for body in server.bodies] == [1, 2]


async def test_a_timeline_that_moves_while_it_is_read__has_each_entry_once(client, server):
    server.plays(page(entry(4), entry(3), more=True), page(entry(3), entry(2), entry(1)))
    assert [one.created_ms for one in (await client.timeline(INCIDENT)).entries] == [1, 2, 3, 4]


async def test_entries_of_one_millisecond__are_all_there(client, server):
    server.plays(page(entry(5, "i_comm", comment="b"), entry(5, "i_comm", comment="a"), entry(5)))
    assert len((await client.timeline(INCIDENT)).entries) == 3


async def test_a_long_timeline__is_read_up_to_a_limit_and_says_so(client, server):
    pages = [page(*(entry(1000 - 100 * p - n) for n in range(100)), more=True) for p in range(5)]
    server.plays(*pages)
    timeline = await client.timeline(INCIDENT, limit=200)
    assert len(server.asked) == 2
    assert len(timeline.entries) == 200
    assert not timeline.is_complete


async def test_a_deleted_entry__is_left_out(client, server):
    server.plays(page(entry(2), entry(1) | {"deleted_at": 1775912222661}, entry(3) | {"deleted_at": ""}))
    assert [one.created_ms for one in (await client.timeline(INCIDENT)).entries] == [2, 3]


async def test_past_incidents__come_with_the_closest_first(client, server):
    items = json.loads(recorded("incident-list"))["data"]["items"]
    like = items[0] | {"score": 0.5, "resolution": "restarted it"}
    closest = like | {"incident_id": "69da451ef77b1b51f40e8000", "score": 0.91}
    server.plays(ok({"items": [like, closest, like | {"incident_id": INCIDENT, "score": 1.0}]}))
    found = await client.past_incidents(INCIDENT, limit=2)
    first = found[0]
    assert (first.id, first.score, first.resolution) == (closest["incident_id"], 0.91, "restarted it")
    assert INCIDENT not in {one.id for one in found}
    assert server.bodies == [{"incident_id": INCIDENT, "limit": 2}]


@pytest.mark.parametrize(
    ("code", "status"),
    [("InvalidParameter", 400), ("ResourceNotFound", 400), ("NoLicense", 400), ("RouteNotFound", 404)],
)
async def test_past_incidents__are_none_without_a_channel_a_plan_or_the_route(client, server, code, status):
    server.plays(refusal(code, message="Channel not found", status=status))
    assert await client.past_incidents(INCIDENT) == ()


async def test_past_incidents__that_may_not_be_read__are_an_error(client, server):
    server.plays(refusal("AccessDenied", status=403))
    with pytest.raises(FlashdutyError):
        await client.past_incidents(INCIDENT)


async def test_the_runs_of_custom_actions__are_read_alone_and_by_their_integration(client, server):
    server.plays(
        page(
            entry(3, "i_custom", integration_id=9101, integration_name="Restart"),
            entry(2, "i_ack"),
            entry(1, "i_custom", integration_id="what", integration_name=None),
        )
    )
    assert [(run.integration_id, run.name) for run in await client.action_runs(INCIDENT)] == [
        (9101, "Restart"),
        (0, ""),
    ]
    assert server.bodies == [{"incident_id": INCIDENT, "asc": False, "p": 1, "limit": 100, "types": ["i_custom"]}]
