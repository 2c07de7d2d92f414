"""Post the message of a storm once, edit it in place, and deal with what Slack answers."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from bot.cards.channels import CardChannels
from bot.cards.drawing import drawing_fingerprint
from bot.cards.editing import GONE_CODES, MAX_REPOSTS
from bot.cards.lease import CardsLease
from bot.cards.messages.mark import marked_unread
from bot.cards.messages.storm import storm_message
from bot.cards.posting import CARD_CALL_TIMEOUT, NOT_LEADING, POST_WINDOW, CardMessage, LeadersTarget
from bot.cards.storms.model import Place, StormContents, name_of
from bot.delivery.live import LiveEdits
from bot.delivery.model import CARD_DELETED, DeliveryFailure, NotYetError, ScheduledPost
from bot.delivery.publisher import Publisher
from bot.flashduty import Progress
from bot.messages import Message
from bot.people.audiences import Audiences
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.cards.card_storms import STORM_CHANGED, STORM_LOST, CardStormTable, StoredStorm
from bot.storage.cards.cards import CardTable
from bot.storage.fingerprints import is_marked, marked_fingerprint
from bot.storage.postings import PostingKind
from bot.teams.team import Team

log = structlog.get_logger(__name__)

StormKey = tuple[str, datetime]
"""The Slack channel of a storm, and when it began."""


class StormMessages:
    """The messages of storms; every method raises DatabaseUnavailable.

    Before an edit it is noted that it is not known what a message shows, and afterwards what it shows. So a process
    that dies in between leaves a message that the next leader edits.
    """

    def __init__(
        self,
        *,
        cards: CardTable,
        storms: CardStormTable,
        publisher: Publisher,
        workspace: Workspace,
        audiences: Audiences,
        edits: LiveEdits,
        channels: CardChannels,
        now: Callable[[], datetime],
    ) -> None:
        self._cards = cards
        self._storms = storms
        self._publisher = publisher
        self._workspace = workspace
        self._audiences = audiences
        self._edits = edits
        self._channels = channels
        self._now = now
        self._refused: dict[tuple[str, StormKey], str] = {}
        self._unread_since: dict[str, datetime] = {}
        """By the names of teams whose incidents cannot be read."""

    def unread(self, team: Team, since: datetime) -> None:
        """Have the messages of a team say from now on that they are not refreshed since an instant."""
        self._unread_since[team.name] = since

    def refreshed(self, team: Team) -> None:
        """Have them say so no longer."""
        self._unread_since.pop(team.name, None)

    async def keep_equal(self, team: Team, lease: CardsLease, storm: StoredStorm, *, is_urgent: bool = False) -> None:
        """Post the message of a storm, or have it edited where it differs."""
        if storm.drawn == STORM_LOST or not self._channels.is_open(storm.channel):
            return
        if storm.ts is None:
            await self._post(team, lease, storm)
            return
        key = (storm.channel, storm.started_at)
        _, drawn = await self._drawing(team, storm)
        if drawn in {storm.drawn, self._refused.get((team.name, key))}:
            return

        async def edit() -> None:
            await self._edit(team, lease, key)

        is_minor = not is_urgent and is_marked(drawn) != is_marked(storm.drawn)
        self._edits.submit((team.name, *key), edit, is_urgent=is_urgent, is_flood=True, is_minor=is_minor)

    async def _drawing(self, team: Team, storm: StoredStorm) -> tuple[Message, str]:
        """Draw the message, marked while incidents cannot be read and any is open, with what is noted of it."""
        rows = await self._cards.in_storm(storm.team, storm.channel, storm.started_at)
        contents = StormContents(
            channel=storm.channel,
            places=tuple(Place.read(row.seen) for row in rows),
            started_at=storm.started_at,
            ended_at=storm.ended_at,
        )
        to, since = await self._audiences.of_channel(team), self._unread_since.get(team.name)
        message = storm_message(to, contents, team.name)
        drawn = drawing_fingerprint(message)
        if since is None or not contents.open:
            return message, drawn
        return marked_unread(to, message, since), marked_fingerprint(drawn)

    async def _post(self, team: Team, lease: CardsLease, storm: StoredStorm) -> None:
        drawn = STORM_CHANGED

        async def compose() -> Message:
            nonlocal drawn
            if not lease.covers(CARD_CALL_TIMEOUT):
                raise NotYetError(NOT_LEADING)
            message, drawn = await self._drawing(team, storm)
            return message

        if not lease.covers(CARD_CALL_TIMEOUT):
            return
        name = name_of(storm.channel, storm.started_at)
        post = ScheduledPost(
            team=team.name,
            kind=PostingKind.STORM,
            subject=f"{name}:{storm.reposted}" if storm.reposted else name,
            local_date=storm.started_at.astimezone(UTC).date(),
            window_ends=self._now() + POST_WINDOW,
        )
        target = LeadersTarget(CardMessage(self._workspace), lease)
        outcome = await self._publisher.deliver(post, storm.channel, compose, target=target)
        if isinstance(outcome, DeliveryFailure):
            self._channels.failed(outcome)
            return
        posted = outcome or await self._publisher.address(post.key)
        if posted is not None:
            await self._storms.posted(storm, ts=posted.ts, drawn=drawn)
            log.info("cards.storm_posted", team=team.name, channel=storm.channel)

    async def _edit(self, team: Team, lease: CardsLease, key: StormKey) -> None:
        """Edit the message; raises SlackError where it is to be tried again."""
        storm = await self._storms.get(team.name, *key)
        if storm is None or storm.ts is None or storm.drawn == STORM_LOST or not lease.is_held:
            return
        # Before its incidents are read, so that a change meanwhile is not taken for drawn.
        await self._storms.begin_edit(storm)
        message, drawn = await self._drawing(team, storm)
        # From here on the message may change, so a leader that was paused must not come this far.
        if not lease.covers(CARD_CALL_TIMEOUT):
            return
        try:
            async with asyncio.timeout(CARD_CALL_TIMEOUT):
                await self._workspace.update(storm.channel, storm.ts, message)
        except TimeoutError:
            raise SlackError("chat.update", "TimeoutError", may_be_done=True) from None
        except SlackError as refusal:
            if refusal.is_passing:
                raise
            await self._give_up(storm, drawn, refusal)
            return
        self._refused.pop((team.name, key), None)
        await self._storms.drawn(storm, fingerprint=drawn)
        await self._channels.accepted(team.name, storm.channel)

    async def _give_up(self, storm: StoredStorm, drawn: str, refusal: SlackError) -> None:
        """Deal with an error that lasts: post the message anew once, alert the operators, or leave it as it is."""
        log.warning("cards.storm_edit_refused", team=storm.team, channel=storm.channel, code=refusal.code)
        if await self._channels.refused(storm.team, storm.channel, refusal):
            return
        if refusal.code not in GONE_CODES:
            # A defect: the same drawing would be refused again.
            self._refused[storm.team, (storm.channel, storm.started_at)] = drawn
            return
        rows = await self._cards.in_storm(storm.team, storm.channel, storm.started_at)
        is_over = all(Place.read(row.seen).progress is Progress.CLOSED for row in rows)
        if is_over and refusal.code == CARD_DELETED:
            await self._storms.lost(storm)
            return
        await self._channels.alert(storm.team, storm.channel, str(refusal))
        if storm.reposted >= MAX_REPOSTS:
            await self._storms.lost(storm)
            return
        await self._storms.gone(storm)
