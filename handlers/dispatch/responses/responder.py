"""Deliver a reply; an attempt that fails or hangs is followed by the next, so that a person always gets an answer."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.messages import Message, Written
from bot.messages.audience import Audience
from bot.messages.changes import channel_lines
from bot.messages.forms import Form, message_form
from bot.messages.text import verbatim
from bot.slack.api import SlackError
from bot.slack.client import RATE_LIMITED
from bot.slack.views import Views
from bot.slack.workspace import MessageMetadata, Workspace
from handlers.dispatch.answers import Announcement, Reply
from handlers.dispatch.context import Origin
from handlers.dispatch.requests import LIST_METADATA
from handlers.dispatch.responses.shown import ShownMessages
from handlers.dispatch.time_limits import TimeLimits

log = structlog.get_logger(__name__)

# docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_URL_USE_LIMIT: Final = 5
# Slack does not take what a message holds, whichever way it goes.
CONTENT_REFUSALS: Final = frozenset({"invalid_attachments", "invalid_blocks", "msg_blocks_too_long", "msg_too_long"})
LINE_METADATA_TYPE: Final = "flashduty_bot_line"
# An announcement that may be posted is searched for among the messages of a day.
LINE_SEARCH_PERIOD: Final = timedelta(days=1)

SendAttempt = Callable[[], Awaitable[object]]


@dataclass
class UnconfirmedLines:
    """Counts the announcements that Slack did not confirm and that were not found."""

    count: int = 0


@dataclass(kw_only=True)
class ReplySender:
    """Delivers replies to one origin; `once` is the request's key, `is_retry` marks a press in an error message."""

    workspace: Workspace
    views: Views
    origin: Origin
    once: str
    reader: Callable[[], Audience]
    """Returns the person as the reader of what only they see."""

    shown: ShownMessages
    limits: TimeLimits
    now: Callable[[], datetime]
    is_retry: bool = False
    unconfirmed_lines: UnconfirmedLines = field(default_factory=UnconfirmedLines)
    way_back: Callable[[Message], Message] | None = None
    """Adds the way back to the list whose view shows the answer."""

    is_undelivered: bool = field(default=False, init=False)
    """Whether a message did not reach the person."""

    uses: int = field(default=0, init=False)
    """How often the response URL was used; Slack accepts five uses."""

    async def show(self, reply: Reply) -> None:
        """Redraw the pressed message, post the announcement and answer the person, concurrently."""
        announcement = reply.announcement or (Announcement(reply.public, self.once) if reply.public else None)
        await asyncio.gather(
            *([self._redraw_or_show(reply.redraw)] if reply.redraw else []),
            *([self.redraw(reply.update)] if reply.update else []),
            *([self._to_channel(announcement)] if announcement else []),
            *([self._to_person(reply)] if reply.private else []),
        )

    async def _to_person(self, reply: Reply) -> None:
        """Show the form or the private message; a view shows one of them, and the other goes outside it."""
        is_shown = reply.form is not None and await self.show_in_view(reply.form)
        if reply.private is not None and not is_shown:
            is_covered = self.origin.view is not None and (reply.form is not None or reply.redraw is not None)
            await self.privately(reply.private, outside_view=is_covered)

    async def show_in_view(self, form: Form) -> bool:
        """Replace the contents of the view by a form; return whether Slack confirmed it."""
        view = self.origin.view
        if view is None:
            return False
        try:
            if view.is_home:
                await self._try(lambda: self.views.publish(self.origin.user, form.home_payload), self.limits.attempt)
            else:
                await self._try(lambda: self.views.update(view.id, form.payload), self.limits.attempt)
        except SlackError as refusal:
            log.warning("slack.view.not_updated", code=refusal.code)
            return False
        return True

    async def _redraw_or_show(self, message: Message) -> None:
        """Replace the pressed message, or send the message privately where that fails."""
        if not await self.redraw(message):
            await self.privately(message)

    async def redraw(self, message: Message, *, attempts: int = 2) -> bool:
        """Replace the pressed message; return whether Slack confirmed it.

        A second attempt changes nothing where the first one succeeded.
        """
        if self.origin.view is not None:
            return await self.show_in_view(self._as_view(message))
        for _ in range(attempts):
            try:
                await self._try(lambda: self._respond(message, replace=True), self.limits.attempt)
            except SlackError as refusal:
                log.warning("slack.redraw.failed", code=refusal.code)
                if not refusal.may_be_done:
                    return False
            else:
                self._remember(message)
                return True
        return False

    def _as_view(self, message: Message) -> Form:
        to, view = self.reader(), self.origin.view
        title = verbatim(view.title if view else "")
        if view is not None and view.opened_as is not None:
            title = to.translated_label(view.opened_as)
        if self.way_back is None:
            return message_form(to, title, message)
        return message_form(to, title, self.way_back(message), metadata=LIST_METADATA)

    async def privately(self, message: Message, *, outside_view: bool = False) -> None:
        """Send a message to the person, in the view if one is open; a duplicate is better than none."""
        if self.origin.view is not None and not outside_view and await self.show_in_view(self._as_view(message)):
            return
        refusals = await self._refusals(message)
        if not refusals:
            self._remember(message)
        # The text of a message says the same as its blocks.
        elif not refusals & CONTENT_REFUSALS or await self._refusals(Written({"text": str(message.text)})):
            self.is_undelivered = True
            log.error("slack.response.failed", user=self.origin.user)

    async def _refusals(self, message: Message | Written) -> frozenset[str]:
        """Send a message on one way after another until Slack confirms it; return the codes where it never did."""
        codes: set[str] = set()
        *others, last = self._private_attempts(message)
        limited = [(send, self.limits.attempt) for send in others]
        for send, seconds in [*limited, (last, None)]:
            try:
                await self._try(send, seconds)
            except SlackError as refusal:
                codes.add(refusal.code)
                log.warning("slack.response.fallback", method=refusal.method, code=refusal.code)
            else:
                return frozenset()
        return frozenset(codes)

    def _private_attempts(self, message: Message | Written) -> list[SendAttempt]:
        origin = self.origin

        def respond() -> Awaitable[object]:
            return self._respond(message)

        def ephemeral() -> Awaitable[object]:
            return self.workspace.post_ephemeral(origin.channel, origin.user, message, thread=origin.thread)

        def in_channel() -> Awaitable[object]:
            return self.workspace.post(origin.channel, message, once=self.once, thread=origin.thread)

        def direct_message() -> Awaitable[object]:
            return self.workspace.post(origin.user, message, once=f"{self.once} directly")

        if not origin.channel:
            return [direct_message]
        if origin.response_url is None:
            return [in_channel, ephemeral] if origin.is_direct else [ephemeral, direct_message]
        first = [ephemeral, respond] if origin.thread is not None else [respond, ephemeral]
        return [*first, in_channel if origin.is_direct else direct_message]

    async def _respond(self, message: Message | Written, *, replace: bool = False, in_channel: bool = False) -> None:
        """Use the response URL; raises SlackError, without a call where there is none or it was used five times."""
        if self.origin.response_url is None:
            raise SlackError("response_url", "no_url")
        if self.uses >= RESPONSE_URL_USE_LIMIT:
            raise SlackError("response_url", "used_url")
        self.uses += 1
        await self.workspace.respond(self.origin.response_url, message, replace=replace, in_channel=in_channel)

    def _remember(self, message: Message) -> None:
        if not self.origin.is_public and self.origin.channel:
            self.shown.remember(self.origin, message)

    async def _to_channel(self, line: Announcement) -> None:
        """Post an announcement, and report to the person when it failed or is not confirmed."""
        channel = line.team_channel or self.origin.channel
        problem = await self._post_announcement(line, channel)
        if problem is not None:
            await self._report_to_presser(problem)
        elif line.may_be_posted:
            await self._report_to_presser(channel_lines.line_posted(self.reader(), channel))

    async def _report_to_presser(self, message: Message) -> None:
        if self.origin.view is not None:
            await self.privately(message, outside_view=True)
        elif self.is_retry:
            await self._redraw_or_show(message)
        else:
            await self.privately(message)

    async def _post_announcement(self, line: Announcement, channel: str) -> Message | None:
        """Post an announcement unless it is posted already; return the problem when that failed or is not known."""
        origin = self.origin
        thread = origin.announcement_thread or (origin.message if line.in_thread else None)
        if line.team_channel is not None:
            thread = line.thread
        metadata = MessageMetadata(LINE_METADATA_TYPE, {"line": hashlib.sha256(line.once.encode()).hexdigest()[:32]})
        if line.may_be_posted and await self._is_posted(channel, thread, metadata):
            return None
        try:
            await self.workspace.post(channel, line.message, once=line.once, thread=thread, metadata=metadata)
        except SlackError as refusal:
            log.warning("announcement.failed", to=channel, code=refusal.code, may_be_done=refusal.may_be_done)
            if refusal.may_be_done:
                return await self._search_unconfirmed(line, channel, thread=thread, metadata=metadata)
            return await self._post_through_response_url(line, channel, refusal)
        return None

    async def _search_unconfirmed(
        self, line: Announcement, channel: str, *, thread: str | None, metadata: MessageMetadata
    ) -> Message | None:
        """Search for an announcement that Slack did not confirm."""
        is_there, to = await self._is_posted(channel, thread, metadata), self.reader()
        if is_there:
            return None
        self.unconfirmed_lines.count += 1
        log.error("announcement.unconfirmed", to=channel, may_look=is_there is not None)
        return channel_lines.line_not_confirmed(
            to, line.about, channel, retry=line.retry, may_look=is_there is not None
        )

    async def _is_posted(self, channel: str, thread: str | None, metadata: MessageMetadata) -> bool | None:
        """Return whether an announcement is posted; None where the search fails."""
        try:
            async with asyncio.timeout(self.limits.attempt):
                if thread is None:
                    return await self.workspace.find(channel, metadata, self.now() - LINE_SEARCH_PERIOD) is not None
                return metadata.details in await self.workspace.metadata_in_thread(channel, thread, metadata.kind)
        except (SlackError, TimeoutError) as silence:
            log.warning("announcement.search_failed", to=channel, why=str(silence))
            return None

    async def _post_through_response_url(self, line: Announcement, channel: str, refusal: SlackError) -> Message | None:
        """Post through the response URL, which works in channels that the bot is not a member of."""
        limited, to = refusal.code == RATE_LIMITED, self.reader()
        if line.team_channel is not None or self.origin.response_url is None:
            if self.origin.is_mention:
                # The person asked, and gets the answer all the same.
                await self.privately(line.message)
            return channel_lines.line_refused(
                to, line.about, channel, code=refusal.code, retry=line.retry, is_passing=limited
            )
        try:
            await self._try(lambda: self._respond(line.message, in_channel=True), self.limits.attempt)
        except SlackError as second:
            log.error("announcement.dropped", to=channel, code=second.code)  # noqa: TRY400 - the cause is in the code
            if second.may_be_done:
                self.unconfirmed_lines.count += 1
                return channel_lines.line_not_confirmed(to, line.about, channel, retry=line.retry, may_look=False)
            return channel_lines.line_refused(
                to, line.about, channel, code=refusal.code, retry=line.retry, is_passing=limited
            )
        return None

    async def _try(self, send: SendAttempt, seconds: float | None) -> None:
        """Make one delivery attempt within `seconds`; raises SlackError."""
        try:
            async with asyncio.timeout(seconds):
                await send()
        except TimeoutError:
            raise SlackError("response", "TimeoutError", may_be_done=True) from None
