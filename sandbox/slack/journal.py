"""Recorded requests and their results."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Final

from sandbox.slack.notices import Notices

_MOST_ROWS: Final = 1000


@dataclass(frozen=True)
class Call:
    """A call of the bot: a method of the Web API, or `response_url`.

    `params` holds no token. `error` is Slack's error word, None on success; `seconds` is the duration;
    `at` is pretend time.
    """

    method: str
    params: dict[str, Any]
    status: int
    error: str | None
    seconds: float
    at: datetime


@dataclass
class Journal:
    """Calls for tests, and rows for the page's panel of requests."""

    notices: Notices
    calls: list[Call] = field(default_factory=list)
    on_call: Callable[[Call], None] | None = None
    """Called with a call of the bot once it is answered."""

    rows: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_MOST_ROWS))
    _ids: "count[int]" = field(default_factory=lambda: count(1), repr=False)

    def note_call(self, call: Call) -> None:
        """Record a call of the bot."""
        self.calls.append(call)
        if self.on_call is not None:
            self.on_call(call)
        self.note(
            direction="bot→slack",
            what=call.method,
            status=call.status if call.error is None else call.error,
            seconds=call.seconds,
            at=call.at,
            note=_target(call.params),
        )

    def note(
        self, *, direction: str, what: str, status: int | str | None, seconds: float, at: datetime, note: str = ""
    ) -> None:
        """Record a request; `at` is its start."""
        row = {"direction": direction, "what": what, "status": status, "ms": round(seconds * 1000, 1), "note": note}
        self.add_row({**row, "at": at.isoformat()})

    def add_row(self, row: dict[str, Any]) -> None:
        """Record a row as the page's panel shows it."""
        numbered = {"id": next(self._ids), **row}
        self.rows.append(numbered)
        self.notices.send("request", numbered)


def _target(params: dict[str, Any]) -> str:
    channel, user = params.get("channel"), params.get("user") or params.get("user_id")
    return " ".join(str(one) for one in (channel, user) if one)
