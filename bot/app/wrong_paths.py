"""Requests at a path where nothing is: each is told to the operator once, and only a handful of them."""

from typing import Final

import structlog

log = structlog.get_logger(__name__)

MOST_TOLD: Final = 5
MOST_LETTERS: Final = 100
SIGNATURE: Final = b"x-slack-signature"


class WrongPaths:
    """Notes paths that were asked for in vain: a few of Slack's own, and a few of whoever tries doors.

    `right` says in words where the right one is. What is kept and logged is bounded, whatever is asked.
    """

    def __init__(self, right: str) -> None:
        self._right = right
        self._told: dict[bool, set[str]] = {True: set(), False: set()}

    def note(self, method: str, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        """Log a path the first time it is asked for; after five of a kind, no more."""
        is_slack = any(name == SIGNATURE for name, _ in headers)
        told, asked = self._told[is_slack], f"{method} {path}"[:MOST_LETTERS]
        if asked in told or len(told) >= MOST_TOLD:
            return
        told.add(asked)
        log.warning("http.path_unknown", asked=asked, from_slack=is_slack, right=self._right)
