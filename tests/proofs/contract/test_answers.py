"""Every answer of the pretend Flashduty against the published description of the real one."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from since_may import FIELDS, ROUTES, as_of_may

from sandbox.faults import Fault
from sandbox.flashduty.incidents.timeline import ENTRY_TYPES
from sandbox.flashduty.model.customs import Form
from sandbox.flashduty.operations import OPERATIONS
from sandbox.flashduty.wire.refusals import STATUS

NOW = int(datetime(2026, 11, 24, 7, 30, tzinfo=UTC).timestamp())
DAY = 86_400
WINDOW = {"start_time": NOW - 31 * DAY, "end_time": NOW}
SHIFTS = {"start": NOW, "end": NOW + 15 * DAY}
NOTHING_YET = {"start_time": 1, "end_time": 2}

QUESTIONS = [
    ("/incident/list", WINDOW | {"limit": 100}),
    ("/incident/list", WINDOW | {"limit": 100, "asc": True, "p": 2}),
    ("/incident/list", WINDOW | {"team_ids": [4001], "progress": "Triggered,Processing"}),
    ("/incident/list", WINDOW | {"progress": "Closed", "incident_severity": "Critical,Warning,Info"}),
    ("/incident/list", NOTHING_YET),
    ("/schedule/list", {}),
    ("/schedule/list", {"limit": 100}),
    ("/schedule/list", SHIFTS | {"limit": 100}),
    ("/schedule/list", SHIFTS | {"query": "nothing like it"}),
    *(("/schedule/info", SHIFTS | {"schedule_id": number}) for number in range(6001, 6009)),
    ("/person/infos", {"person_ids": list(range(7001, 7010))}),
    ("/person/infos", {"person_ids": [1]}),
    ("/member/info", {}),
    ("/member/list", {}),
    ("/member/list", {"query": "nobody"}),
    *(("/channel/escalate/rule/list", {"channel_id": number}) for number in range(5001, 5005)),
    *(("/channel/info", {"channel_id": number}) for number in range(5001, 5005)),
    ("/channel/infos", {"channel_ids": [5001, 5004]}),
    ("/channel/infos", {"channel_ids": [1]}),
    ("/channel/list", {}),
    ("/channel/list", {"is_brief": True}),
    ("/channel/list", {"query": "nothing like it"}),
    ("/field/list", {}),
    ("/field/list", {"orderby": "updated_at", "asc": True, "query": "region", "creator_id": 7005}),
    ("/field/list", {"query": "nothing like it"}),
    ("/incident/comment-type/list", {}),
    ("/team/infos", {"team_ids": [4001, 4002, 4003]}),
    ("/team/infos", {"team_ids": [1]}),
    ("/role/permission/list", {"role_ids": [6]}),
    ("/role/permission/list", {"role_ids": [6], "with_all": True}),
    ("/role/permission/list", {"role_ids": [1]}),
    ("/insight/team", WINDOW),
    ("/insight/team", WINDOW | {"aggregate_unit": "day", "split_hours": True}),
    ("/insight/account", WINDOW | {"aggregate_unit": "week"}),
    ("/insight/account", NOTHING_YET),
    ("/insight/alert/topk-by-label", WINDOW | {"label": "check"}),
    ("/insight/alert/topk-by-label", WINDOW | {"label": "resource", "split_hours": True}),
    ("/insight/alert/topk-by-label", NOTHING_YET | {"label": "check"}),
]


class Auditor:
    """Asks, and has the document judge both the question and the answer."""

    def __init__(self, flashduty, document, newer, session):
        self.flashduty = flashduty
        self.asked = set()
        self.entry_types = set(document.openapi["components"]["schemas"]["IncidentFeedType"]["enum"])
        self._document = document
        self._newer = newer
        self._session = session

    async def ask(self, path, body, *, key="payments", is_wrong=False, is_newer=False):
        self.asked.add(path)
        async with self._session.post(
            self.flashduty.url + path, params={"app_key": self.flashduty.keys.get(key, key)}, json=body
        ) as response:
            answer = await response.json()
        assert (response.status != 200) == is_wrong, answer
        if not is_wrong:
            if path not in ROUTES:
                assert self._document.problems_in_request(path, as_of_may(path, body)) == []
            assert self._newer.problems_in_request(path, body) == []
            assert self._newer.problems_in_answer(path, answer.get("data")) == []
        if is_wrong or not (is_newer or path in ROUTES):
            assert self._document.problems_in_answer(path, response.status, answer) == []
        return answer.get("data")


@pytest.fixture
async def auditor(flashduty, document, newer):
    async with aiohttp.ClientSession() as session:
        yield Auditor(flashduty, document, newer, session)


@pytest.mark.parametrize(("path", "body"), QUESTIONS)
async def test_an_answer__is_as_documented(auditor, path, body):
    await auditor.ask(path, body)


@pytest.mark.parametrize("path", ["/incident/info", "/incident/list-by-ids"])
async def test_every_incident__read_singly_or_together__is_as_documented(auditor, path):
    ids = list(auditor.flashduty.account.incidents)
    if path == "/incident/info":
        for incident_id in ids:
            await auditor.ask(path, {"incident_id": incident_id})
    else:
        for first in range(0, len(ids), 100):
            await auditor.ask(path, {"incident_ids": ids[first : first + 100]})


async def test_alerts_and_past_incidents_of_every_incident__are_as_documented(auditor):
    for incident_id in list(auditor.flashduty.account.incidents)[::7]:
        await auditor.ask("/incident/alert/list", {"incident_id": incident_id, "include_events": True})
        await auditor.ask("/incident/past/list", {"incident_id": incident_id, "limit": 3})
    quiet = {"incident_id": incident_id, "is_active": True, "limit": 1000, "p": 2}
    assert (await auditor.ask("/incident/alert/list", quiet))["items"] is None
    await auditor.ask("/incident/feed", {"incident_id": incident_id, "asc": True})


async def test_whatever_happens_in_the_console__is_as_documented(auditor):
    console = auditor.flashduty.console
    incident_id, other = (auditor.flashduty.raise_incident(alerts=3)["incident_id"] for _ in range(2))
    for act, given in [
        ("acknowledge", {}),
        ("snooze", {"minutes": 5}),
        ("wake", {}),
        ("severity", {"severity": "Info"}),
        ("text", {"name": "title", "text": "Another"}),
        ("text", {"name": "resolution", "text": "Rolled back"}),
        ("field", {"name": "shop", "value": True}),
        ("reassign", {"to": ["carol"]}),
        ("add_responders", {"to": ["alice"]}),
        ("page", {"to": ["alice"], "failed_reason": "The number is switched off"}),
        ("custom_action", {}),
        ("flap", {}),
        ("merge", {"sources": [other]}),
        ("alert", {"count": 5}),
        ("recover", {"count": 1}),
        ("comment", {"text": "x"}),
        ("recover", {}),
        ("reopen", {}),
    ]:
        getattr(console, act)(incident_id, **given)
        await auditor.ask("/incident/info", {"incident_id": incident_id})
    console.escalate(auditor.flashduty.raise_incident()["incident_id"])
    # A type of August, which the description of May does not have.
    types = [one for one in ENTRY_TYPES if one in auditor.entry_types]
    for one in (incident_id, other):
        await auditor.ask("/incident/feed", {"incident_id": one, "asc": True, "limit": 100, "types": types})


async def test_what_was_pushed__is_told_as_documented(auditor):
    webhooks = auditor.flashduty.webhooks
    webhooks.add(url="http://127.0.0.1:1/hook", headers={"X-Secret": "x"})
    webhooks.add(url=f"{auditor.flashduty.url}/sandbox/webhooks/faults", kind="alert")
    incident_id = auditor.flashduty.raise_incident()["incident_id"]
    auditor.flashduty.console.alert(incident_id)
    await webhooks.settled()
    window = {"start_time": NOW * 1_000, "end_time": (NOW + 1) * 1_000}
    told = await auditor.ask("/webhook/history/list", window | {"limit": 100, "status": "failed"})
    for one in told["items"]:
        attempt = {name: one[name] for name in ("event_id", "integration_id")}
        await auditor.ask("/webhook/history/detail", attempt)
    await auditor.ask("/webhook/history/list", window | {"limit": 1, "ref_id": incident_id})


async def test_a_whole_life_of_an_incident__is_as_documented(auditor):
    incident_id = auditor.flashduty.raise_incident()["incident_id"]
    some = {"incident_ids": [incident_id]}
    for what, more in [
        ("ack", {}),
        ("snooze", {"minutes": 1}),
        ("wake", {}),
        ("comment", {"comment": "看一下", "mute_reply": True}),
        ("unack", {}),
        ("resolve", {"root_cause": "x", "resolution": "y", "description": "z"}),
        ("reopen", {"reason": "again"}),
        ("ack", {}),
        ("snooze", {"minutes": 1440}),
    ]:
        await auditor.ask(f"/incident/{what}", some | more)
        await auditor.ask("/incident/info", {"incident_id": incident_id})
        await auditor.ask("/incident/feed", {"incident_id": incident_id, "asc": False, "limit": 100})
    auditor.flashduty.clock.shift(timedelta(days=1))
    await auditor.ask("/incident/info", {"incident_id": incident_id})
    await auditor.ask("/incident/feed", {"incident_id": incident_id, "asc": True, "p": 2, "limit": 1})
    await auditor.ask("/incident/past/list", {"incident_id": incident_id, "limit": 100})
    nothing = await auditor.ask("/incident/feed", {"incident_id": incident_id, "types": ["i_storm"]})
    assert nothing == {"items": None, "has_next_page": False}


async def test_incidents_given_to_others__are_as_documented(auditor):
    incident_id = auditor.flashduty.raise_incident()["incident_id"]
    rule = auditor.flashduty.account.rules[5001][0]["rule_id"]
    notify = {"follow_preference": False, "personal_channels": ["sms", "email"]}
    for target in (
        {"person_ids": [7004, 7003]},
        {"escalate_rule_id": rule, "layer_idx": 1},
        {"escalate_rule_id": rule, "layer_idx": 0, "person_ids": [7004], "notify": {"follow_preference": True}},
        {"person_ids": [7006], "notify": notify},
    ):
        await auditor.ask("/incident/assign", {"incident_ids": [incident_id], "assigned_to": target})
        await auditor.ask("/incident/info", {"incident_id": incident_id})
    await auditor.ask("/incident/assign", {"incident_id": incident_id, "assigned_to": {"person_ids": [7001]}})
    for more in ({}, {"notify": notify}, {"notify": {"follow_preference": True, "template_id": rule}}):
        body = {"incident_id": incident_id, "person_ids": [7002, 7006]} | more
        await auditor.ask("/incident/responder/add", body)
    await auditor.ask("/incident/info", {"incident_id": incident_id})
    await auditor.ask("/incident/feed", {"incident_id": incident_id, "asc": True, "limit": 100})


async def test_what_the_account_defines_for_itself__is_as_documented(auditor):
    account = auditor.flashduty.account
    incident_id = auditor.flashduty.raise_incident()["incident_id"]
    for name, value in [
        ("affected_service", "payments-api"),
        ("cause", "第三方"),
        ("regions", ["EU", "US"]),
        ("customers_told", False),
        ("loss_percent", 2.5),
    ]:
        body = {"incident_id": incident_id, "field_name": name, "field_value": value}
        await auditor.ask("/incident/field/reset", body)
        await auditor.ask("/incident/info", {"incident_id": incident_id})
    action = {"incident_id": incident_id, "integration_id": 9101}
    assert await auditor.ask("/incident/custom-action/do", action) == {}
    account.custom_actions[9101].failure = "connection refused"
    assert await auditor.ask("/incident/custom-action/do", action) == {"message": "connection refused"}
    account.forms += [Form(action=one, fields={"cause": True}, summary="required") for one in ("ack", "resolve")]
    answers = {"incident_ids": [incident_id], "summary": "The disk", "custom_fields": {"cause": "Capacity"}}
    for path in ("/incident/ack", "/incident/resolve"):
        await auditor.ask(path, {"incident_ids": [incident_id]}, is_wrong=True)
        await auditor.ask(path, answers)
    await auditor.ask("/incident/feed", {"incident_id": incident_id, "asc": True, "limit": 100})
    typed = {"comment": "x", "comment_type_id": account.comment_types[0]["comment_type_id"]}
    await auditor.ask("/incident/comment", {"incident_ids": [incident_id], **typed})
    told = {"incident_id": incident_id, "types": ["i_comm"]}
    await auditor.ask("/incident/feed", told, is_newer=True)


@pytest.mark.parametrize("code", STATUS)
async def test_every_error__is_as_documented(auditor, code):
    auditor.flashduty.fail("*", Fault.code(code))
    await auditor.ask("/member/info", {}, is_wrong=STATUS[code] != 200)


@pytest.mark.parametrize("path", OPERATIONS)
async def test_a_refusal__of_any_operation__is_as_documented(auditor, path):
    await auditor.ask(path, {"colour": "red"}, is_wrong=True)
    await auditor.ask(path, {}, key="nobody's", is_wrong=True)


def test_these_questions__leave_out_no_operation():
    asked = {path for path, _ in QUESTIONS} | {"/incident/info", "/incident/list-by-ids"}
    asked |= {"/incident/alert/list", "/incident/past/list", "/webhook/history/list", "/webhook/history/detail"}
    life = {f"/incident/{what}" for what in ("ack", "unack", "snooze", "wake", "comment", "resolve", "reopen", "feed")}
    given = {"/incident/assign", "/incident/responder/add", "/incident/custom-action/do", "/incident/field/reset"}
    assert asked | life | given == set(OPERATIONS)


@pytest.mark.parametrize("path", sorted(OPERATIONS.keys() - ROUTES))
def test_every_field_of_a_request__is_one_the_document_has__and_the_other_way_round(document, path):
    assert set(OPERATIONS[path].fields) - FIELDS.get(path, set()) == document.fields_of_request(path)


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_field_of_a_request__is_one_of_the_newer_operations_too(newer, path):
    assert set(OPERATIONS[path].fields) <= newer.fields_of_request(path)


@pytest.mark.parametrize("path", sorted(OPERATIONS.keys() - ROUTES))
def test_permissions__are_those_the_document_names(document, path):
    told = document.operation(path)["x-mint"]["content"].partition("Permissions")[2]
    assert all(f"**{permission}**" in told for permission in OPERATIONS[path].permissions)
    assert bool(OPERATIONS[path].permissions) != ("any valid `app_key`" in told)


def test_statuses__are_those_the_document_names(document):
    assert document.statuses == STATUS
