"""`/incident/past/list`: closed incidents of the same Flashduty channel whose titles have words in common."""

from typing import Final

from sandbox.flashduty.incidents.queries import incident_with_id
from sandbox.flashduty.model.account import ApiRequest
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import Refusal

_DEFAULT_LIMIT: Final = 5


def list_past_incidents(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-past-list`; 400 for an incident without a channel.

    The part of the plan that it needs may be missing: NoLicense.
    """
    if not request.account.has_pro_plan:
        raise Refusal("NoLicense")
    incident = incident_with_id(request.account, request.body["incident_id"])
    if not incident["channel_id"]:
        raise Refusal("InvalidParameter", "Channel not found.", "协作空间不存在。")
    others = (
        one | {"score": _likeness(one["title"], incident["title"])}
        for one in request.account.incidents.values()
        if one["progress"] == "Closed"
        and one["channel_id"] == incident["channel_id"]
        and one["incident_id"] != incident["incident_id"]
    )
    alike = sorted((one for one in others if one["score"]), key=lambda one: (-one["score"], -one["start_time"]))
    return {"items": alike[: request.body.get("limit") or _DEFAULT_LIMIT]}


def _likeness(one: str, other: str) -> float:
    mine, theirs = set(one.lower().split()), set(other.lower().split())
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0
