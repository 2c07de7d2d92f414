"""What an account defines for itself: `/field/list` and `/incident/comment-type/list`, newer than the document."""

from typing import Final

from sandbox.flashduty.model.account import ApiRequest
from sandbox.flashduty.wire.checks import Field, Fields, Record, boolean, identifier, one_of, text

FIELD_QUERY: Final[Fields] = {
    "asc": Field(boolean),
    "creator_id": Field(identifier),
    "orderby": Field(one_of("created_at", "updated_at")),
    "query": Field(text()),
}


def field_list(request: ApiRequest) -> Record:
    """Answer `/field/list`; there are no pages."""
    body = request.body
    words = body.get("query", "").casefold()
    found = [
        one
        for one in request.account.fields
        if words in f"{one['field_name']}\n{one['display_name']}".casefold()
        and body.get("creator_id", one["creator_id"]) == one["creator_id"]
    ]
    found.sort(key=lambda one: int(one[body.get("orderby", "created_at")]), reverse=not body.get("asc", False))
    return {"items": found}


def comment_type_list(request: ApiRequest) -> Record:
    """Answer `/incident/comment-type/list`, in the order of the settings."""
    return {"items": sorted(request.account.comment_types, key=lambda one: int(one["position"]))}
