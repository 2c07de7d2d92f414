"""Variations of how every call is answered: observed at real servers, or allowed by the document.

Pages: no document promises that a cursor moves, that a page is full or holds anything, or that `total` is stable
(/en/api-reference/on-call/incidents/incident-list, schedule-list).
`error.code` OK beside `data`: the vendor's own servers and clients. Forms: the console's settings of an account.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.refusals import invalid

_CURSOR: Final = "search_after_ctx"
_FORMS: Final = frozenset({"/incident/ack", "/incident/resolve"})
# Prefix of a cursor after empty pages, once for each of them in a row.
_EMPTY: Final = "~"


@dataclass(frozen=True)
class Habits:
    """`repeats_cursor`: always the first page, with the same cursor and `has_next_page`.

    `page_size`: the most items on a page, below the requested limit. `empty_pages`: the number of empty pages before
    each page with items. `overlap`: the number of items of the previous page that are repeated. `grows`: the `total` of
    lists without a cursor always exceeds the number of items returned. `repeats_pages`: every page of those is the
    first. `seconds`: the duration of each call. `ok_code`: the `error.code` beside the data of a success.
    `wants_forms`: acknowledging and closing require answers to a form. `most_ids`: the most ids in one call, below the
    limit of the operation. `lag`: the seconds after which a change is seen by whoever reads incidents; timeline and
    webhooks tell it at once.
    """

    repeats_cursor: bool = False
    page_size: int = 0
    empty_pages: int = 0
    overlap: int = 0
    grows: bool = False
    repeats_pages: bool = False
    seconds: float = 0.0
    ok_code: str | int | None = None
    wants_forms: bool = False
    most_ids: int = 0
    lag: float = 0.0

    @classmethod
    def from_json(cls, given: Record, before: "Habits") -> "Habits":
        """Return a copy with some fields changed; raises ValueError for an unknown field."""
        unknown = set(given) - {one.name for one in fields(cls)}
        if unknown:
            raise ValueError(f"there is no habit {', '.join(sorted(unknown))}")
        return replace(before, **given)

    def answer(self, path: str, body: Record, carry_out: Callable[[Record], Any]) -> Any:  # noqa: ANN401 - any JSON
        """Answer a call with these variations; raises Refusal."""
        self._refuse(path, body)
        emptied, cursor = _unmarked(body.get(_CURSOR, ""))
        if path == "/incident/list" and emptied < self.empty_pages:
            return {"items": [], "total": 0, "has_next_page": True, _CURSOR: f"{emptied + 1}{_EMPTY}{cursor}"}
        adjusted = self._adjusted(body, cursor)
        answer = carry_out(adjusted)
        if self.overlap and answer.get("has_next_page") and _CURSOR in answer:
            # An earlier cursor, so that the next page repeats the end of this one.
            answer[_CURSOR] = carry_out(adjusted | {"limit": max(1, adjusted["limit"] - self.overlap)})[_CURSOR]
        return self._varied(body, answer) if isinstance(answer, dict) and "items" in answer else answer

    def _refuse(self, path: str, body: Record) -> None:
        if self.wants_forms and path in _FORMS and not body.get("custom_fields") and not body.get("summary"):
            raise invalid("custom_fields", "the form of this account must be filled in", "必须填写表单")
        for name, value in body.items():
            if name.endswith("ids") and isinstance(value, list) and 0 < self.most_ids < len(value):
                raise invalid(name, f"it must have at most {self.most_ids} items", f"最多 {self.most_ids} 项")

    def _adjusted(self, body: Record, cursor: str) -> Record:
        adjusted = {name: value for name, value in body.items() if name != _CURSOR}
        if cursor and not self.repeats_cursor:
            adjusted[_CURSOR] = cursor
        if self.repeats_pages and "p" in adjusted:
            adjusted["p"] = 1
        if self.page_size and "limit" in adjusted:
            adjusted["limit"] = min(adjusted["limit"], self.page_size)
        return adjusted

    def _varied(self, body: Record, answer: Record) -> Record:
        if self.repeats_cursor and answer.get("items"):
            answer = answer | {"has_next_page": True}
        if self.grows or self.repeats_pages:
            answer = answer | {"total": max(body.get("p", 1), 1) * body.get("limit", 10) + 1}
        return answer


def _unmarked(cursor: str) -> tuple[int, str]:
    emptied, mark, rest = cursor.partition(_EMPTY)
    return (int(emptied), rest) if mark and emptied.isdigit() else (0, cursor)


NO_HABITS: Final = Habits()
