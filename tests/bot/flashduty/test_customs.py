"""The calls about what an account defines for itself."""

import pytest
from scripted import RESET, html, ok, refusal

from bot.flashduty import FlashdutyError, Kind
from bot.flashduty.api.customs import CUSTOM_ACTION_DO, FIELD_RESET
from bot.flashduty.models.customs import FieldKind

SOME = "a" * 24


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        (None, ""),
        ({}, ""),
        ({"message": ""}, ""),
        ({"message": None}, ""),
        ({"message": "dial tcp: timeout"}, "dial tcp: timeout"),
    ],
)
async def test_a_custom_action__with_a_message_has_failed_though_the_call_succeeded(client, server, data, failure):
    server.plays(ok(data))
    result = await client.run_custom_action(SOME, 6113996590131)
    assert (result.failure, result.has_failed) == (failure, bool(failure))
    assert (server.asked[0].path, server.bodies[0]) == (
        "/incident/custom-action/do",
        {"incident_id": SOME, "integration_id": 6113996590131},
    )


async def test_the_failure_of_an_action__is_not_in_what_a_log_shows(client, server):
    server.plays(ok({"message": "Post https://ci.harbor.example/run?token=s3cret: refused"}))
    assert "s3cret" not in repr(await client.run_custom_action(SOME, 1))


@pytest.mark.parametrize("value", [True, False, "支付", 2.5, ["EU", "US"]])
async def test_a_custom_field__is_set_to_a_value_of_its_type(client, server, value):
    await client.set_custom_field(SOME, "impact", value)
    assert (server.asked[0].path, server.bodies[0]) == (
        "/incident/field/reset",
        {"incident_id": SOME, "field_name": "impact", "field_value": value},
    )


@pytest.mark.parametrize("trouble", [RESET, html(502), refusal("InternalError", status=500)])
async def test_an_action_or_a_field__is_sent_once_and_its_outcome_is_open(client, server, trouble):
    server.plays(trouble, trouble)
    for call in (client.run_custom_action(SOME, 1), client.set_custom_field(SOME, "impact", "x")):
        with pytest.raises(FlashdutyError) as caught:
            await call
        assert caught.value.is_ambiguous
    assert len(server.asked) == 2


def test_both__need_the_permission():
    assert {(one.kind, one.permission) for one in (CUSTOM_ACTION_DO, FIELD_RESET)} == {(Kind.WRITE, "Incidents Manage")}


async def test_custom_fields__that_can_be_filled_in__are_read_with_their_choices(client, server):
    told = [
        {"field_name": "cause", "display_name": "Cause", "field_type": "single_select", "options": ["A", "B", "A", 3]},
        {"field_name": "told", "field_type": "checkbox", "value_type": "bool", "status": "enabled", "options": None},
        {"field_name": "old", "field_type": "text", "status": "disabled"},
        {"field_name": "map", "field_type": "geography"},
        {"field_name": None, "field_type": "text"},
        {"field_name": "loss", "field_type": "text", "value_type": "float", "options": {"unit": "%"}},
    ]
    server.plays(ok({"items": told}))
    cause, flag, loss = await client.custom_fields()
    assert (cause.label, cause.kind, cause.choices) == ("Cause", FieldKind.SINGLE_SELECT, ("A", "B"))
    assert (flag.name, flag.kind, flag.choices) == ("told", FieldKind.CHECKBOX, ())
    assert (loss.name, loss.value_type, loss.choices) == ("loss", "float", ())


async def test_comment_types__are_read(client, server):
    told = [{"comment_type_id": "b" * 24, "name": "对外通告", "position": 1}, {"comment_type_id": "", "name": "x"}]
    server.plays(ok({"items": told}))
    assert [(one.id, one.name) for one in await client.comment_types()] == [("b" * 24, "对外通告")]
    assert (server.asked[0].path, server.bodies) == ("/incident/comment-type/list", [{}])


@pytest.mark.parametrize("name", ["custom_fields", "comment_types"])
async def test_a_newer_route__that_is_missing__is_as_if_there_were_none(client, server, name):
    server.plays(refusal("RouteNotFound", status=404), ok(None), refusal("AccessDenied", status=403))
    assert await getattr(client, name)() == ()
    assert await getattr(client, name)() == ()
    with pytest.raises(FlashdutyError):
        await getattr(client, name)()


async def test_a_comment__may_have_a_type(client, server):
    await client.comment(SOME, "Restarted", type_id="b" * 24)
    assert server.bodies == [{"incident_ids": [SOME], "comment": "Restarted", "comment_type_id": "b" * 24}]
