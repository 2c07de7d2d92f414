"""What a pretend Flashduty is told to do with every call, until it is told otherwise: seen of servers, or allowed them.

Pages: no document promises that a cursor moves, that a page is full or holds anything, or that `total` keeps still
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
# A page that was empty says so in front of the cursor: how many there were in a row.
_EMPTY: Final = "~"


@dataclass(frozen=True)
class Habits:
    """`repeats_cursor`: the first page again and again, with the same cursor and more to come.

    `page_size`: fewer on a page than was asked for. `empty_pages`: so many empty ones, with more to come, before each
    that holds something. `overlap`: so many of the page before once more. `grows`: the `total` of lists without a
    cursor is always more than was given. `repeats_pages`: every page of those is the first. `seconds`: how long each
    call takes. `ok_code`: the `error.code` beside the data of a success. `wants_forms`: acknowledging and closing need
    answers to a form. `most_ids`: how many ids one call may name, if
    fewer than the operation allows.
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

    @classmethod
    def from_json(cls, given: Record, before: "Habits") -> "Habits":
        """Change some habits; raises ValueError with a sentence for one there is not."""
        unknown = set(given) - {one.name for one in fields(cls)}
        if unknown:
            raise ValueError(f"there is no habit {', '.join(sorted(unknown))}")
        return replace(before, **given)

    def answer(self, path: str, body: Record, carry_out: Callable[[Record], Any]) -> Any:  # noqa: ANN401 - any JSON
        """Carry a call out with these habits; raises Refusal."""
        self._refuse(path, body)
        emptied, cursor = _unmarked(body.get(_CURSOR, ""))
        if path == "/incident/list" and emptied < self.empty_pages:
            return {"items": [], "total": 0, "has_next_page": True, _CURSOR: f"{emptied + 1}{_EMPTY}{cursor}"}
        asked = self._asked(body, cursor)
        answer = carry_out(asked)
        if self.overlap and answer.get("has_next_page"):
            # The cursor of an earlier place, so that the next page begins before this one ends.
            answer[_CURSOR] = carry_out(asked | {"limit": max(1, asked["limit"] - self.overlap)})[_CURSOR]
        return self._told(body, answer) if isinstance(answer, dict) and "items" in answer else answer

    def _refuse(self, path: str, body: Record) -> None:
        if self.wants_forms and path in _FORMS and not body.get("custom_fields") and not body.get("summary"):
            raise invalid("custom_fields", "the form of this account must be filled in", "必须填写表单")
        for name, value in body.items():
            if name.endswith("ids") and isinstance(value, list) and 0 < self.most_ids < len(value):
                raise invalid(name, f"it must have at most {self.most_ids} items", f"最多 {self.most_ids} 项")

    def _asked(self, body: Record, cursor: str) -> Record:
        asked = {name: value for name, value in body.items() if name != _CURSOR}
        if cursor and not self.repeats_cursor:
            asked[_CURSOR] = cursor
        if self.repeats_pages and "p" in asked:
            asked["p"] = 1
        if self.page_size and "limit" in asked:
            asked["limit"] = min(asked["limit"], self.page_size)
        return asked

    def _told(self, body: Record, answer: Record) -> Record:
        if self.repeats_cursor and answer.get("items"):
            answer = answer | {"has_next_page": True}
        if self.grows or self.repeats_pages:
            answer = answer | {"total": max(body.get("p", 1), 1) * body.get("limit", 10) + 1}
        return answer


def _unmarked(cursor: str) -> tuple[int, str]:
    emptied, mark, rest = cursor.partition(_EMPTY)
    return (int(emptied), rest) if mark and emptied.isdigit() else (0, cursor)


NO_HABITS: Final = Habits()
