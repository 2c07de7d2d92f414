"""Who is let in, with what, and how a refusal reads."""

import io
from datetime import timedelta

import pytest

from sandbox.flashduty.operations import OPERATIONS

WRITES = [
    "/incident/ack",
    "/incident/unack",
    "/incident/resolve",
    "/incident/snooze",
    "/incident/wake",
    "/incident/comment",
    "/incident/reopen",
    "/incident/assign",
    "/incident/responder/add",
    "/incident/custom-action/do",
    "/incident/field/reset",
]


@pytest.mark.parametrize("key", [None, "", "nobody's", "expired"])
async def test_a_key__missing_unknown_or_expired__is_unauthorized(desk, key):
    answer = await desk.raw("/member/info", key=key, json={})
    assert (answer.status, answer.code) == (401, "Unauthorized")


async def test_a_key__when_its_time_comes__expires(desk):
    desk.flashduty.keys["payments"].expires_at = desk.now + 60
    assert (await desk.ask("/member/info", {})).status == 200
    desk.clock.shift(timedelta(seconds=60))
    assert (await desk.ask("/member/info", {})).code == "Unauthorized"


async def test_a_key__twice_in_the_address__is_unauthorized(desk):
    key = desk.flashduty.keys["payments"]
    answer = await desk.raw(f"/member/info?app_key={key}", json={}, key=None, params={"app_key": "other"})
    assert answer.code == "Unauthorized"


async def test_a_key__in_a_header_or_the_body__does_not_count(desk):
    key = str(desk.flashduty.keys["payments"])
    answer = await desk.raw("/member/info", key=None, json={"app_key": key}, headers={"Authorization": key})
    assert answer.code == "Unauthorized"


@pytest.mark.parametrize("path", WRITES)
async def test_a_write__with_a_key_that_may_only_look__is_denied_and_names_the_permission(desk, path):
    answer = await desk.ask(path, {"incident_ids": list(desk.account.incidents)[:1]}, key="readonly")
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert "Incidents Manage" in answer.message


async def test_analytics__without_its_permission__are_denied(desk):
    body = {"start_time": desk.now - 100, "end_time": desk.now}
    assert (await desk.ask("/insight/account", body, key="search")).code == "AccessDenied"
    assert (await desk.ask("/insight/account", body)).status == 200


async def test_a_permission__taken_away_while_it_runs__is_missed_at_once(desk):
    desk.flashduty.keys["payments"].permissions.discard("Incidents Read")
    answer = await desk.ask("/incident/info", {"incident_id": "0" * 24})
    assert answer.code == "AccessDenied"


@pytest.mark.parametrize("path", ["/incident", "/incident/list/", "/incident/delete", "/"])
async def test_a_path__that_is_not_served__is_route_not_found(desk, path):
    answer = await desk.ask(path, {})
    assert (answer.status, answer.code) == (404, "RouteNotFound")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_method__other_than_post__is_not_allowed(desk, method):
    answer = await desk.raw("/incident/list", method=method)
    assert (answer.status, answer.code) == (405, "MethodNotAllowed")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_a_content_type__other_than_json__is_refused(desk, kind):
    answer = await desk.raw("/member/info", data=b"{}", headers={"Content-Type": kind})
    assert (answer.status, answer.code) == (400, "InvalidContentType")


async def test_a_content_type__with_a_charset__is_fine(desk):
    answer = await desk.raw("/member/info", data=b"{}", headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.status == 200


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'"x"', b"null", b'{"a": 1, "a": 2}', b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000]
)
async def test_a_body__that_is_no_plain_json_object__is_a_bad_request(desk, raw):
    answer = await desk.raw("/member/info", data=raw, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.code) == (400, "BadRequest")


async def test_a_body__larger_than_a_mebibyte__is_too_large(desk):
    large = io.BytesIO(b'{"comment": "' + b"x" * 1_100_000 + b'"}')
    answer = await desk.raw("/incident/comment", data=large, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.code) == (413, "EntityTooLarge")


