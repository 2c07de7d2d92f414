"""`/channel/info`, `/channel/infos` and `/channel/list`."""

from typing import Final

from sandbox.flashduty.incidents.record import is_open
from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.wire.checks import Record, check_not_both
from sandbox.flashduty.wire.refusals import not_found

_DEFAULT_LIMIT: Final = 100
_BRIEF: Final = ("channel_id", "channel_name", "description", "status")
_SEVERITIES: Final = ("Critical", "Warning", "Info", "Ok")


def channel_info(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/channels/channel-info`."""
    number = request.body["channel_id"]
    if number not in request.account.channels:
        raise not_found("channel", number)
    return _whole(request.account, request.account.channels[number])


def channel_infos(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/channels/channel-infos`; unknown ids are left out."""
    channels = request.account.channels
    found = [channels[number] for number in dict.fromkeys(request.body["channel_ids"]) if number in channels]
    return {"items": [{name: one[name] for name in ("channel_id", "channel_name", "status")} for one in found]}


def channel_list(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/channels/channel-list`."""
    body = request.body
    check_not_both(body, "is_my_team", "is_my_starred")
    found = [_whole(request.account, one) for one in request.account.channels.values() if _matches(request, one)]
    order = body.get("orderby", "created_at")
    found.sort(key=lambda one: one["channel_id" if order == "ranking" else order], reverse=not body.get("asc", False))
    page, limit = body.get("p", 1), body.get("limit", _DEFAULT_LIMIT)
    first = (page - 1) * limit
    items = found[first : first + limit]
    if body.get("is_brief"):
        items = [{name: one[name] for name in _BRIEF} for one in items]
    return {"items": items, "total": len(found), "has_next_page": first + limit < len(found)}


def _matches(request: ApiRequest, channel: Record) -> bool:
    body = request.body
    mine = request.account.teams_of(request.key.owner_id)
    named = (
        channel["channel_name"] == body["channel_name"]
        if body.get("channel_name")
        else body.get("query", "").casefold() in f"{channel['channel_name']}\n{channel['description']}".casefold()
    )
    wanted = [
        named,
        not body.get("team_ids") or channel["team_id"] in body["team_ids"],
        not body.get("channel_ids") or channel["channel_id"] in body["channel_ids"],
        not body.get("is_my_team") or channel["team_id"] in mine,
        not body.get("is_my_managed") or not mine.isdisjoint({channel["team_id"], *channel["managing_team_ids"]}),
        not body.get("is_my_starred") or channel["is_starred"],
    ]
    return all(wanted)


def _whole(account: Account, channel: Record) -> Record:
    incidents = [one for one in account.incidents.values() if one["channel_id"] == channel["channel_id"]]
    active = [one for one in incidents if is_open(one)]
    worst = min((one["incident_severity"] for one in active), key=_SEVERITIES.index, default="")
    counts = {name: sum(one["progress"] == name for one in active) for name in ("Triggered", "Processing")}
    return channel | {
        "progress_to_incident_cnts": counts,
        "active_incident_highest_severity": worst,
        "last_incident_at": max((one["start_time"] for one in incidents), default=0),
    }
