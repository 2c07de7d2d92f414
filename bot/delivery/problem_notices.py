"""Keeps something in Slack equal to who is on call: its last state, one replica at a time, and its problems.

The team's channel hears of a problem once, and once that it is over.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final
from weakref import WeakValueDictionary

from bot.delivery.model import PostedAt, ScheduledPost
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ChannelMessage
from bot.messages import Message, PostedMessage
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.fingerprints import bounded_key
from bot.storage.leases import Leases
from bot.storage.oncall.problems import ProblemTable, StoredProblem
from bot.storage.oncall.sync_states import SyncState, SyncStateTable
from bot.storage.postings import PostingKind
from bot.storage.tables import SUBJECT_LENGTH
from bot.teams.team import Team

# Somebody may have changed it by hand; it is read again after this.
CHECK_AGAIN_AFTER: Final = timedelta(minutes=15)
STATE_RETENTION: Final = timedelta(days=30)
STORE_AGAIN_AFTER: Final = timedelta(days=1)
# What may pass by itself is announced when it has lasted for this long; what lasts is announced again after a week.
ANNOUNCE_PASSING_AFTER: Final = timedelta(minutes=30)
PROBLEM_RETENTION: Final = timedelta(days=7)


@dataclass(frozen=True)
class SyncSubject:
    """Something that is kept in sync: what it is, and Slack's id of it where a team may have several."""

    kind: PostingKind
    slack_id: str = ""

    @property
    def name(self) -> str:
        """Its name in the database."""
        return f"{self.kind} {self.slack_id}".strip()


@dataclass(frozen=True)
class SyncProblem:
    """What stands in the way, in a word of Slack's or ours; `passes` when the next minute may do better."""

    code: str
    passes: bool = False

    @classmethod
    def of(cls, refusal: SlackError) -> "SyncProblem":
        """Take over a refusal of Slack; one without an answer says nothing of what Slack would have said."""
        return cls(refusal.code, passes=refusal.is_passing)


class ProblemNotices:
    """Shared by everything that is kept in sync. Methods raise DatabaseUnavailable."""

    def __init__(
        self,
        publisher: Publisher,
        workspace: Workspace,
        *,
        states: SyncStateTable,
        problems: ProblemTable,
        leases: Leases,
        now: Callable[[], datetime],
        token: Callable[[], str] = lambda: secrets.token_hex(3),
    ) -> None:
        self._publisher = publisher
        self._workspace = workspace
        self._states = states
        self._problems = problems
        self._leases = leases
        self._now = now
        self._token = token
        self._checked: dict[tuple[str, SyncSubject], SyncState] = {}
        self._locks: WeakValueDictionary[SyncSubject, asyncio.Lock] = WeakValueDictionary()

    def lock(self, subject: SyncSubject) -> asyncio.Lock:
        """Return the lock of a subject: a second change waits for the first, and finds it right."""
        return self._locks.setdefault(subject, asyncio.Lock())

    async def is_known(self, team: Team, subject: SyncSubject, state: str) -> bool:
        """Tell whether it was in this state not long ago, so that Slack need not be asked."""
        now = self._now()
        if _is_recent(self._checked.get((team.name, subject)), state, now):
            return True
        return _is_recent(await self._states.read(team.name, subject.name, now), state, now)

    async def know(self, team: Team, subject: SyncSubject, state: str) -> None:
        """Note that it is in this state now; it is stored when that is news, and once a day so that it is kept."""
        now = self._now()
        seen = self._checked[team.name, subject] = SyncState(state=state, checked_at=now)
        stored = await self._states.read(team.name, subject.name, now)
        if stored is not None and stored.state == state and now - stored.checked_at < STORE_AGAIN_AFTER:
            return
        await self._states.put(team.name, subject.name, seen, kept_until=now + STATE_RETENTION)

    async def is_mine(self, team: Team, subject: SyncSubject) -> bool:
        """Take the lease of it; one replica has it."""
        return await self._leases.hold(f"{team.name} {subject.name}")

    async def resolve_problem(self, team: Team, subject: SyncSubject, message: Message) -> None:
        """Store that all is well; where a problem was announced, `message` says that it is over."""
        stored = await self._problems.of_subject(team.name, subject.name, self._now())
        announced = [one for one in stored if one.is_announced]
        if not stored or not await self.is_mine(team, subject):
            return
        if announced and not await self._post(team, subject, announced[0], message=message, is_over=True):
            return
        await self._problems.clear(team.name, subject.name)

    async def raise_problem(self, team: Team, subject: SyncSubject, problem: SyncProblem, *, message: Message) -> None:
        """Announce a problem in the team's channel, each code once until all is well, and again after a week.

        What may pass by itself is announced when the subject has had problems for half an hour, whichever they were,
        and not beside another that is announced already.
        """
        if not await self.is_mine(team, subject):
            return
        now = self._now()
        stored = await self._problems.of_subject(team.name, subject.name, now)
        since = stored[0].since if stored else now
        code = bounded_key(problem.code, SUBJECT_LENGTH)
        mine = _of_code(stored, code)
        if mine is None:
            mine = StoredProblem(code=code, episode=self._token(), since=now, is_announced=False)
        may_wait = problem.passes and (
            now - since < ANNOUNCE_PASSING_AFTER or any(one.is_announced for one in stored if one is not mine)
        )
        if not may_wait:
            await self._post(team, subject, mine, message=message)
            mine = replace(mine, is_announced=True)
        await self._problems.put(team.name, subject.name, mine, kept_until=since + PROBLEM_RETENTION)

    async def _post(
        self, team: Team, subject: SyncSubject, problem: StoredProblem, *, message: Message, is_over: bool = False
    ) -> bool:
        """Post it once; return whether it is there, or need not be."""
        if team.announcement_channel is None:
            return True

        async def compose() -> PostedMessage:
            return PostedMessage(message)

        on = problem.since.astimezone(team.timezone).date()
        post = ScheduledPost(
            team=team.name,
            kind=subject.kind,
            subject=" ".join(part for part in (subject.slack_id, problem.episode, "over" if is_over else "") if part),
            local_date=on,
            window_ends=datetime.combine(on, time(), tzinfo=team.timezone) + PROBLEM_RETENTION,
        )
        outcome = await self._publisher.deliver(
            post, team.announcement_channel, compose, target=ChannelMessage(self._workspace)
        )
        return isinstance(outcome, PostedAt) or await self._publisher.address(post.key) is not None


def _of_code(stored: Sequence[StoredProblem], code: str) -> StoredProblem | None:
    return next((one for one in stored if one.code == code), None)


def _is_recent(known: SyncState | None, state: str, now: datetime) -> bool:
    return known is not None and known.state == state and now - known.checked_at < CHECK_AGAIN_AFTER
