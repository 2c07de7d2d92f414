"""What the bot asks of Slack: who somebody is, and to show a message somewhere."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import structlog

from bot.messages import Message, Written
from bot.runtime.cache import TtlCache
from bot.slack.api import SlackApi, SlackError, cursor_of, listed, needed
from bot.slack.users import described
from bot.teams.access import SlackPerson

log = structlog.get_logger(__name__)

SLACK_RESPONSE_URL: Final = "https://hooks.slack.com/"
# A guest made a member, or a member made a guest, is known within a minute (users.info is in tier 4: 100 a minute).
PERSON_TTL: Final = 60.0
# usergroups.users.list is in tier 2: 20 calls a minute.
GROUP_TTL: Final = 300.0
# The conversation with somebody keeps its id for good.
DIRECT_TTL: Final = 86_400.0
# Where a message of ours is looked for: 1,000 messages, in pages of the size Slack recommends as the most.
PAGES: Final = 5
PAGE: Final = 200
MEMBERS: Final = 1000
MEMBER_PAGES: Final = 20
FIND_SECONDS: Final = 25.0


@dataclass(frozen=True)
class MessageMetadata:
    """Metadata by which the bot finds a message of its own again; anybody in the workspace can read it.

    Source: docs.slack.dev/messaging/message-metadata
    """

    kind: str
    details: Mapping[str, str]

    @property
    def wire(self) -> dict[str, Any]:
        """The mark as Slack's methods take it and give it back."""
        return {"event_type": self.kind, "event_payload": dict(self.details)}


