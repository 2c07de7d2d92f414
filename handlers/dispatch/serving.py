"""The state of a request in progress, its retry control, and its log event."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot.messages import Message, errors
from bot.messages.audience import Audience
from bot.messages.changes.actions import ChangeWords, number_of, with_text_kept
from bot.messages.forms import Form
from bot.messages.text import Mrkdwn
from bot.runtime.request_trail import RequestTrail
from bot.slack.api import SlackError
from bot.teams.access import SlackPerson
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.requests import FormSubmission, OptionsQuery, Shortcut
from handlers.dispatch.route import Route

log = structlog.get_logger(__name__)

# The outcome of a request until it has another one.
CUT_OFF: Final = "cut off"


@dataclass(kw_only=True)
class ServedRequest:
    """The state of a request in progress."""

    incoming: Incoming
    route: Route
    started_at: float
    trail: RequestTrail
    reader: Audience
    """The person, alone: until they were looked up, in the language in which they were spoken to last."""

    request: Request | None = None
    person: SlackPerson | None = None
    """The person, once they were looked up."""

    open_error: SlackError | None = None
    """The error of opening the form, where one should be open."""

    show_in_view: Callable[[Form], Awaitable[bool]] | None = None
    """Replaces the contents of the open view while the request goes on; returns whether Slack confirmed it."""

    draw_submission: Callable[[Audience], Form] | None = None
    """Draws the form as it was submitted; a failure is shown in it."""

    outcome: str = CUT_OFF
    is_logged: bool = False

    @property
    def team(self) -> str:
        """The name of its team; empty while the team is not known."""
        return self.request.team.name if self.request else self.incoming.team or ""

    @property
    def change(self) -> ChangeWords | None:
        """The words for what it changes; None for a request that only reads."""
        return self.route.change(self.reader, self.incoming) if self.route.change else None

    @property
    def retry(self) -> errors.Retry | None:
        """The control that repeats the request."""
        return self.retry_for(self.team)

    def retry_for(self, team: str) -> errors.Retry | None:
        """Return the control that repeats the request for a team; a form and a shortcut are repeated by hand."""
        if isinstance(self.incoming, Shortcut | FormSubmission | OptionsQuery):
            return None
        return self.route.retry(self.incoming, team)

    @property
    def not_done(self) -> Mrkdwn | None:
        """The words for a change that was not made; None for a request that only reads."""
        change = self.change or (self.route.opens_for(self.reader, self.incoming) if self.route.opens_for else None)
        if change is None:
            return None
        return with_text_kept(self.reader, change.not_done) if self.trail.is_text_kept else change.not_done

    @property
    def in_doubt(self) -> Mrkdwn | None:
        """The words for a change whose outcome is not known; None for a request that only reads."""
        return self.change.in_doubt if self.change else None

    def error_reply(self, message: Message) -> Reply:
        """Show an error in the form as it was filled in, or send it to the person."""
        if self.draw_submission is None:
            return reply_with(message, self.incoming)
        return Reply(form=self.draw_submission(self.reader).with_problem(message), private=message)

    def log(self) -> None:
        """Log the request once: its route, incident, team and outcome."""
        if self.is_logged:
            return
        self.is_logged = True
        log.info(
            self.route.name or self.incoming.route or "command",
            number=number_of(self.incoming.incident) or None,
            team=self.team or None,
            outcome=self.outcome,
            request_id=self.trail.request_id,
            ms=round((asyncio.get_running_loop().time() - self.started_at) * 1000),
        )


def reply_with(message: Message, incoming: Incoming) -> Reply:
    """Answer privately, and leave the pressed message as it is, unless it is a private error message."""
    return Reply(redraw=message) if incoming.is_retry and not incoming.origin.is_public else Reply(private=message)


def reply_for_view(reply: Reply) -> Reply:
    """Drop what redraws a pressed message: a view has none."""
    return replace(reply, redraw_incident=None, control_text=None, private=reply.private or reply.fallback)


async def empty_reply(_: object) -> Reply:
    """Answer nothing."""
    return Reply()
