"""`/webhook/history/list` and `/webhook/history/detail`: every attempt, with its headers and the secrets in them."""

from datetime import datetime
from typing import Final

from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import invalid, not_found

_MILLISECONDS: Final = 1_000
# Only a single attempt is told with what was said.
_ONLY_IN_DETAIL: Final = ("request_headers", "request_body", "response_headers", "response_body")


def list_history(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/integrations/webhook-history-list`."""
    body = request.body
    if body["end_time"] <= body["start_time"]:
        raise invalid("end_time", "it must be after start_time", "必须晚于 start_time")
    found = [one for one in request.account.deliveries if _matches(body, one)]
    found.sort(key=lambda one: str(one["event_time"]), reverse=not body.get("asc", False))
    first = _first(body)
    items = found[first : first + body["limit"]]
    more = first + body["limit"] < len(found)
    return {
        "items": [_without_empty({name: one[name] for name in one if name not in _ONLY_IN_DETAIL}) for one in items],
        "total": len(found),
        "search_after_ctx": f"after-{first + body['limit']}" if more else "",
    }


def history_detail(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/integrations/webhook-history-detail`."""
    wanted = (request.body["event_id"], request.body["integration_id"])
    for one in request.account.deliveries:
        if (one["event_id"], one["integration_id"]) == wanted:
            return _without_empty(one | _names(request.account, one))
    raise not_found("webhook event", request.body["event_id"])


def _matches(body: Record, one: Record) -> bool:
    at = datetime.fromisoformat(one["event_time"]).timestamp() * _MILLISECONDS
    return (
        body["start_time"] <= at < body["end_time"]
        and body.get("ref_id", "") in {"", one["ref_id"]}
        and body.get("integration_id", 0) in {0, one["integration_id"]}
        and (not body.get("event_types") or one["event_type"] in body["event_types"])
        and body.get("status", one["status"]) == one["status"]
    )


def _first(body: Record) -> int:
    cursor = body.get("search_after_ctx", "")
    word, _, number = cursor.partition("-")
    if cursor and (word != "after" or not number.isdigit()):
        raise invalid("search_after_ctx", "no answer has given it", "该游标无效")
    return int(number) if cursor else 0


def _names(account: Account, one: Record) -> Record:
    incident = account.incidents.get(one["ref_id"], {})
    channel = account.channels.get(one["channel_id"], {})
    return {"ref_title": incident.get("title", ""), "channel_name": channel.get("channel_name", "")}


def _without_empty(one: Record) -> Record:
    """Leave out what is optional and empty (`omitempty`)."""
    optional = {"error_message", "response_headers", "response_body", "ref_title", "channel_name", "channel_id"}
    return {name: value for name, value in one.items() if value or name not in optional}
