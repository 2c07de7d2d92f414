"""Mention those to whom Flashduty has just assigned an incident: each assignment once, whoever leads the cards."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog

from bot.cards.last_look import IN_THREAD
from bot.cards.lease import LeaseTerm
from bot.cards.mentions.gather import Mentioned, MentionedPeople, NewAssignments
from bot.cards.mentions.model import MENTION_WINDOW, DirectReason, MentionPlace, divided_at, just_assigned
from bot.cards.messages.mention import mention_directly, mention_line
from bot.cards.posting import CARD_CALL_TIMEOUT, LeadersTarget
from bot.delivery.model import PostedAt, ScheduledPost
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ChannelMessage, ThreadMessage
from bot.flashduty import Incident
from bot.flashduty.models.timeline import TimelineEntry
from bot.incidents.holders import Attribution
from bot.messages import Message, PostedMessage
from bot.people.audiences import Audiences
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.cards.cards import StoredCard
from bot.storage.postings import PostingKey, PostingKind
from bot.storage.rate_limits import SharedRateLimiter, replies
from bot.teams.responders import AccessCheck, Verdict
from bot.teams.team import Team

log = structlog.get_logger(__name__)

_TOGETHER: Final = {MentionPlace.THREAD: IN_THREAD, MentionPlace.CHANNEL: "channel"}


class CardMentions:
    """Posts the mentions of all teams; the publisher posts each once."""

    def __init__(
        self,
        *,
        people: MentionedPeople,
        publisher: Publisher,
        workspace: Workspace,
        may_act: AccessCheck,
        audiences: Audiences,
        rate_limiter: SharedRateLimiter,
        now: Callable[[], datetime],
    ) -> None:
        self._people = people
        self._publisher = publisher
        self._workspace = workspace
        self._may_act = may_act
        self._audiences = audiences
        self._rate_limiter = rate_limiter
        self._now = now

    async def tell(
        self,
        team: Team,
        card: StoredCard,
        incident: Incident,
        *,
        lease: LeaseTerm,
        entries: Iterable[TimelineEntry],
        known: Attribution,
    ) -> bool:
        """Mention whom the entries after `card.story_until` assign the incident to, while this process leads.

        Returns False where somebody is left to be mentioned: call it again before that time is moved on. Never raises
        SlackError or FlashdutyError. Raises DatabaseUnavailable.
        """
        now, plan, entries = self._now(), team.settings.card_plan, tuple(entries)
        assigned = just_assigned(entries, incident, known, after_ms=card.story_until, now=now)
        if not assigned or plan is None:
            return True
        found = NewAssignments(
            team=team,
            setting=plan.mention,
            card=card,
            incident=incident,
            known=known,
            assigned=assigned,
            entry_times=frozenset(one.created_ms for one in entries),
            now=now,
        )
        mentioned = await self._people.of(found)
        if mentioned is None:
            return False
        done = [
            await self._together(found, [one for one in mentioned if one.placed.place is place], place, lease=lease)
            for place in _TOGETHER
        ]
        done += [
            await self._directly(found, one, one.placed.reason, lease=lease)
            for one in mentioned
            if one.placed.reason is not None
        ]
        return all(done)

    async def _together(
        self, found: NewAssignments, people: Sequence[Mentioned], place: MentionPlace, *, lease: LeaseTerm
    ) -> bool:
        """Post one message for several people; two where an earlier attempt did not live to see all of them."""
        by_id = {one.person_id: one for one in people}
        # Who was mentioned last, and gave a message its time, need not be among the people any longer.
        keys = {_key(found, ms, _TOGETHER[place]): ms for ms in found.entry_times} if people else {}
        begun = await self._publisher.begun(list(keys)) if keys else frozenset()
        done = []
        divided = divided_at({one.person_id: one.at_ms for one in people}, [keys[key] for key in begun])
        for ms, part in divided.items():
            slack_ids = tuple(dict.fromkeys(by_id[number].slack.id for number in part))

            async def compose(slack_ids: Sequence[str] = slack_ids) -> Message:
                return mention_line(await self._audiences.of_channel(found.team), found.incident, slack_ids)

            post = _post(found, ms, _TOGETHER[place])
            await self._rate_limiter.wait(replies(found.card.channel))
            thread = found.card.ts if place is MentionPlace.THREAD else None
            done.append(await self._posted(post, found.card.channel, compose, lease=lease, thread=thread))
        return all(done)

    async def _directly(self, found: NewAssignments, one: Mentioned, reason: DirectReason, *, lease: LeaseTerm) -> bool:
        async def compose() -> Message:
            may_act = await self._may_act(found.team, one.slack) is not Verdict.NO
            to = await self._audiences.of_person(one.slack, found.team, may_act=may_act)
            channel = found.card.channel
            return mention_directly(to, found.incident, reason, channel=channel, team=found.team.name)

        post = _post(found, one.at_ms, str(one.person_id), person_id=one.person_id)
        return await self._posted(post, await self._conversation(one.slack.id), compose, lease=lease)

    async def _conversation(self, user_id: str) -> str:
        """Return the direct-message channel, or the user id, for which Slack opens the channel on posting."""
        try:
            return await self._workspace.direct_channel(user_id)
        except SlackError as refusal:
            log.warning("card.conversation_not_opened", code=refusal.code)
            return user_id

    async def _posted(
        self,
        post: ScheduledPost,
        channel: str,
        compose: Callable[[], Awaitable[Message]],
        *,
        lease: LeaseTerm,
        thread: str | None = None,
    ) -> bool:
        """Post in a thread, or else in the channel itself; return whether it is posted by now."""

        async def compose_whole() -> PostedMessage:
            return PostedMessage(await compose())

        if not lease.covers(CARD_CALL_TIMEOUT):
            return False
        if thread is not None:
            target = LeadersTarget(ThreadMessage(self._workspace, thread=thread), lease)
            outcome = await self._publisher.deliver(post, channel, compose, target=target)
        else:
            beside = LeadersTarget(ChannelMessage(self._workspace), lease)
            outcome = await self._publisher.deliver(post, channel, compose_whole, target=beside)
        return isinstance(outcome, PostedAt) or (
            outcome is None and await self._publisher.address(post.key) is not None
        )


def _key(found: NewAssignments, ms: int, place: str) -> PostingKey:
    """Return the key of a message about assignments up to a time in one place, or about one person's at that time."""
    return PostingKey(
        team=found.team.name,
        kind=PostingKind.CARD_MENTION,
        # Of the account's clock, and not of the team's time zone, which the settings may change.
        local_date=found.card.started_at.astimezone(UTC).date(),
        subject=f"{found.card.incident_id}:{ms}:{place}",
    )


def _post(found: NewAssignments, ms: int, place: str, *, person_id: int | None = None) -> ScheduledPost:
    key = _key(found, ms, place)
    ends = datetime.fromtimestamp(ms / 1_000, UTC) + MENTION_WINDOW
    return ScheduledPost(**key._asdict(), window_ends=ends, person_id=person_id)