@dataclass(frozen=True)
class Installation:
    """Where the bot is installed, as auth.test tells it."""

    workspace: str
    enterprise: str | None
    bot_user: str
    bot_id: str
    name: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture as it is uploaded; `alt_text` is what a screen reader says."""

    filename: str
    content: bytes = field(repr=False)
    title: str
    alt_text: str


class Workspace:
    """Slack, as far as this bot needs it."""

    def __init__(
        self,
        calls: SlackApi,
        installation: Installation,
        *,
        response_urls: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.calls = calls
        self.installation = installation
        self._response_urls = (SLACK_RESPONSE_URL, *response_urls)
        self._people: TtlCache[SlackPerson] = TtlCache(PERSON_TTL, clock)
        self._groups: TtlCache[frozenset[str]] = TtlCache(GROUP_TTL, clock)
        self._members: TtlCache[frozenset[str]] = TtlCache(GROUP_TTL, clock)
        self._direct: TtlCache[str] = TtlCache(DIRECT_TTL, clock)

    async def person(self, user_id: str) -> SlackPerson:
        """Look somebody up, at most a minute old; raises SlackError."""
        return await self._people.get(user_id, self._ask_person)

    async def _ask_person(self, user_id: str) -> SlackPerson:
        answer = await self.calls.call("users.info", user=user_id)
        user = needed("users.info", answer, "user", dict)
        return described("users.info", user, self.installation.workspace, asked=user_id)

    async def person_with_email(self, email: str) -> SlackPerson | None:
        """Find a member of this workspace by e-mail address, 50 a minute at most; raises SlackError."""
        try:
            answer = await self.calls.call("users.lookupByEmail", email=email)
        except SlackError as refusal:
            if refusal.code == "users_not_found":
                return None
            raise
        user = needed("users.lookupByEmail", answer, "user", dict)
        return described("users.lookupByEmail", user, self.installation.workspace)

    async def group_members(self, group_id: str) -> frozenset[str]:
        """List the members of a user group, at most five minutes old; raises SlackError."""
        return await self._groups.get(group_id, self._ask_group)

    async def _ask_group(self, group_id: str) -> frozenset[str]:
        try:
            answer = await self.calls.call("usergroups.users.list", usergroup=group_id)
        except SlackError as refusal:
            if refusal.code != "no_such_subteam":
                raise
            log.warning("a user group of RESPONDERS is gone", group=group_id)
            return frozenset()
        return frozenset(listed("usergroups.users.list", answer, "users", str))

    async def channel_members(self, channel: str) -> frozenset[str]:
        """List the members of a channel, 20,000 at most and five minutes old; raises SlackError."""
        return await self._members.get(channel, self._ask_members)

    async def _ask_members(self, channel: str) -> frozenset[str]:
        found: set[str] = set()
        cursor = None
        for _ in range(MEMBER_PAGES):
            page = await self.calls.call("conversations.members", channel=channel, limit=MEMBERS, cursor=cursor)
            found.update(listed("conversations.members", page, "members", str))
            cursor = cursor_of(page)
            if not cursor:
                return frozenset(found)
        # Whoever is not among those read would be refused as if Slack had said so.
        raise SlackError("conversations.members", "too_many_members")

    async def direct_channel(self, user_id: str) -> str:
        """Give the id of the bot's conversation with a person; needs im:write, raises SlackError."""
        return await self._direct.get(user_id, self._open_direct)

    async def _open_direct(self, user_id: str) -> str:
        answer = await self.calls.call("conversations.open", users=user_id)
        return needed("conversations.open", needed("conversations.open", answer, "channel", dict), "id", str)

    async def post(
        self,
        channel: str,
        message: Message | Written,
        *,
        once: str,
        thread: str | None = None,
        mark: MessageMetadata | None = None,
    ) -> str:
        """Post a message that everybody in the channel sees and return its address (`ts`).

        `once` names the occasion. Slack documents nothing for a second post of one name: what must come once carries a
        `mark`, and is looked for before it is posted again. Raises SlackError.
        """
        answer = await self.calls.call(
            "chat.postMessage",
            channel=channel,
            thread_ts=thread,
            client_msg_id=str(uuid5(NAMESPACE_URL, f"{channel} {once}")),
            unfurl_links=False,
            unfurl_media=False,
            metadata=mark.wire if mark else None,
            **message.payload,
        )
        return needed("chat.postMessage", answer, "ts", str)

    async def upload(self, channel: str, picture: Picture, *, thread: str | None = None) -> str:
        """Put a picture into a channel or a thread and return the file's id; raises SlackError.

        Unlike a post it has no name under which a second one would be known, so a repeated upload shows twice.
        Source: docs.slack.dev/messaging/working-with-files
        """
        method = "files.getUploadURLExternal"
        place = await self.calls.call(
            method,
            filename=picture.filename,
            length=len(picture.content),
            alt_txt=picture.alt_text,
        )
        url, file_id = needed(method, place, "upload_url", str), needed(method, place, "file_id", str)
        await self.calls.send(url, picture.content)
        files = [{"id": file_id, "title": picture.title}]
        await self.calls.call("files.completeUploadExternal", files=files, channel_id=channel, thread_ts=thread)
        return file_id

    async def find(self, channel: str, mark: MessageMetadata, since: datetime) -> str | None:
        """Find a message of ours by its mark among the newest of a channel, threads excluded; raises SlackError.

        Needs channels:history or groups:history. Source: docs.slack.dev/reference/methods/conversations.history
        """
        cursor = None
        try:
            async with asyncio.timeout(FIND_SECONDS):
                for _ in range(PAGES):
                    page = await self._history(channel, since, cursor)
                    for message in listed("conversations.history", page, "messages", dict):
                        if self._is_ours(message, mark):
                            return needed("conversations.history", message, "ts", str)
                    cursor = cursor_of(page)
                    if not cursor:
                        break
        except TimeoutError:
            raise SlackError("conversations.history", "TimeoutError") from None
        return None

    async def find_picture(self, channel: str, thread: str, filename: str) -> str | None:
        """Find the id of a picture of ours in a thread by its file name; raises SlackError."""
        method = "conversations.replies"
        replies = await self._replies(channel, thread)
        files = (file for message in replies for file in listed(method, message, "files", dict))
        return next((needed(method, file, "id", str) for file in files if file.get("name") == filename), None)

    async def marks_in_thread(self, channel: str, thread: str, kind: str) -> list[Mapping[str, Any]]:
        """List what our own messages in a thread carry as a mark of a kind; raises SlackError."""
        told = (_mark_of(message) for message in await self._replies(channel, thread))
        return [one["event_payload"] for one in told if one["event_type"] == kind]

    async def _replies(self, channel: str, thread: str) -> list[Mapping[str, Any]]:
        """Read our own messages in a thread, the first 200; needs channels:history or groups:history.

        Source: docs.slack.dev/reference/methods/conversations.replies
        """
        answer = await self.calls.call(
            "conversations.replies", channel=channel, ts=thread, limit=PAGE, include_all_metadata=True
        )
        replies = listed("conversations.replies", answer, "messages", dict)
        return [one for one in replies if one.get("bot_id") == self.installation.bot_id]

    async def _history(self, channel: str, since: datetime, cursor: str | None) -> Mapping[str, Any]:
        return await self.calls.call(
            "conversations.history",
            channel=channel,
            oldest=f"{since.timestamp():.6f}",
            limit=PAGE,
            include_all_metadata=True,
            cursor=cursor,
        )

    def _is_ours(self, message: Mapping[str, Any], mark: MessageMetadata) -> bool:
        return message.get("bot_id") == self.installation.bot_id and _mark_of(message) == mark.wire

    async def whisper(self, channel: str, user_id: str, message: Message, *, thread: str | None = None) -> None:
        """Show a message to one person in a channel; raises SlackError."""
        await self.calls.call("chat.postEphemeral", channel=channel, user=user_id, thread_ts=thread, **message.payload)

    async def respond(self, url: str, message: Message, *, replace: bool = False, in_channel: bool = False) -> None:
        """Answer a command or a press through its response_url, five times within 30 minutes; raises SlackError.

        Only addresses of Slack are answered, and no redirect is followed: the address came with the request.
        Source: docs.slack.dev/interactivity/handling-user-interaction
        """
        if not url.startswith(self._response_urls):
            raise SlackError("response_url", "not_an_address_of_slack")
        body = {
            **message.payload,
            "replace_original": replace,
            "response_type": "in_channel" if in_channel else "ephemeral",
        }
        await self.calls.respond(url, body)


def _mark_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """Give the mark a message carries, an empty one where it has none."""
    told = message.get("metadata")
    metadata = told if isinstance(told, dict) else {}
    details = metadata.get("event_payload")
    return {"event_type": metadata.get("event_type"), "event_payload": details if isinstance(details, dict) else {}}
