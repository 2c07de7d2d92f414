"""Operations that give incidents to people: `/incident/assign` and `/incident/responder/add`."""

from collections.abc import Sequence
from typing import Final

from sandbox.flashduty.incidents import assigning
from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.queries import incident_with_id
from sandbox.flashduty.incidents.record import is_open
from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.model.pages import PERSONAL_CHANNELS, ways_of
from sandbox.flashduty.wire.checks import (
    MOST_IDS,
    Field,
    Fields,
    Record,
    array,
    boolean,
    identifier,
    integer,
    object_id,
    one_of,
    record,
    required,
)
from sandbox.flashduty.wire.refusals import invalid, not_found

_SOME_PEOPLE: Final = array(identifier, least=1, most=MOST_IDS)
_NOTIFY: Final = record(
    {
        "follow_preference": Field(boolean),
        "personal_channels": Field(array(one_of(*PERSONAL_CHANNELS))),
        "template_id": Field(object_id),
    }
)
# The server fills in the rest, the type included.
_TARGET: Final = record(
    {
        "person_ids": Field(_SOME_PEOPLE),
        "escalate_rule_id": Field(object_id),
        "layer_idx": Field(integer(0)),
        "notify": Field(_NOTIFY),
    }
)
ASSIGNMENT: Final[Fields] = {
    "incident_id": Field(object_id),
    "incident_ids": Field(array(object_id, least=1)),
    "assigned_to": required(_TARGET),
}
RESPONDERS: Final[Fields] = {
    "incident_id": required(object_id),
    "person_ids": required(_SOME_PEOPLE),
    "notify": Field(_NOTIFY),
}


def assign_incidents(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-assign`: to people, to a level of a rule, or to both."""
    target = request.body["assigned_to"]
    people = target.get("person_ids") or ()
    if not people and "escalate_rule_id" not in target:
        raise invalid(
            "assigned_to", "it must have person_ids or escalate_rule_id", "必须有 person_ids 或 escalate_rule_id"
        )
    if ("escalate_rule_id" in target) != ("layer_idx" in target):
        raise invalid("assigned_to.layer_idx", "it belongs to escalate_rule_id", "必须与 escalate_rule_id 同时使用")
    _check_people(request.account, "assigned_to.person_ids", people)
    _check_notify("assigned_to.notify", target.get("notify"))
    found = [_open_one(request, number) for number in _ids(request.body)]
    ways = ways_of(target.get("notify"))
    if "escalate_rule_id" not in target:
        for change in found:
            assigning.assign(change, person_ids=people, by=ways)
        return {}
    levels = [(change, _level(change, target)) for change in found]
    for change, (rule, level) in levels:
        assigning.go_to_level(change, rule=rule, level=level, also=people, by=ways)
    return {}


def responder_add(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-responder-add`: page further people for one incident."""
    people = request.body["person_ids"]
    _check_people(request.account, "person_ids", people)
    _check_notify("notify", request.body.get("notify"))
    change = _open_one(request, request.body["incident_id"])
    assigning.add_responders(change, person_ids=people, by=ways_of(request.body.get("notify")))
    return {}


def _ids(body: Record) -> list[str]:
    if "incident_id" in body and "incident_ids" in body:
        raise invalid("incident_ids", "it excludes incident_id", "不能与 incident_id 同时使用")
    given = body.get("incident_ids") or [body[name] for name in ("incident_id",) if name in body]
    if not given:
        raise invalid("incident_ids", "it is required", "必填")
    return list(dict.fromkeys(number.lower() for number in given))


def _check_people(account: Account, name: str, people: Sequence[int]) -> None:
    for person in people:
        if person not in account.persons:
            raise not_found("member", person)
        if account.persons[person]["status"] == "deleted":
            raise invalid(name, f"{person} is no member any more", "该成员已被移除")


def _check_notify(name: str, notify: Record | None) -> None:
    """Refuse to notify nobody: without the preference there must be a channel."""
    if notify and notify.get("follow_preference") is False and not notify.get("personal_channels"):
        raise invalid(f"{name}.personal_channels", "it must have at least one channel", "至少选择一种通知方式")


def _open_one(request: ApiRequest, number: str) -> Change:
    incident = incident_with_id(request.account, number)
    if not is_open(incident):
        raise invalid("incident_id", f"{incident['incident_id']} is closed", "该故障已关闭")
    return Change(account=request.account, incident=incident, by=request.key.owner_id, at=request.now)


def _level(change: Change, target: Record) -> tuple[Record, int]:
    """Return the rule and the level, counted from 0, of a request; the rule is of the incident's own channel."""
    rules = change.account.rules.get(change.incident["channel_id"], [])
    rule = next((one for one in rules if one["rule_id"] == target["escalate_rule_id"].lower()), None)
    if rule is None:
        raise not_found("escalation rule", target["escalate_rule_id"])
    if rule["status"] != "enabled":
        raise invalid("assigned_to.escalate_rule_id", "the rule is disabled", "该分派策略已停用")
    level = target["layer_idx"]
    if level >= len(rule["layers"]):
        wrong = f"it must be at most {len(rule['layers']) - 1}"
        raise invalid("assigned_to.layer_idx", wrong, f"不能大于 {len(rule['layers']) - 1}")
    return rule, level
