"""`/incident/feed`: the timeline of an incident, with every time in milliseconds."""

from typing import Final

from sandbox.flashduty.incidents.queries import incident_with_id
from sandbox.flashduty.model.account import Account, ApiRequest
from sandbox.flashduty.model.history import TimelineEntry
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


def read_timeline(request: ApiRequest) -> Record:
    """Answer `/en/api-reference/on-call/incidents/incident-feed`; there is no `total`, and no cursor is returned."""
    body = request.body
    if body.get("search_after_ctx"):
        raise invalid("search_after_ctx", "no answer has given it", "该游标无效")
    incident = incident_with_id(request.account, body["incident_id"])
    types = body.get("types") or ENTRY_TYPES
    found = [entry for entry in request.account.timeline.of(incident) if entry.what in types]
    if not body.get("asc", True):
        found.reverse()
    limit = body.get("limit", _DEFAULT_LIMIT)
    first = (body.get("p", 1) - 1) * limit
    items = [_on_wire(request.account, entry) for entry in found[first : first + limit]]
    return {"items": items, "has_next_page": first + limit < len(found)}


def _on_wire(account: Account, entry: TimelineEntry) -> Record:
    return {
        "ref_id": entry.ref_id,
        "type": entry.what,
        "detail": entry.detail,
        "account_id": account.account_id,
        "creator_id": entry.person_id,
        "created_at": entry.at,
        "updated_at": entry.at,
    }
