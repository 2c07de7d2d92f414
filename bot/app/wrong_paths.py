"""Requests at unknown paths: each is logged once, up to a limit."""

from typing import Final

import structlog

log = structlog.get_logger(__name__)

LOGGED_PATHS_LIMIT: Final = 5
LOGGED_PATH_LENGTH: Final = 100
SIGNATURE_HEADER: Final = b"x-slack-signature"


class WrongPaths:
    """Logs unknown paths: up to 5 of requests that Slack has signed, and up to 5 of others.

    `right` describes the right path in words. Memory and log lines are limited for any requests.
    """

    def __init__(self, right: str) -> None:
        self._right = right
        self._logged: dict[bool, set[str]] = {True: set(), False: set()}

    def note(self, method: str, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        """Log a path at its first request, up to the limit."""
        is_slack = any(name == SIGNATURE_HEADER for name, _ in headers)
        logged, request = self._logged[is_slack], f"{method} {path}"[:LOGGED_PATH_LENGTH]
        if request in logged or len(logged) >= LOGGED_PATHS_LIMIT:
            return
        logged.add(request)
        log.warning("http.path_unknown", asked=request, from_slack=is_slack, right=self._right)
