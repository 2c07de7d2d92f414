"""Show a reply where it belongs; a way that fails or hangs gives way to the next, so that a person always hears."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.messages import Message
from bot.messages.changes import channel_lines
from bot.messages.forms import Form, message_form
from bot.slack.api import SlackError
from bot.slack.client import RATE_LIMITED
from bot.slack.views import Views
from bot.slack.workspace import MessageMetadata, Workspace
from handlers.dispatch.context import Announcement, Origin, Reply
from handlers.dispatch.responses.shown import ShownMessages
from handlers.dispatch.time_limits import TimeLimits

log = structlog.get_logger(__name__)

# docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_URL_USE_LIMIT: Final = 5
LINE_METADATA_TYPE: Final = "flashduty_bot_line"
# A line that may be there is looked for among the messages of a day.
LINE_SEARCH_PERIOD: Final = timedelta(days=1)

Way = Callable[[], Awaitable[object]]


@dataclass
class UnconfirmedLines:
    """Counts the lines for a channel that Slack did not confirm and that were not found."""

    count: int = 0


@dataclass(kw_only=True)
class ReplySender:
    """The ways back from one place; `once` is the name of the request, `is_retry` when it was pressed in an error."""

    workspace: Workspace
    views: Views
    origin: Origin
    once: str
    shown: ShownMessages
    limits: TimeLimits
    now: Callable[[], datetime]
    is_retry: bool = False
    unconfirmed_lines: UnconfirmedLines = field(default_factory=UnconfirmedLines)
    is_undelivered: bool = field(default=False, init=False)
    """Whether the person could not be told something."""

    uses: int = field(default=0, init=False)
    """How often the response URL was used; the sixth time it does not work any more."""

    async def show(self, reply: Reply) -> None:
        """Redraw what was pressed, tell the channel, tell the person: all at once, as a slow one holds up no other."""
        announcement = reply.announcement or (Announcement(reply.public, self.once) if reply.public else None)
        await asyncio.gather(
            *([self._redrawn(reply.redraw)] if reply.redraw else []),
            *([self._to_channel(announcement)] if announcement else []),
            *([self._told(reply)] if reply.private else []),
        )

    async def _told(self, reply: Reply) -> None:
        """Show the form, or tell the person; in a view there is room for one of them, and the rest goes beside it."""
        is_shown = reply.form is not None and await self._in_the_view(reply.form)
        if reply.private is not None and not is_shown:
            is_covered = self.origin.view is not None and (reply.form is not None or reply.redraw is not None)
            await self.privately(reply.private, beside_the_view=is_covered)

    async def _in_the_view(self, form: Form) -> bool:
        """Put a form in the place of what the view shows; tell whether Slack said that it did."""
        view = self.origin.view
        if view is None:
            return False
        try:
            await self._within(lambda: self.views.update(view.id, form.payload), self.limits.attempt)
        except SlackError as refusal:
            log.warning("slack.view.not_updated", code=refusal.code)
            return False
        return True

    async def _redrawn(self, message: Message) -> None:
        """Put a message in the place of what was pressed, or show it beside."""
        if not await self.redraw(message):
            await self.privately(message)

    async def redraw(self, message: Message, *, attempts: int = 2) -> bool:
        """Put a message in the place of what was pressed; tell whether Slack said that it did.

        Replacing a second time changes nothing where the first one arrived.
        """
        if self.origin.view is not None:
            return await self._in_the_view(self._as_a_view(message))
        for _ in range(attempts):
            try:
                await self._within(lambda: self._respond(message, replace=True), self.limits.attempt)
            except SlackError as refusal:
                log.warning("slack.redraw.failed", code=refusal.code)
                if not refusal.may_be_done:
                    return False
            else:
                self._keep(message)
                return True
        return False

    def _as_a_view(self, message: Message) -> Form:
        return message_form(self.origin.view.title if self.origin.view else "", message)

    async def privately(self, message: Message, *, beside_the_view: bool = False) -> None:
        """Show a message to the person, in the view if one is open; one that comes twice is better than none."""
        if self.origin.view is not None and not beside_the_view and await self._in_the_view(self._as_a_view(message)):
            return
        *others, last = self._private_ways(message)
        limits = [(way, self.limits.attempt) for way in others]
        for way, seconds in [*limits, (last, None)]:
            try:
                await self._within(way, seconds)
            except SlackError as refusal:
                log.warning("slack.response.fallback", method=refusal.method, code=refusal.code)
            else:
                self._keep(message)
                return
        self.is_undelivered = True
        log.error("slack.response.failed", user=self.origin.user)

    def _private_ways(self, message: Message) -> list[Way]:
        origin = self.origin

        def through_the_url() -> Awaitable[object]:
            return self._respond(message)

        def whispered() -> Awaitable[object]:
            return self.workspace.post_ephemeral(origin.channel, origin.user, message, thread=origin.thread)

        def posted() -> Awaitable[object]:
            return self.workspace.post(origin.channel, message, once=self.once, thread=origin.thread)

        def written() -> Awaitable[object]:
            return self.workspace.post(origin.user, message, once=f"{self.once} directly")

        if not origin.channel:
            return [written]
        if origin.response_url is None:
            return [posted, whispered] if origin.is_direct else [whispered, written]
        first = [whispered, through_the_url] if origin.thread is not None else [through_the_url, whispered]
        return [*first, posted if origin.is_direct else written]

    async def _respond(self, message: Message, *, replace: bool = False, in_channel: bool = False) -> None:
        """Use the response URL; raises SlackError, at once where there is none or Slack has had five answers."""
        if self.origin.response_url is None:
            raise SlackError("response_url", "no_url")
        if self.uses >= RESPONSE_URL_USE_LIMIT:
            raise SlackError("response_url", "used_url")
        self.uses += 1
        await self.workspace.respond(self.origin.response_url, message, replace=replace, in_channel=in_channel)

    def _keep(self, message: Message) -> None:
        if not self.origin.is_public and self.origin.channel:
            self.shown.keep(self.origin, message)

    async def _to_channel(self, line: Announcement) -> None:
        """Post a line for everybody, and tell whoever pressed when that is not certain."""
        channel = line.elsewhere or self.origin.channel
        problem = await self._posted(line, channel)
        if problem is not None:
            await self._answered(problem)
        elif line.is_again:
            await self._answered(channel_lines.told_now(channel))

    async def _answered(self, message: Message) -> None:
        if self.origin.view is not None:
            await self.privately(message, beside_the_view=True)
        elif self.is_retry:
            await self._redrawn(message)
        else:
            await self.privately(message)

    async def _posted(self, line: Announcement, channel: str) -> Message | None:
        """Post a line unless it is there; give what there is to say when that failed or is not known."""
        origin = self.origin
        thread = origin.line_thread or (origin.message if line.in_thread else None)
        if line.elsewhere is not None:
            thread = None
        mark = MessageMetadata(LINE_METADATA_TYPE, {"line": hashlib.sha256(line.once.encode()).hexdigest()[:32]})
        if line.is_again and await self._is_there(channel, thread, mark):
            return None
        try:
            await self.workspace.post(channel, line.message, once=line.once, thread=thread, metadata=mark)
        except SlackError as refusal:
            log.warning("announcement.failed", to=channel, code=refusal.code, may_be_done=refusal.may_be_done)
            if refusal.may_be_done:
                return await self._in_doubt(line, channel, thread=thread, mark=mark)
            return await self._otherwise(line, channel, refusal)
        return None

    async def _in_doubt(
        self, line: Announcement, channel: str, *, thread: str | None, mark: MessageMetadata
    ) -> Message | None:
        """Look for a line whose posting Slack did not confirm."""
        is_there = await self._is_there(channel, thread, mark)
        if is_there:
            return None
        self.unconfirmed_lines.count += 1
        log.error("announcement.unconfirmed", to=channel, may_look=is_there is not None)
        return channel_lines.not_confirmed(line.about, channel, line.retry, may_look=is_there is not None)

    async def _is_there(self, channel: str, thread: str | None, mark: MessageMetadata) -> bool | None:
        """Tell whether a line is there; None where that cannot be looked up."""
        try:
            async with asyncio.timeout(self.limits.attempt):
                if thread is None:
                    return await self.workspace.find(channel, mark, self.now() - LINE_SEARCH_PERIOD) is not None
                return mark.details in await self.workspace.metadata_in_thread(channel, thread, mark.kind)
        except (SlackError, TimeoutError) as silence:
            log.warning("announcement.search_failed", to=channel, why=str(silence))
            return None

    async def _otherwise(self, line: Announcement, channel: str, refusal: SlackError) -> Message | None:
        """Post through the response URL, which may speak in channels the bot was never invited to."""
        limited = refusal.code == RATE_LIMITED
        if line.elsewhere is not None or self.origin.response_url is None:
            return channel_lines.not_told(line.about, channel, refusal.code, retry=line.retry, is_passing=limited)
        try:
            await self._within(lambda: self._respond(line.message, in_channel=True), self.limits.attempt)
        except SlackError as second:
            log.error("announcement.dropped", to=channel, code=second.code)  # noqa: TRY400 - the cause is in the code
            if second.may_be_done:
                self.unconfirmed_lines.count += 1
                return channel_lines.not_confirmed(line.about, channel, line.retry, may_look=False)
            return channel_lines.not_told(line.about, channel, refusal.code, retry=line.retry, is_passing=limited)
        return None

    async def _within(self, way: Way, seconds: float | None) -> None:
        """Go one way back, for a limited time; raises SlackError."""
        try:
            async with asyncio.timeout(seconds):
                await way()
        except TimeoutError:
            raise SlackError("a way back", "TimeoutError", may_be_done=True) from None
