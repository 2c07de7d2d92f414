"""Custom actions, custom fields, types of comments and forms."""

import pytest

from sandbox.flashduty.model.customs import MOST_ACTIONS, Form, custom_field
from sandbox.flashduty.seed.customs import FAIL_OVER, REINDEX, RESTART, search_close_form

DANA = 7005
ANSWERED = {"summary": "The disk was full", "custom_fields": {"cause": "Capacity"}}


@pytest.fixture
def fresh(desk):
    return desk.flashduty.raise_incident(title="Something broke")["incident_id"]


@pytest.fixture
def searching(desk):
    desk.account.forms.append(search_close_form())
    return desk.flashduty.raise_incident(flashduty_channel="Search")["incident_id"]


async def newest(desk, incident_id):
    items = (await desk.gets("/incident/feed", {"incident_id": incident_id, "asc": True, "limit": 100}))["items"]
    return [(one["type"], one["creator_id"], one["detail"]) for one in items][3:]


async def test_an_action__is_run_by_the_owner_of_the_key_and_says_nothing(desk, fresh):
    assert await desk.gets("/incident/custom-action/do", {"incident_id": fresh, "integration_id": RESTART}) == {}
    named = {"integration_id": RESTART, "integration_name": "Restart the service"}
    assert await newest(desk, fresh) == [("i_custom", DANA, named)]


async def test_an_action__whose_own_call_fails__is_answered_with_a_message_and_200(desk, fresh):
    desk.account.custom_actions[RESTART].failure = "dial tcp 10.0.0.1:443: connect: connection refused"
    answer = await desk.ask("/incident/custom-action/do", {"incident_id": fresh, "integration_id": RESTART})
    assert (answer.status, "error" in answer.body) == (200, False)
    assert answer.data == {"message": "dial tcp 10.0.0.1:443: connect: connection refused"}


@pytest.mark.parametrize(
    ("integration_id", "code"),
    [
        (1, "ResourceNotFound"),
        (REINDEX, "ResourceNotFound"),
        (FAIL_OVER, "InvalidParameter"),
        (0, "InvalidParameter"),
        (str(RESTART), "InvalidParameter"),
    ],
)
async def test_an_action__of_another_channel_or_none_or_disabled__is_refused(desk, fresh, integration_id, code):
    desk.account.custom_actions[FAIL_OVER].is_enabled = False
    body = {"incident_id": fresh, "integration_id": integration_id}
    assert (await desk.ask("/incident/custom-action/do", body)).code == code
    assert await newest(desk, fresh) == []


async def test_an_action__of_a_closed_incident__is_refused(desk, fresh):
    await desk.gets("/incident/resolve", {"incident_ids": [fresh]})
    body = {"incident_id": fresh, "integration_id": RESTART}
    assert (await desk.ask("/incident/custom-action/do", body)).code == "InvalidParameter"


def test_actions__are_at_most_five_in_a_channel(desk):
    for channel in desk.account.channels:
        own = [one for one in desk.account.custom_actions.values() if channel in one.channel_ids]
        assert len(own) <= MOST_ACTIONS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("affected_service", "支付"),
        ("cause", "Release"),
        ("regions", ["EU"]),
        ("customers_told", False),
        ("loss_percent", 0.5),
    ],
)
async def test_a_field__takes_a_value_of_its_type(desk, fresh, name, value):
    await desk.gets("/incident/field/reset", {"incident_id": fresh, "field_name": name, "field_value": value})
    assert (await desk.incident(fresh))["fields"] == {name: value}
    assert await newest(desk, fresh) == [("i_r_field", DANA, {"field_name": name, "to": value})]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("affected_service", " "),
        ("affected_service", True),
        ("affected_service", "x" * 1_025),
        ("affected_service", None),
        ("cause", "Weather"),
        ("cause", ["Release"]),
        ("regions", "EU"),
        ("regions", []),
        ("regions", ["EU", "MOON"]),
        ("regions", ["EU", "EU"]),
        ("customers_told", "yes"),
        ("loss_percent", "0.5"),
        ("loss_percent", True),
        ("ticket", "ABC-1"),
        ("colour", "red"),
    ],
)
async def test_a_field__of_another_type_or_none__is_refused(desk, fresh, name, value):
    body = {"incident_id": fresh, "field_name": name, "field_value": value}
    assert (await desk.ask("/incident/field/reset", body)).code == "InvalidParameter"
    assert (await desk.incident(fresh))["fields"] is None


async def test_fields__are_listed_by_name_and_time(desk):
    async def names(**body):
        return [one["field_name"] for one in (await desk.gets("/field/list", body))["items"] or []]

    everything = ["affected_service", "cause", "regions", "customers_told", "loss_percent"]
    assert await names(asc=True, orderby="created_at") == ["ticket", *everything]
    assert await names(query="LOSS") == ["loss_percent"]
    assert await names(creator_id=1) == []
    assert (await desk.ask("/field/list", {"p": 1})).code == "InvalidParameter"


