"""Flashduty's own description of its API, made strict, and what it finds wrong."""

import copy
import json
import re
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

# Declared as arrays and objects, and yet null on the wire when empty; the document's own examples have most of these.
NULL_ON_THE_WIRE = {
    "AlertEventItem": {"images", "labels"},
    "AlertInfo": {"images", "labels"},
    "AssignedTo": {"person_ids"},
    "ChannelInfosResponse": {"items"},
    "ChannelItem": {"managing_team_ids"},
    "DimensionInsightResponse": {"items"},
    "EscalateRuleItem": {"filters", "layers", "time_filters"},
    "EscalateTarget": {"webhooks"},
    "FeedDetailIncidentNotify": {"chats", "persons", "robots"},
    "IncidentInfo": {"assigned_to", "fields", "images", "labels", "manual_overrides", "responders"},
    "IncidentListResponse": {"items"},
    "InsightAlertByLabelResponse": {"items"},
    "ListChannelsResponse": {"items"},
    "ListEscalationRulesResponse": {"items"},
    "ListIncidentAlertsResponse": {"items"},
    "ListIncidentFeedResponse": {"items"},
    "ListPastIncidentsResponse": {"items"},
    "ListWebhookHistoryResponse": {"items"},
    "MemberListResponse": {"items"},
    "PersonInfosResponse": {"items"},
    "RolePermissionListResponse": {"items"},
    "ScheduleCalculatedLayer": {"schedules"},
    "ScheduleGroup": {"members"},
    "ScheduleImNotifySettings": {"chat_ids"},
    "ScheduleItem": {"cur_oncall", "layer_schedules", "layers", "next_oncall", "schedule_layers"},
    "ScheduleLayer": {"groups", "restrict_periods"},
    "ScheduleListResponse": {"items"},
    "ScheduleMember": {"person_ids"},
    "ScheduleNotify": {"fixed_time", "webhooks"},
    "ScheduleNotifyBy": {"personal_channels"},
    "TeamBriefItem": {"person_ids"},
    "TeamInfosResponse": {"items"},
}
# The whole `data` of what only acts: `{}` in the examples, null in the words beside them.
NULL_AS_A_WHOLE = {"EmptyResponse"}

_OURS = "urn:flashduty"


class Document:
    """Validates requests and answers, refusing fields the document does not have."""

    def __init__(self, path):
        self.openapi = json.loads(Path(path).read_text())
        schemas = self.openapi["components"]["schemas"]
        codes = re.findall(r"^\| `(\w+)` \| (\d+) \|", schemas["ErrorCode"]["description"], re.MULTILINE)
        self.statuses = {code: int(status) for code, status in codes}
        strict = _strict(self.openapi)
        resource = Resource(contents=strict, specification=DRAFT202012)
        self._registry = Registry().with_resource(_OURS, resource)

    def operation(self, path):
        return self.openapi["paths"][path]["post"]

    def fields_of_request(self, path):
        """Give the names of the fields a request may have."""
        return set(self._fields(self.operation(path)["requestBody"]["content"]["application/json"]["schema"]))

    def _fields(self, schema):
        if "$ref" in schema:
            schema = self.openapi["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        yield from schema.get("properties", ())
        for part in _composed(schema):
            yield from self._fields(part)

    def problems_in_request(self, path, body):
        """Tell what is wrong with a request body, one line each."""
        return self._problems(f"/paths/{_escaped(path)}/post/requestBody/content/application~1json/schema", body)

    def problems_in_answer(self, path, status, body):
        """Tell what is wrong with an answer, one line each."""
        if "error" not in body and status == 200:
            where = f"/paths/{_escaped(path)}/post/responses/200/content/application~1json/schema"
            return self._problems(where, body)
        wrong = self._problems("/components/schemas/ErrorResponse", body)
        code = body.get("error", {}).get("code")
        if self.statuses.get(code) != status:
            wrong.append(f"{code} comes with {self.statuses.get(code)}, not {status}")
        return wrong

    def _problems(self, pointer, value):
        schema = {"$ref": f"{_OURS}#{pointer}", "unevaluatedProperties": False}
        formats = FormatChecker(["email"])
        validator = Draft202012Validator(schema, registry=self._registry, format_checker=formats)
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def _strict(openapi):
    """Copy the document, null where the wire has it, and nothing undocumented anywhere."""
    document = copy.deepcopy(openapi)
    schemas = document["components"]["schemas"]
    shared = {one["$ref"].rsplit("/", 1)[1] for part in _parts(document) for one in _composed(part) if "$ref" in one}
    inline = {id(one) for part in _parts(document) for one in _composed(part)}
    for part in list(_parts(document)):
        is_shared = any(part is schemas[name] for name in shared) or id(part) in inline
        if ("properties" in part or "allOf" in part) and "additionalProperties" not in part and not is_shared:
            part["unevaluatedProperties"] = False
    # Two parts of one request each allow other words here, which leaves none; the example beside it has one of these.
    schemas["InsightFilter"]["properties"]["orderby"]["enum"] += ["total_alert_cnt", "total_alert_event_cnt"]
    for name, fields in NULL_ON_THE_WIRE.items():
        for field in fields:
            schemas[name]["properties"][field] = _or_null(schemas[name]["properties"][field])
    for name in NULL_AS_A_WHOLE:
        schemas[name] = _or_null(schemas[name])
    _discriminate(schemas["IncidentFeedItem"])
    return document


def _discriminate(entry):
    """Judge `detail` by the `type` beside it: several of its shapes have no required field and fit alike."""
    mapping = entry["properties"]["detail"]["discriminator"]["mapping"]
    entry["properties"]["detail"] = {"type": "object"}
    entry["allOf"] = [
        {"if": {"properties": {"type": {"const": kind}}}, "then": {"properties": {"detail": {"$ref": shape}}}}
        for kind, shape in mapping.items()
    ]


def _or_null(schema):
    return {"anyOf": [schema, {"type": "null"}]}


def _composed(part):
    composed = part.get("allOf")
    return composed if isinstance(composed, list) else []


def _parts(value):
    if isinstance(value, dict):
        yield value
        for name, one in value.items():
            if name not in ("example", "examples"):
                yield from _parts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _parts(one)


def _escaped(path):
    return path.replace("~", "~0").replace("/", "~1")
