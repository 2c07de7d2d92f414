"""The bodies of webhooks: near to the records of the API, and different from them.

Sources: the guide's `/en/on-call/integration/webhooks/incident-webhook`, `alert-webhook` and `custom-action`, and what
real deliveries hold: the record of an incident lacks fields that the API always has, `post_mortem_id` and
`escalate_rule_id` say otherwise that there is none, times are seconds while `event_time` is milliseconds.
"""

import copy
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from sandbox.flashduty.incidents.record import CONSOLE
from sandbox.flashduty.model.account import NO_RULE, Account
from sandbox.flashduty.webhooks.hook import HookKind, Webhook
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.envelope import with_habits

_MISSING: Final = ("ai_summary", "active_alert_cnt", "frequency", "silence_url", "manual_overrides", "reporter_email")
_PLACEHOLDER: Final = re.compile(r"\{\{\s*\.?([\w.]+)\s*\}\}")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened: its type, its time (milliseconds), who did it, and the record as it was then."""

    kind: HookKind
    event_id: str
    event_type: str
    event_time: int
    record: Record
    person: Record | None = None
    detail: Record | None = None

    @property
    def ref_id(self) -> str:
        """The id of the incident or alert."""
        return str(self.record["alert_id" if self.kind == "alert" else "incident_id"])


def pushed_incident(account: Account, incident: Record, *, is_new: bool) -> Record:
    """Copy the record of an incident as a webhook carries it; a new one has no responders yet."""
    record = {name: value for name, value in copy.deepcopy(incident).items() if name not in _MISSING}
    record["post_mortem_id"] = record["post_mortem_id"] or "0"
    given = record["assigned_to"]
    if given:
        given.pop("person_ids", None)
        if given["escalate_rule_id"] == NO_RULE:
            given["escalate_rule_id"] = ""
    if is_new:
        del record["responders"]
    else:
        record["responders"] = [one | (pushed_person(account, one["person_id"]) or {}) for one in record["responders"]]
    return record


def pushed_person(account: Account, person_id: int) -> Record | None:
    """Describe who did it; None for the system."""
    person = account.persons.get(person_id)
    if person is None:
        return None
    known = {"person_name": person.get("person_name", ""), "email": person.get("email", ""), "as": person["as"]}
    return {"person_id": person_id, **known}


def body_of(hook: Webhook, event: Event) -> str:
    """Render the body of an event for a webhook: by its template, or as documented."""
    record = with_habits(event.record)
    if "detail_url" in record:
        record["detail_url"] = record["detail_url"].replace(CONSOLE, hook.host)
    body: Record = {"event_id": event.event_id, "event_type": event.event_type, "event_time": event.event_time}
    if event.person is not None:
        body["person"] = event.person
    body["alert" if event.kind == "alert" else "incident"] = record
    if event.event_type == "i_custom" and event.detail is not None:
        body["event_detail"] = event.detail
    if hook.is_old:
        record["event_id"] = body.pop("event_id")
    if hook.template is not None:
        return _PLACEHOLDER.sub(lambda found: _filled(body, found), hook.template)
    return json.dumps(body, ensure_ascii=False)


def _filled(body: Record, found: "re.Match[str]") -> str:
    value: Any = body
    for name in found[1].split("."):
        if not isinstance(value, dict) or name not in value:
            return found[0]
        value = value[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