@pytest.mark.parametrize(
    "given", [{"display_name": "x" * 40}, {"description": "x" * 500}, {"value_type": "money"}, {"name": "x" * 40}]
)
def test_a_field__that_no_account_can_have__cannot_be_made(given):
    with pytest.raises(ValueError, match="custom field"):
        custom_field(1001, 9, **{"name": "impact", **given})


async def test_a_field__of_a_type_that_is_newer__takes_nothing_here(desk, fresh):
    desk.account.fields.append(custom_field(1001, 9, "owner", field_type="person"))
    body = {"incident_id": fresh, "field_name": "owner", "field_value": "Dana"}
    assert (await desk.ask("/incident/field/reset", body)).code == "InvalidParameter"


async def test_a_comment__of_a_type__says_so(desk, fresh):
    kinds = (await desk.gets("/incident/comment-type/list", {}))["items"]
    assert [one["name"] for one in kinds] == ["Progress", "Finding", "对外通告"]
    body = {"incident_ids": [fresh], "comment": "Known to customers", "comment_type_id": kinds[2]["comment_type_id"]}
    await desk.gets("/incident/comment", body)
    ((what, _, detail),) = await newest(desk, fresh)
    assert (what, detail["comment_type"]["name"]) == ("i_comm", "对外通告")
    answer = await desk.ask("/incident/comment", body | {"comment_type_id": "0" * 24})
    assert answer.code == "ResourceNotFound"


async def close(desk, incident_id, **answers):
    return await desk.ask("/incident/resolve", {"incident_ids": [incident_id], **answers})


async def test_a_form__is_demanded_of_its_team_alone(desk, fresh, searching):
    assert (await close(desk, searching)).code == "InvalidParameter"
    assert (await close(desk, fresh)).status == 200
    assert (await desk.ask("/incident/ack", {"incident_ids": [searching]})).status == 200
    assert (await close(desk, searching, **ANSWERED)).status == 200
    assert (await desk.incident(searching))["fields"] == {"cause": "Capacity"}
    assert [what for what, _, _ in await newest(desk, searching)] == ["i_ack", "i_r_field", "i_rslv"]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"summary": "x"},
        {"custom_fields": {"cause": "Capacity"}},
        {"summary": " ", "custom_fields": {"cause": "Capacity"}},
        {"summary": "x", "custom_fields": {"cause": "Weather"}},
        {"summary": "x", "custom_fields": {"affected_service": "index"}},
        {"summary": "x", "custom_fields": {"cause": "Capacity", "regions": ["EU"]}},
        {"summary": "x", "custom_fields": {"cause": "Capacity", "colour": "red"}},
        {"summary": "x", "custom_fields": ["cause"]},
    ],
)
async def test_a_form__that_is_not_answered_as_it_asks__is_refused_and_nothing_changes(desk, searching, answers):
    before = await desk.incident(searching)
    assert (await close(desk, searching, root_cause="y", **answers)).code == "InvalidParameter"
    assert await desk.incident(searching) == before


@pytest.mark.parametrize("answers", [{"summary": "x"}, {"custom_fields": {"cause": "Capacity"}}])
async def test_answers__to_no_form__are_refused(desk, fresh, answers):
    for what in ("ack", "resolve"):
        answer = await desk.ask(f"/incident/{what}", {"incident_ids": [fresh], **answers})
        assert answer.code == "InvalidParameter"
    assert (await desk.incident(fresh))["progress"] == "Triggered"


async def test_a_form__of_some_severities_and_labels__is_for_those(desk):
    desk.account.forms.append(
        Form(action="ack", summary="required", severities=frozenset({"Critical"}), labels={"env": "production"})
    )
    asked, milder, elsewhere = (
        desk.flashduty.raise_incident("x", severity=severity, labels={"env": env})["incident_id"]
        for severity, env in [("Critical", "production"), ("Warning", "production"), ("Critical", "test")]
    )
    for free in (milder, elsewhere):
        assert (await desk.ask("/incident/ack", {"incident_ids": [free]})).status == 200
    assert (await desk.ask("/incident/ack", {"incident_ids": [asked]})).code == "InvalidParameter"
    await desk.gets("/incident/ack", {"incident_ids": [asked], "summary": "Looking at the disk"})
    assert await newest(desk, asked) == [("i_ack", DANA, {"progress": "Looking at the disk"})]


async def test_several__of_which_one_has_a_form__are_all_left_alone(desk, fresh, searching):
    answer = await desk.ask("/incident/resolve", {"incident_ids": [fresh, searching]})
    assert answer.code == "InvalidParameter"
    assert (await desk.incident(fresh))["progress"] == "Triggered"
