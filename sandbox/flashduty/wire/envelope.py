"""The response envelope, and the peculiarities of the JSON inside it."""

from datetime import datetime
from typing import Any, Final

from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import Refusal

REQUEST_ID_HEADER: Final = "Flashcat-Request-Id"

# Declared as arrays and objects, but null on the wire when empty.
NULL_WHEN_EMPTY: Final = frozenset(
    {
        "assigned_to",
        "chat_ids",
        "chats",
        "events",
        "fields",
        "filters",
        "groups",
        "images",
        "items",
        "labels",
        "layer_schedules",
        "layers",
        "managing_team_ids",
        "manual_overrides",
        "members",
        "person_ids",
        "personal_channels",
        "persons",
        "responders",
        "restrict_periods",
        "robots",
        "schedule_layers",
        "schedules",
        "source_incidents",
        "source_responders",
        "time_filters",
        "to",
        "webhooks",
    }
)

# Optional, and omitted when empty.
MISSING_WHEN_EMPTY: Final = frozenset({"deleted_at", "reporter_email"})

# Undocumented fields, by a field that identifies the kind of record.
_NOT_YET_DOCUMENTED: Final[dict[str, Record]] = {
    "incident_id": {"blast_radius": {"services": ["checkout"], "score": 0.7}},
    "schedule_id": {"coverage_gaps": None},
    "person_id": {"pronouns": ""},
    "channel_id": {"slo": [{"name": "availability", "target": 99.9}]},
}

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class RequestIds:
    """Request ids in the format of the document's example: 26 characters, the time first."""

    def __init__(self) -> None:
        self._given = 0

    def next(self, now: datetime) -> str:
        """Return a unique id."""
        self._given += 1
        return _base32(int(now.timestamp() * 1000), 10) + _base32(self._given, 16)


def success(
    request_id: str, data: object, *, adds_unknown_fields: bool = False, ok_code: str | int | None = None
) -> Record:
    """Wrap the data of a success, with null for empty values; `ok_code` adds the `error` of some servers."""
    beside = {} if ok_code is None else {"error": {"code": ok_code, "message": ""}}
    if adds_unknown_fields:
        return {"request_id": request_id, "data": _with_news(with_habits(data)), "served_by": "harbor-2"} | beside
    return {"request_id": request_id, "data": with_habits(data)} | beside


def failure(request_id: str, refusal: Refusal, *, in_chinese: bool, adds_unknown_fields: bool = False) -> Record:
    """Wrap a refusal; newer servers add a `reason`."""
    error = {"code": refusal.code, "message": refusal.message(in_chinese=in_chinese)}
    if adds_unknown_fields:
        error["reason"] = refusal.code.upper()
    return {"request_id": request_id, "error": error}


def with_habits(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Copy JSON, with null for the empty arrays and objects that the real service sends as null."""
    if isinstance(value, dict):
        return {
            name: None if name in NULL_WHEN_EMPTY and one in ([], {}) else with_habits(one)
            for name, one in value.items()
            if one or name not in MISSING_WHEN_EMPTY
        }
    return [with_habits(one) for one in value] if isinstance(value, list) else value


def _with_news(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_with_news(one) for one in value]
    if not isinstance(value, dict):
        return value
    news = next((more for name, more in _NOT_YET_DOCUMENTED.items() if name in value), {})
    return {name: _with_news(one) for name, one in value.items()} | news


def _base32(number: int, length: int) -> str:
    digits = [_ALPHABET[(number >> (5 * digit)) & 31] for digit in range(length)]
    return "".join(reversed(digits))
