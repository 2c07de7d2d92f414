"""Operations that read incidents: `/incident/list`, `/incident/info`, `/incident/list-by-ids`."""

import hashlib
import json
from collections.abc import Iterator
from typing import Final

from sandbox.flashduty.incidents.record import acknowledgers
from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.wire.checks import DAY, Record, check_window
from sandbox.flashduty.wire.refusals import invalid, not_found

_LONGEST_WINDOW: Final = 31 * DAY
_DEFAULT_LIMIT: Final = 20
_DEEPEST: Final = 10_000
_COUNTED: Final = 1_000


def list_incidents(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-list`.

    A window holds the incidents that started in it, its end excluded. `total` stops counting at 1000.
    """
    body = request.body
    check_window(body, "start_time", "end_time", longest=_LONGEST_WINDOW, or_exactly=True)
    limit = body.get("limit") or _DEFAULT_LIMIT
    page = max(body.get("p", 1), 1)
    if page * limit > _DEEPEST:
        raise invalid("p", f"p * limit must be at most {_DEEPEST}", f"p * limit 不能大于 {_DEEPEST}")
    found = sorted(
        (one for one in request.incidents() if _matches(request, one)),
        key=lambda one: (one["start_time"], one["incident_id"]),
        reverse=not body.get("asc", False),
    )
    first = _index_after_cursor(request, found) if body.get("search_after_ctx") else (page - 1) * limit
    items = found[first : first + limit]
    answer = {
        "items": items,
        "total": min(len(found), _COUNTED),
        "has_next_page": first + limit < len(found),
    }
    return answer | ({"search_after_ctx": _cursor(body, items[-1])} if items else {})


def incident_info(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-info`; the only operation that includes names of people."""
    wanted = incident_with_id(request.account, request.body["incident_id"])["incident_id"]
    incident = request.incident(wanted)
    if incident is None:
        raise not_found("incident", wanted)
    named = [one | _person(request.account, one["person_id"]) for one in incident["responders"]]
    people = {
        role: _person(request.account, incident[f"{role}_id"])
        for role in ("closer", "creator", "owner")
        if incident[f"{role}_id"]
    }
    return incident | people | {"responders": named}


def list_by_ids(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-list-by-ids`; unknown ids are left out.

    No order is documented: here it is not that of the request.
    """
    wanted = {number.lower() for number in request.body["incident_ids"]}
    items = [one for number in wanted if (one := request.incident(number)) is not None]
    items.sort(key=lambda one: (one["num"], one["incident_id"]))
    return {"items": items, "total": len(items), "has_next_page": False}


def incident_with_id(account: Account, incident_id: str) -> Record:
    """Find an incident; raises ResourceNotFound."""
    if incident_id.lower() not in account.incidents:
        raise not_found("incident", incident_id)
    return account.incidents[incident_id.lower()]


def _person(account: Account, person_id: int) -> Record:
    person = account.persons.get(person_id)
    if person is None:
        return {"person_id": person_id}
    known = {"person_id": person_id, "as": person["as"]}
    return known | {name: person[name] for name in ("person_name", "email") if name in person}


def _matches(request: ApiRequest, incident: Record) -> bool:
    return (
        request.body["start_time"] <= incident["start_time"] < request.body["end_time"]
        and all(_matches_lists(request.body, incident))
        and all(_matches_switches(request, incident))
        and _matches_channels(request, incident)
        and (not request.body.get("query") or request.body["query"].casefold() in _searched(incident))
    )


def _matches_lists(body: Record, incident: Record) -> Iterator[bool]:
    yield "progress" not in body or incident["progress"] in body["progress"].split(",")
    yield "incident_severity" not in body or incident["incident_severity"] in body["incident_severity"].split(",")
    yield not body.get("incident_ids") or incident["incident_id"] in {one.lower() for one in body["incident_ids"]}
    yield not body.get("nums") or incident["num"] in body["nums"]
    yield not body.get("creator_ids") or incident["creator_id"] in body["creator_ids"]
    yield not body.get("closer_ids") or incident["closer_id"] in body["closer_ids"]
    responders = {one["person_id"] for one in incident["responders"]}
    yield not body.get("responder_ids") or not responders.isdisjoint(body["responder_ids"])
    ackers = {one["person_id"] for one in acknowledgers(incident)}
    yield not body.get("acker_ids") or not ackers.isdisjoint(body["acker_ids"])


def _matches_switches(request: ApiRequest, incident: Record) -> Iterator[bool]:
    body, account = request.body, request.account
    yield not body.get("is_snoozed") or incident["snoozed_before"] > request.now
    yield not body.get("ever_muted") or incident["ever_muted"]
    yield not body.get("is_rare") or incident["frequency"] == "rare"
    mine = account.channels_of(account.teams_of(request.key.owner_id))
    yield not body.get("is_my_team") or incident["channel_id"] in mine
    creator = account.channels.get(incident["channel_id"], {}).get("creator_id")
    yield not body.get("is_my_channel") or creator == request.key.owner_id


def _matches_channels(request: ApiRequest, incident: Record) -> bool:
    body = request.body
    if body.get("channel_ids") and incident["channel_id"] not in body["channel_ids"]:
        return False
    return not body.get("team_ids") or incident["channel_id"] in request.account.channels_of(set(body["team_ids"]))


def _searched(incident: Record) -> str:
    words = [incident["title"], incident["description"], incident["num"], *incident["labels"].values()]
    return "\n".join(words).casefold()


def _cursor(body: Record, last: Record) -> str:
    position = f"{last['start_time']:x}.{last['incident_id']}"
    return f"{position}.{_fingerprint(body, position)}"


def _index_after_cursor(request: ApiRequest, found: list[Record]) -> int:
    """Return the index of the first incident after the cursor, which is valid only for the query that returned it."""
    body = request.body
    position, _, fingerprint = body["search_after_ctx"].rpartition(".")
    if fingerprint != _fingerprint(body, position):
        raise invalid("search_after_ctx", "it comes from another query", "来自其他查询")
    if body.get("p", 1) > 1:
        raise invalid("p", "there are no pages behind a cursor", "使用游标时不能翻页")
    start, _, incident_id = position.partition(".")
    last = (int(start, 16), incident_id)
    ascending = body.get("asc", False)
    return sum(
        (one["start_time"], one["incident_id"]) <= last
        if ascending
        else (one["start_time"], one["incident_id"]) >= last
        for one in found
    )


def _fingerprint(body: Record, position: str) -> str:
    query = {name: value for name, value in body.items() if name not in ("search_after_ctx", "p", "limit")}
    return hashlib.sha256(json.dumps([position, query], sort_keys=True).encode()).hexdigest()[:12]
