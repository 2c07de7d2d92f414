"""`/incident/feed`: the timeline of an incident, with every time in milliseconds."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sandbox.flashduty.incidents.queries import incident_with_id
from sandbox.flashduty.model.account import Account, ApiRequest, TimelineEntry
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import invalid

_DEFAULT_LIMIT: Final = 20
# `types` of the request, those of August 2026 included.
ENTRY_TYPES: Final = (
    *("i_new", "i_assign", "i_a_rspd", "i_notify", "i_storm", "i_snooze", "i_wake", "i_ack", "i_unack", "i_comm"),
    *("i_rslv", "i_reopen", "i_merge", "i_r_title", "i_r_desc", "i_r_impact", "i_r_rc", "i_r_rsltn", "i_r_severity"),
    *("i_r_field", "i_m_flapping", "i_m_reply", "i_custom", "i_wr_create", "i_wr_delete", "i_auto_refresh"),
    *("i_wi_created", "i_wi_updated", "i_wi_assignees", "i_wi_completed", "i_wi_converted", "i_wi_bound"),
    *("i_wi_deleted", "a_merge"),
)
# The document's `FeedDetail…` schemas; an entry of another type has an empty `detail`.
_DETAILS: Final[Mapping[str, Callable[[str], Record]]] = {
    "i_comm": lambda text: {"comment": text},
    "i_snooze": lambda minutes: {"minutes": int(minutes)},
    "i_rslv": lambda _: {"from": "console"},
    "i_reopen": lambda reason: {"reason": reason},
}


def read_timeline(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-feed`; there is no `total`, and no cursor is returned."""
    body = request.body
    if body.get("search_after_ctx"):
        raise invalid("search_after_ctx", "no answer has given it", "该游标无效")
    incident = incident_with_id(request.account, body["incident_id"])
    types = body.get("types") or ENTRY_TYPES
    found = [entry for entry in _entries(request.account, incident) if entry["type"] in types]
    found.sort(key=lambda entry: entry["created_at"])
    if not body.get("asc", True):
        found.reverse()
    limit = body.get("limit", _DEFAULT_LIMIT)
    first = (body.get("p", 1) - 1) * limit
    return {"items": found[first : first + limit], "has_next_page": first + limit < len(found)}


def _entries(account: Account, incident: Record) -> Iterator[Record]:
    incident_id = incident["incident_id"]
    began = TimelineEntry(
        incident_id=incident_id, at=incident["created_at"], what="i_new", person_id=incident["creator_id"]
    )
    severity, title = incident["incident_severity"], incident["title"]
    yield _entry(account, began, {"severity": severity, "title": title})
    for entry in account.timeline:
        if entry.incident_id == incident_id:
            detail_of = _DETAILS.get(entry.what)
            yield _entry(account, entry, detail_of(entry.detail) if detail_of else {})


def _entry(account: Account, entry: TimelineEntry, detail: Record) -> Record:
    at = entry.at * 1_000
    return {
        "ref_id": entry.incident_id,
        "type": entry.what,
        "detail": detail,
        "account_id": account.account_id,
        "creator_id": entry.person_id,
        "created_at": at,
        "updated_at": at,
    }
