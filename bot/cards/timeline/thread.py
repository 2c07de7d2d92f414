"""Tells the thread of a card what happened to its incident: each entry of the timeline once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.audit.closers import MATCH_TOLERANCE
from bot.cards.lease import LeaseTerm
from bot.cards.mentions.mentions import CardMentions
from bot.cards.messages.past import past_incident
from bot.cards.messages.story import story_reply
from bot.cards.posting import CARD_CALL_TIMEOUT, LeadersTarget
from bot.cards.timeline.gather import closest_past_incident, gather_cast
from bot.cards.timeline.presses import ActionPresses, key_owner_id
from bot.cards.timeline.story import Story, new_story
from bot.delivery.model import DeliveryFailure, NotYetError, PostedAt, ScheduledPost
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ThreadMessage
from bot.flashduty import FlashdutyError, Incident, Severity
from bot.incidents.attribution import Attributions
from bot.incidents.commenting.own_comments import OwnComments
from bot.messages.message import Message
from bot.people.audiences import Audiences
from bot.people.directory import PartialPeople
from bot.slack.posts import THREAD_GONE
from bot.slack.workspace import Workspace
from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.postings import PostingKey, PostingKind
from bot.storage.rate_limits import SharedRateLimiter, replies
from bot.teams.learnt_actions import LearntActions
from bot.teams.team import Team

log = structlog.get_logger(__name__)

# After this a reply would tell nobody anything new.
REPLY_WINDOW: Final = timedelta(hours=6)
# Names that Flashduty does not give by then are replaced by numbers.
AWAIT_NAMES: Final = timedelta(minutes=2)
PAST_SUBJECT: Final = "past"


class CardGoneError(Exception):
    """The card is gone from Slack: what is left to tell belongs into the thread of the one that is posted anew."""


@dataclass(frozen=True, kw_only=True)
class _Thread:
    """The thread of a card, and the lease of whoever tells it."""

    team: Team
    card: StoredCard
    ts: str
    lease: LeaseTerm

    def key(self, subject: str | int) -> PostingKey:
        """Return the key of a reply: the past incident, or the entries up to a time in ms."""
        return PostingKey(
            team=self.team.name,
            kind=PostingKind.CARD_REPLY,
            local_date=self.card.started_at.astimezone(self.team.timezone).date(),
            subject=f"{self.card.incident_id}:{subject}",
        )


class CardThreads:
    """Posts the replies in the threads of cards."""

    def __init__(
        self,
        *,
        publisher: Publisher,
        workspace: Workspace,
        cards: CardTable,
        attributions: Attributions,
        own_comments: OwnComments,
        learnt_actions: LearntActions,
        presses: ActionPresses,
        mentions: CardMentions,
        audiences: Audiences,
        rate_limiter: SharedRateLimiter,
        now: Callable[[], datetime],
    ) -> None:
        self._publisher = publisher
        self._workspace = workspace
        self._cards = cards
        self._attributions = attributions
        self._own_comments = own_comments
        self._learnt_actions = learnt_actions
        self._presses = presses
        self._mentions = mentions
        self._audiences = audiences
        self._rate_limiter = rate_limiter
        self._now = now

    async def tell(self, team: Team, card: StoredCard, incident: Incident, *, lease: LeaseTerm) -> bool:
        """Tell the thread what its timeline has since `card.story_until`, and store how far it was told.

        Nothing is sent unless the lease outlasts the call: the next leader waits for no posting of the one before.

        Those to whom it has just assigned the incident are mentioned first.
        Returns False where something is left to tell, because Flashduty, Slack or the database did not do their part:
        call it again later. Raises CardGoneError, and never FlashdutyError, SlackError or DatabaseUnavailable.
        One call to Flashduty; one more for names that are not cached, and the first time for a critical incident one
        for past incidents. One call to Slack where there is news.
        """
        if card.ts is None:
            return True
        try:
            return await self._tell(_Thread(team=team, card=card, ts=card.ts, lease=lease), incident)
        except FlashdutyError as error:
            log.warning("card.story_unread", team=team.name, incident=incident.id, code=error.raw_code or str(error))
        except DatabaseUnavailable as error:
            log.warning("card.story_not_told", team=team.name, incident=incident.id, why=str(error))
        return False

    async def _tell(self, thread: _Thread, incident: Incident) -> bool:
        team, card = thread.team, thread.card
        # What was told last may lie in the same second as what is new, and is somebody else's.
        looked_back = max(0, card.story_until - int(MATCH_TOLERANCE.total_seconds() * 1_000))
        timeline = await team.flashduty.in_background().timeline(incident.id, after_ms=looked_back)
        new = tuple(one for one in timeline.entries if one.created_ms > card.story_until)
        await self._learnt_actions.learn(team.name, incident.channel_id, timeline.entries)
        if new:
            await self._require_card(thread)
        known = (await self._attributions.of(team.name, [incident]))[incident.id]
        # Who is to come hears it before the thread tells the rest.
        are_mentioned = await self._mentions.tell(team, card, incident, lease=thread.lease, entries=new, known=known)
        own = await self._own_comments.among(team.name, incident.id, new)
        owner = key_owner_id(team)
        presses = await self._presses.of(team.name, incident.id, timeline.entries, owner=owner)
        story = new_story(new, after_ms=card.story_until, incident=incident, known=known, own=own, presses=presses)
        if not card.story_until and not await self._tell_past(thread, incident):
            return False
        for part in await self._parts(thread, story):
            if part.told and not await self._reply(thread, incident, part, is_complete=timeline.is_complete):
                return False
        if not are_mentioned:
            return False
        until = story.until or int(incident.started_at.timestamp() * 1_000)
        return until == card.story_until or await self._cards.told(card, story_until=until)

    async def _require_card(self, thread: _Thread) -> None:
        """Raise CardGoneError where the card was deleted: Slack would post a reply to it in the channel itself."""
        if not await self._workspace.is_there(thread.card.channel, thread.ts):
            raise CardGoneError

    async def _parts(self, thread: _Thread, story: Story) -> tuple[Story, ...]:
        """Divide a story where an earlier attempt has ended, which did not live to store how far it came."""
        times = {one.entry.created_ms for one in story.told}
        begun = await self._publisher.begun([thread.key(ms) for ms in times]) if times else frozenset()
        reached = max((ms for ms in times if thread.key(ms) in begun), default=0)
        return (story.up_to(reached), story.after(reached)) if reached else (story,)

    async def _reply(self, thread: _Thread, incident: Incident, part: Story, *, is_complete: bool) -> bool:
        async def compose() -> Message:
            to = await self._audiences.of_channel(thread.team)
            cast = await gather_cast(thread.team.flashduty.in_background(), incident, part.told)
            if isinstance(cast.people, PartialPeople) and self._is_young(part):
                # A reply is not edited later: numbers in place of names would stay.
                raise NotYetError("Flashduty did not give all names")
            return story_reply(to, part.told, cast, is_complete=is_complete, detail_url=incident.detail_url)

        return await self._post(thread, max(one.entry.created_ms for one in part.told), compose)

    def _is_young(self, part: Story) -> bool:
        newest = max(one.entry.created_ms for one in part.told) / 1_000
        return self._now().timestamp() - newest < AWAIT_NAMES.total_seconds()

    async def _tell_past(self, thread: _Thread, incident: Incident) -> bool:
        """Begin the thread of a critical incident with the closest past one, where there is one."""
        if incident.severity is not Severity.CRITICAL or not incident.is_open:
            return True
        past = await closest_past_incident(thread.team.flashduty.in_background(), incident)
        if past is None:
            return True

        async def compose() -> Message:
            known = (await self._attributions.of(thread.team.name, [past]))[past.id]
            return past_incident(await self._audiences.of_channel(thread.team), past, thread.team.name, known=known)

        return await self._post(thread, PAST_SUBJECT, compose)

    async def _post(self, thread: _Thread, subject: str | int, compose: Callable[[], Awaitable[Message]]) -> bool:
        key = thread.key(subject)
        post = ScheduledPost(
            team=key.team,
            kind=key.kind,
            subject=key.subject,
            local_date=key.local_date,
            window_ends=self._now() + REPLY_WINDOW,
        )
        await self._rate_limiter.wait(replies(thread.card.channel))
        if not thread.lease.covers(CARD_CALL_TIMEOUT):
            return False
        target = LeadersTarget(ThreadMessage(self._workspace, thread=thread.ts), thread.lease)
        outcome = await self._publisher.deliver(post, thread.card.channel, compose, target=target)
        if isinstance(outcome, DeliveryFailure) and outcome.code == THREAD_GONE:
            raise CardGoneError
        return isinstance(outcome, PostedAt) or (outcome is None and await self._publisher.address(key) is not None)
