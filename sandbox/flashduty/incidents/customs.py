"""What an account defines for itself, done to incidents: custom actions, values of fields, answers to forms."""

from collections.abc import Iterator, Sequence
from typing import Final

from sandbox.flashduty.incidents import changes
from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.queries import incident_with_id
from sandbox.flashduty.incidents.record import is_open
from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.model.customs import Form, FormAction, check_value
from sandbox.flashduty.wire.checks import Field, Fields, Record, integer, mapping, object_id, required, text
from sandbox.flashduty.wire.refusals import Refusal, invalid, not_found

_LONGEST_SUMMARY: Final = 1_024


def _anything(_name: str, _value: object) -> None:
    """Accept any JSON: the definition of the field judges it."""


ACTION: Final[Fields] = {"incident_id": required(object_id), "integration_id": required(integer(1))}
FIELD_VALUE: Final[Fields] = {
    "incident_id": required(object_id),
    "field_name": required(text(may_be_blank=False)),
    "field_value": required(_anything),
}
# Answers to the form that an account may require.
FORM: Final[Fields] = {
    "summary": Field(text(_LONGEST_SUMMARY, may_be_blank=False)),
    "custom_fields": Field(mapping(_anything)),
}


def custom_action_do(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-custom-action-do`.

    A `message` in the answer, which is a success otherwise, tells that the action's own call failed.
    """
    incident = incident_with_id(request.account, request.body["incident_id"])
    action = request.account.custom_actions.get(request.body["integration_id"])
    if action is None or incident["channel_id"] not in action.channel_ids:
        raise not_found("custom action", request.body["integration_id"])
    if not action.is_enabled:
        raise invalid("integration_id", "the action is disabled", "该自定义操作已停用")
    if not is_open(incident):
        raise invalid("incident_id", f"{incident['incident_id']} is closed", "该故障已关闭")
    change = Change(account=request.account, incident=incident, by=request.key.owner_id, at=request.now)
    changes.custom_action(change, integration_id=action.integration_id, name=action.name)
    return {"message": action.failure} if action.failure else {}


def field_reset(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-field-reset`: one field a call, by its definition."""
    body = request.body
    incident = incident_with_id(request.account, body["incident_id"])
    _check_answer(request.account, body["field_name"], "field_value", value=body["field_value"])
    change = Change(account=request.account, incident=incident, by=request.key.owner_id, at=request.now)
    changes.reset_field(change, name=body["field_name"], value=body["field_value"])
    return {}


def check_forms(request: ApiRequest, action: FormAction, found: Sequence[Change]) -> None:
    """Refuse what does not answer the form of each incident, and answers that no form asks for."""
    answers = request.body.get("custom_fields", {})
    for name, value in answers.items():
        _check_answer(request.account, name, f"custom_fields.{name}", value=value)
    if request.takes_any_form:
        return
    for change in found:
        forms = list(_forms_of(request.account, action, change.incident))
        asked = {name: is_required for form in forms for name, is_required in form.fields.items()}
        for name in answers:
            if name not in asked:
                raise invalid(f"custom_fields.{name}", "the form does not have it", "表单中没有该字段")
        for name, is_required in asked.items():
            if is_required and name not in answers:
                raise invalid("custom_fields", f"the form asks for {name}", f"必须填写表单字段 {name}")
        _check_summary(forms, "summary" in request.body)


def set_answered_fields(request: ApiRequest, change: Change) -> None:
    """Set the custom fields of an incident that a form was answered with."""
    for name, value in request.body.get("custom_fields", {}).items():
        changes.reset_field(change, name=name, value=value)


def _check_summary(forms: Sequence[Form], has_summary: bool) -> None:  # noqa: FBT001 - of one pair
    wanted = {form.summary for form in forms}
    if has_summary and wanted <= {"none"}:
        raise invalid("summary", "the form does not have it", "表单中没有该字段")
    if not has_summary and "required" in wanted:
        raise invalid("summary", "the form asks for it", "必须填写表单摘要")


def _forms_of(account: Account, action: FormAction, incident: Record) -> Iterator[Form]:
    channel = account.channels.get(incident["channel_id"])
    team_id = channel["team_id"] if channel else None
    return (form for form in account.forms if form.action == action and form.is_for(incident, team_id))


def _check_answer(account: Account, field_name: str, where: str, value: object) -> None:
    told = next((one for one in account.fields if one["field_name"] == field_name), None)
    if told is None or told["status"] != "enabled":
        raise Refusal("InvalidParameter", f"There is no custom field {field_name}.", f"没有自定义字段 {field_name}。")
    check_value(told, where, value)
