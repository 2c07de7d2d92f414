"""The calls that change the state of incidents."""

import pytest
from scripted import HANG, RESET, html, ok, refusal

from bot.flashduty import Code, FlashdutyError, Kind, Timeouts, Unreachable, open_pool
from bot.flashduty.api import lifecycle
from bot.flashduty.models.form_answers import FormAnswers

SOME, OTHER = "a" * 24, "b" * 24
ANSWERS = FormAnswers(summary="The disk was full", fields={"impacted": ["EU", "US"], "paged": False})

# What is said, and what is sent.
CHANGES = [
    ("acknowledge", {}, "/incident/ack", {}),
    (
        "acknowledge",
        {"answers": ANSWERS},
        "/incident/ack",
        {"summary": "The disk was full", "custom_fields": {"impacted": ["EU", "US"], "paged": False}},
    ),
    ("unacknowledge", {}, "/incident/unack", {}),
    ("snooze", {"minutes": 1}, "/incident/snooze", {"minutes": 1}),
    ("snooze", {"minutes": 1_440}, "/incident/snooze", {"minutes": 1_440}),
    ("wake", {}, "/incident/wake", {}),
    ("close", {}, "/incident/resolve", {}),
    ("close", {"root_cause": "漏了索引", "resolution": ""}, "/incident/resolve", {"root_cause": "漏了索引"}),
    (
        "close",
        {"resolution": "x" * 1_024, "description": "y" * 6_144, "answers": FormAnswers(fields={"kind": "capacity"})},
        "/incident/resolve",
        {"resolution": "x" * 1_024, "description": "y" * 6_144, "custom_fields": {"kind": "capacity"}},
    ),
    ("reopen", {}, "/incident/reopen", {}),
    ("reopen", {"reason": "😀" * 1_024}, "/incident/reopen", {"reason": "😀" * 1_024}),
]
IDEMPOTENT = [("unacknowledge", {}), ("wake", {}), ("close", {"root_cause": "x"})]


@pytest.mark.parametrize("data", [None, {}])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change[0])
async def test_a_change__sends_what_is_given_and_nothing_else(client, server, change, data):
    name, given, path, sent = change
    server.plays(ok(data))
    await getattr(client, name)(SOME, OTHER, SOME, **given)
    assert (server.asked[0].path, server.bodies) == (path, [{"incident_ids": [SOME, OTHER], **sent}])


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("snooze", {"minutes": 0}),
        ("snooze", {"minutes": 1_441}),
        ("snooze", {"minutes": -5}),
        ("close", {"root_cause": "x" * 1_025}),
        ("close", {"resolution": "x" * 1_025}),
        ("close", {"description": "x" * 6_145}),
        ("reopen", {"reason": "x" * 1_025}),
    ],
)
async def test_a_change__beyond_a_limit__is_not_sent(client, server, name, given):
    with pytest.raises(ValueError, match="Flashduty takes"):
        await getattr(client, name)(SOME, **given)
    assert server.asked == []


@pytest.mark.parametrize("number", [0, 101])
@pytest.mark.parametrize(("name", "given"), [*IDEMPOTENT, ("acknowledge", {}), ("reopen", {})])
async def test_a_change__of_none_or_too_many__is_not_sent(client, server, name, given, number):
    with pytest.raises(ValueError, match="1 to 100"):
        await getattr(client, name)(*(f"{one:024x}" for one in range(number)), **given)
    assert server.asked == []


@pytest.mark.parametrize("trouble", [RESET, html(502), refusal("InternalError", status=500)])
@pytest.mark.parametrize(("name", "given"), IDEMPOTENT)
async def test_what_changes_nothing_a_second_time__is_tried_again(client, server, name, given, trouble):
    server.plays(trouble)
    await getattr(client, name)(SOME, **given)
    assert server.bodies[0] == server.bodies[1]


@pytest.mark.parametrize("trouble", [RESET, html(502), refusal("InternalError", status=500)])
async def test_reopen__which_pages__is_sent_once_and_its_outcome_is_open(client, server, trouble):
    server.plays(trouble)
    with pytest.raises(FlashdutyError) as caught:
        await client.reopen(SOME, reason="It came back")
    assert caught.value.is_ambiguous
    assert len(server.asked) == 1


async def test_reopen__without_an_answer__has_an_open_outcome(client, server):
    server.plays(HANG)
    async with open_pool(server.url, timeouts=Timeouts(read=0.05)) as impatient:
        with pytest.raises(Unreachable) as caught:
            await client.copy_with(pool=impatient).reopen(SOME)
    assert caught.value.is_ambiguous
    assert len(server.asked) == 1


async def test_a_form_that_is_demanded__is_told_by_its_code_with_the_request_id(client, server):
    server.plays(refusal("InvalidParameter", message="custom_fields: the form must be filled in"))
    with pytest.raises(FlashdutyError) as caught:
        await client.close(SOME)
    assert (caught.value.code, caught.value.request_id) == (Code.INVALID_PARAMETER, "01REFUSED")
    assert not caught.value.is_ambiguous


def test_answers__are_not_in_what_a_log_shows():
    assert "disk" not in repr(ANSWERS)


def test_every_change__needs_the_permission_and_what_is_booked_each_time_is_sent_once():
    operations = [one for name, one in vars(lifecycle).items() if name.startswith("INCIDENT_")]
    assert {one.permission for one in operations} == {"Incidents Manage"}
    assert {one.path for one in operations if one.kind is Kind.WRITE} == {"/incident/reopen", "/incident/snooze"}