async def test_a_query_parameter__beside_the_key__is_refused(desk):
    answer = await desk.raw("/member/info", json={}, params={"verbose": "1"})
    assert answer.code == "InvalidParameter"
    assert "verbose" in answer.message


@pytest.mark.parametrize("path", OPERATIONS)
async def test_every_operation__given_a_field_it_does_not_have__names_it(desk, path):
    answer = await desk.ask(path, {"colour": "red"})
    assert (answer.status, answer.code) == (400, "InvalidParameter")
    assert "colour" in answer.message


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        ("", "unauthorized"),
        ("en", "unauthorized"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "未授权"),
        ("en;q=0.5, zh;q=0.7", "未授权"),
        ("zh;q=0.1,en", "unauthorized"),
        ("fr, zh;q=oops", "unauthorized"),
    ],
)
async def test_a_message__is_in_the_language_asked_for(desk, languages, expected):
    answer = await desk.ask("/member/info", {}, key="nobody's", Accept_Language=languages)
    assert expected in answer.message


async def test_the_request_id__is_in_body_and_header_and_never_the_same(desk):
    answers = [await desk.ask("/member/info", {}), await desk.ask("/nowhere", {}), await desk.ask("/member/info", {})]
    ids = [answer.body["request_id"] for answer in answers]
    assert ids == [answer.headers["Flashcat-Request-Id"] for answer in answers]
    assert len(set(ids)) == 3
    assert all(len(one) == 26 for one in ids)


async def test_calls__remember_what_was_asked_and_whose_key_it_was_but_not_the_key(desk):
    rows = []
    desk.flashduty.on_call = rows.append
    await desk.ask("/person/infos", {"person_ids": [7001]})
    await desk.ask("/person/infos", {"person_ids": "7001"}, key="search")
    assert rows == desk.flashduty.calls
    assert [(call.path, call.key_owner, call.status, call.code) for call in rows] == [
        ("/person/infos", 7005, 200, None),
        ("/person/infos", 7008, 400, "InvalidParameter"),
    ]
    assert rows[0].body == {"person_ids": [7001]}
    assert "pretend-app-key" not in repr(rows)


async def test_unknown_fields__when_switched_on__come_with_records_and_errors(desk):
    desk.flashduty.adds_unknown_fields = True
    person = (await desk.gets("/person/infos", {"person_ids": [7001]}))["items"][0]
    assert "pronouns" in person
    assert "reason" in (await desk.ask("/nowhere", {})).body["error"]


async def test_a_permission__needs_the_keys_scope_and_a_role_of_its_owner(desk):
    """Since August 2026 a key has a scope of its own, beside the roles of whoever made it."""
    body = {"start_time": desk.now - 100, "end_time": desk.now}
    key = desk.flashduty.keys["payments"]
    desk.account.roles[17] = frozenset({"Incidents Read"})
    desk.account.roles_of[key.owner_id] = (17,)
    assert (await desk.ask("/incident/list", body)).status == 200
    assert (await desk.ask("/insight/account", body)).code == "AccessDenied"
    key.permissions.discard("Incidents Read")
    assert (await desk.ask("/incident/list", body)).code == "AccessDenied"


async def test_permissions__are_those_of_the_roles_that_are_asked_for(desk):
    desk.account.roles[17] = frozenset({"Incidents Read"})
    told = (await desk.ask("/role/permission/list", {"role_ids": [17]})).data["items"]
    assert [one["permission_name"] for one in told] == ["Incidents Read"]
    whole = (await desk.ask("/role/permission/list", {"role_ids": [17], "with_all": True})).data["items"]
    assert {one["permission_name"] for one in whole if one["is_granted"]} == {"Incidents Read"}
    assert len(whole) > 10
    assert (await desk.ask("/member/info", {})).data["account_role_ids"] == [6]
