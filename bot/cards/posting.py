"""Post the card of an incident once, despite crashes of this process, Slack or the database."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, TypeVar

from bot.cards.channels import CardChannels
from bot.cards.drawing import UNKNOWN_DRAWING, drawing_fingerprint, drawn_card
from bot.cards.lease import CardsLease, LeaseTerm
from bot.cards.model import CardContents
from bot.delivery.model import DeliveryFailure, NotYetError, PostedAt, ScheduledPost
from bot.delivery.publisher import Publisher
from bot.delivery.targets import Target
from bot.flashduty import Incident
from bot.messages import Message
from bot.people.audiences import Audiences
from bot.slack.api import SlackError
from bot.slack.workspace import MessageMetadata, Workspace
from bot.storage.cards.cards import StoredCard
from bot.storage.postings import PostingKey, PostingKind
from bot.teams.team import Team

# Within it a call has ended, or counts as failed.
CARD_CALL_TIMEOUT: Final = 6.0
# A post that fails is tried again for as long as its incident is open.
POST_WINDOW: Final = timedelta(minutes=10)
NOT_LEADING: Final = "another replica leads the cards"

C = TypeVar("C")


def card_key(team: str, incident: Incident, reposted: int = 0) -> PostingKey:
    """Return what names the card of an incident among all posts."""
    return PostingKey(
        team=team,
        kind=PostingKind.CARD,
        # Of the account's clock, and not of the team's time zone, which the settings may change.
        local_date=incident.started_at.astimezone(UTC).date(),
        subject=f"{incident.id}:{reposted}" if reposted else incident.id,
    )


class LeadersTarget(Generic[C]):
    """A target to which only the replica that leads the cards sends, in a call that ends before its lease does.

    So what an earlier leader began to send has arrived, or never will, when the next one looks for it.
    """

    def __init__(self, target: Target[C], lease: CardsLease | LeaseTerm) -> None:
        self._target = target
        self._lease = lease

    async def send(self, channel: str, content: C, *, key: PostingKey, metadata: MessageMetadata) -> str:
        """Send the content; raises SlackError, after the time limit as well."""
        if not self._lease.covers(CARD_CALL_TIMEOUT):
            raise SlackError("chat.postMessage", "TimeoutError")
        try:
            async with asyncio.timeout(CARD_CALL_TIMEOUT):
                return await self._target.send(channel, content, key=key, metadata=metadata)
        except TimeoutError:
            raise SlackError("chat.postMessage", "TimeoutError", may_be_done=True) from None

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:
        """Search as the target does."""
        return await self._target.find(channel, metadata, since)

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Complete as the target does."""
        await self._target.finish(posted, key, is_first=is_first)


class CardMessage:
    """A card that is found by its metadata alone."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def send(self, channel: str, content: Message, *, key: PostingKey, metadata: MessageMetadata) -> str:  # noqa: ARG002 - part of the protocol
        """Post the card; raises SlackError."""
        return await self._workspace.post(channel, content, once=None, metadata=metadata)

    async def find(self, channel: str, metadata: MessageMetadata, since: datetime) -> str | None:
        """Search the newest messages of the channel."""
        return await self._workspace.find(channel, metadata, since)

    async def finish(self, posted: PostedAt, key: PostingKey, *, is_first: bool) -> None:
        """Do nothing: the thread is told by its own service."""


class CardPoster:
    """Posts cards through a publisher whose postings nobody but the leader of the cards claims."""

    def __init__(
        self,
        *,
        publisher: Publisher,
        workspace: Workspace,
        audiences: Audiences,
        channels: CardChannels,
        now: Callable[[], datetime],
        retention: timedelta,
    ) -> None:
        self._publisher = publisher
        self._workspace = workspace
        self._audiences = audiences
        self._channels = channels
        self._now = now
        self._retention = retention

    async def post(
        self, team: Team, contents: CardContents, channel: str, *, lease: CardsLease, earlier: StoredCard | None = None
    ) -> StoredCard | None:
        """Post a card and return its row, which is not stored yet; None where it is to be tried again.

        `earlier` is the row of a card that is posted anew. Raises DatabaseUnavailable.
        """
        if not lease.covers(CARD_CALL_TIMEOUT) or not self._channels.is_open(channel):
            return None
        incident, drawn, payload = contents.incident, UNKNOWN_DRAWING, None

        async def compose() -> Message:
            nonlocal drawn, payload
            if not lease.covers(CARD_CALL_TIMEOUT):
                raise NotYetError(NOT_LEADING)
            message = drawn_card(await self._audiences.of_channel(team), contents, team)
            drawn, payload = drawing_fingerprint(message), message.payload
            return message

        reposted = earlier.reposted if earlier else 0
        key = card_key(team.name, incident, reposted)
        post = ScheduledPost(**key._asdict(), window_ends=self._now() + POST_WINDOW)
        posted = await self._posted(post, channel, compose, lease=lease)
        if posted is None:
            return None
        now = self._now()
        return StoredCard(
            team=team.name,
            incident_id=incident.id,
            channel=posted.channel,
            ts=posted.ts,
            started_at=incident.started_at,
            posted_at=now,
            kept_until=now + self._retention,
            drawn=drawn,
            payload=payload,
            seen={"progress": incident.progress.value, "severity": incident.severity.value},
            story_until=earlier.story_until if earlier else 0,
            reposted=reposted,
        )

    async def _posted(
        self, post: ScheduledPost, channel: str, compose: Callable[[], Awaitable[Message]], *, lease: CardsLease
    ) -> PostedAt | None:
        target = LeadersTarget(CardMessage(self._workspace), lease)
        outcome = await self._publisher.deliver(post, channel, compose, target=target)
        if isinstance(outcome, DeliveryFailure):
            self._channels.failed(outcome)
            return None
        return outcome or await self._publisher.address(post.key)
