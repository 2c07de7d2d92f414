"""Show a reply where it belongs, with a second way where Slack refuses the first."""

import asyncio
from dataclasses import dataclass

import structlog

from bot.messages import Message
from bot.slack_calls import SlackUnwilling
from bot.workspace import Workspace
from handlers.request import Announcement, Place, Reply

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Delivery:
    """The ways back from one place; `once` is the name of the request, for posts that must not come twice."""

    workspace: Workspace
    place: Place
    once: str

    async def show(self, reply: Reply) -> None:
        """Redraw what was pressed, tell the channel, tell the person: all at once, as a slow one holds up no other."""
        announcement = reply.announcement or (Announcement(reply.public, self.once) if reply.public else None)
        await asyncio.gather(
            *([self._redraw(reply.redraw)] if reply.redraw else []),
            *([self._to_channel(announcement)] if announcement else []),
            *([self._privately(reply.private)] if reply.private else []),
        )

    async def _redraw(self, message: Message) -> None:
        url = self.place.response_url
        if url is None:
            await self._privately(message)
            return
        try:
            await self._replaced(url, message)
        except SlackUnwilling as refusal:
            log.warning("not redrawn", code=refusal.code)
            if not refusal.may_be_done:
                await self._privately(message)

    async def _replaced(self, url: str, message: Message) -> None:
        try:
            await self.workspace.respond(url, message, replace=True)
        except SlackUnwilling as refusal:
            if not refusal.may_be_done:
                raise
            # Replacing a second time changes nothing where the first one arrived.
            await self.workspace.respond(url, message, replace=True)

    async def _privately(self, message: Message) -> None:
        place, url = self.place, self.place.response_url
        try:
            if place.is_direct and url is None:
                await self.workspace.post(place.channel, message, once=self.once, thread=place.thread)
            elif url is None or place.thread is not None:
                await self.workspace.whisper(place.channel, place.user, message, thread=place.thread)
            else:
                await self.workspace.respond(url, message)
        except SlackUnwilling as refusal:
            await self._second_way(message, refusal)

    async def _second_way(self, message: Message, refusal: SlackUnwilling) -> None:
        log.warning("not shown the first way", method=refusal.method, code=refusal.code)
        if refusal.may_be_done:
            return
        place, url = self.place, self.place.response_url
        try:
            if url is not None and refusal.method != "response_url":
                await self.workspace.respond(url, message)
            else:
                await self.workspace.whisper(place.channel, place.user, message, thread=place.thread)
        except SlackUnwilling as second:
            log.error("not shown", method=second.method, code=second.code)  # noqa: TRY400 - the cause is in the code

    async def _to_channel(self, announcement: Announcement) -> None:
        if announcement.elsewhere is not None:
            await self._posted(announcement, announcement.elsewhere, None)
            return
        place = self.place
        thread = place.thread or (place.message if announcement.in_thread else None)
        refusal = await self._posted(announcement, place.channel, thread)
        if refusal is not None and not refusal.may_be_done and place.response_url is not None:
            # A response_url may speak in channels the bot was never invited to.
            await self._through(place.response_url, announcement.message)

    async def _posted(self, announcement: Announcement, channel: str, thread: str | None) -> SlackUnwilling | None:
        """Post, once more where the answer got lost: Slack knows the post by its name. Gives the refusal, if any."""
        refusal = None
        for _ in range(2):
            try:
                await self.workspace.post(channel, announcement.message, once=announcement.once, thread=thread)
            except SlackUnwilling as unwilling:
                log.warning("not posted", channel=channel, code=unwilling.code)
                refusal = unwilling
                if unwilling.may_be_done:
                    continue
                return unwilling
            return None
        return refusal

    async def _through(self, url: str, message: Message) -> None:
        try:
            await self.workspace.respond(url, message, in_channel=True)
        except SlackUnwilling as refusal:
            log.error("channel not told", code=refusal.code)  # noqa: TRY400 - the cause is in the code
