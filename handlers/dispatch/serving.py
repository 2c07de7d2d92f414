"""A request in progress: what is known of it, the control that asks for it again, and its line in the log."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from bot.messages import Message, errors
from bot.messages.changes.actions import ChangeWords, number_of
from bot.messages.forms import Form
from bot.messages.text import Mrkdwn
from bot.runtime.request_trail import RequestTrail
from bot.slack.api import SlackError
from handlers.dispatch.context import Incoming, Reply, Request
from handlers.dispatch.requests import FormSubmission, OptionsQuery, Shortcut
from handlers.dispatch.route import Route

log = structlog.get_logger(__name__)

# What came of a request until something else has.
CUT_OFF: Final = "cut off"


@dataclass(kw_only=True)
class ServedRequest:
    """What is known of a request on its way through."""

    incoming: Incoming
    route: Route
    began: float
    trail: RequestTrail
    change: ChangeWords | None
    request: Request | None = None
    not_opened: SlackError | None = None
    """Why Slack did not open the form, where one should have been."""

    filled_in: Callable[[], Form] | None = None
    """Draws the form as it was sent; what fails comes back in it."""

    outcome: str = CUT_OFF
    is_logged: bool = False

    @property
    def team(self) -> str:
        """The team it is for, as far as that is known."""
        return self.request.team.name if self.request else self.incoming.team or ""

    @property
    def retry(self) -> errors.Retry | None:
        """The control that asks for the same again."""
        return self.retry_for(self.team)

    def retry_for(self, team: str) -> errors.Retry | None:
        """Give the control that asks a team again; a form is sent again, and a shortcut chosen again, by hand."""
        if isinstance(self.incoming, Shortcut | FormSubmission | OptionsQuery):
            return None
        return self.route.retry(self.incoming, team)

    @property
    def not_done(self) -> Mrkdwn | None:
        """What did not happen, where something was to be changed."""
        return self.change.not_done if self.change else None

    @property
    def in_doubt(self) -> Mrkdwn | None:
        """What is not known to have happened, where something was to be changed."""
        return self.change.in_doubt if self.change else None

    def failed(self, message: Message) -> Reply:
        """Say what went wrong: in the form, as it was filled in, or to the person."""
        if self.filled_in is None:
            return reply_with(message, self.incoming)
        return Reply(form=self.filled_in().with_problem(message), private=message)

    def log(self) -> None:
        """Leave one line, once, for what was asked for: whose, about which incident, and what came of it."""
        if self.is_logged:
            return
        self.is_logged = True
        log.info(
            self.route.name or self.incoming.route or "command",
            number=number_of(self.incoming.incident) or None,
            team=self.team or None,
            outcome=self.outcome,
            request_id=self.trail.request_id,
            ms=round((asyncio.get_running_loop().time() - self.began) * 1000),
        )


def reply_with(message: Message, incoming: Incoming) -> Reply:
    """Tell the person, and leave what was pressed as it is, unless it was an error itself."""
    return Reply(redraw=message) if incoming.is_retry and not incoming.origin.is_public else Reply(private=message)
