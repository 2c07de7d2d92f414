"""A request on its way through the desk: what is known of it, how it is asked for again, and its line in the log."""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from bot.messages import errors
from bot.messages.changes.actions import ChangeWords, number_of
from bot.messages.text import Mrkdwn
from bot.runtime.request_trail import RequestTrail
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.route import Route

log = structlog.get_logger(__name__)

# What came of a request until something else has.
CUT_OFF: Final = "cut off"


@dataclass
class ServedRequest:
    """What is known of a request on its way through."""

    asked: Incoming
    route: Route
    began: float
    trail: RequestTrail
    deed: ChangeWords | None
    request: Request | None = None
    outcome: str = CUT_OFF
    is_logged: bool = False

    @property
    def team(self) -> str:
        """The team it is for, as far as that is known."""
        return self.request.team.name if self.request else self.asked.team or ""

    @property
    def retry(self) -> errors.Retry:
        """The control that asks for the same again."""
        return self.route.retry(self.asked, self.team)

    @property
    def not_done(self) -> Mrkdwn | None:
        """What did not happen, where something was to be changed."""
        return self.deed.not_done if self.deed else None

    @property
    def in_doubt(self) -> Mrkdwn | None:
        """What is not known to have happened, where something was to be changed."""
        return self.deed.in_doubt if self.deed else None

    def log(self) -> None:
        """Leave one line, once, for what was asked for: whose, about which incident, and what came of it."""
        if self.is_logged:
            return
        self.is_logged = True
        log.info(
            self.route.name or self.asked.route or "command",
            number=number_of(self.asked.incident) or None,
            team=self.team or None,
            outcome=self.outcome,
            request_id=self.trail.request_id,
            ms=round((asyncio.get_running_loop().time() - self.began) * 1000),
        )
