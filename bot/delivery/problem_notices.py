"""State, leases and problem notices for objects in Slack that are synchronised with the on-call schedules.

A problem is announced once in the team's channel, and its end once.
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
from bot.storage.columns import SUBJECT_LENGTH
from bot.storage.fingerprints import bounded_key
from bot.storage.leases import Leases
from bot.storage.oncall.problems import ProblemTable, StoredProblem
from bot.storage.oncall.sync_states import SyncState, SyncStateTable
from bot.storage.postings import PostingKind
from bot.teams.team import Team

# A person may have changed the object by hand, so it is read again after this.
CHECK_AGAIN_AFTER: Final = timedelta(minutes=15)
STATE_RETENTION: Final = timedelta(days=30)
STORE_AGAIN_AFTER: Final = timedelta(days=1)
# A temporary problem is announced when it has lasted for this long; a lasting one is announced again after a week.
ANNOUNCE_PASSING_AFTER: Final = timedelta(minutes=30)
PROBLEM_RETENTION: Final = timedelta(days=7)


@dataclass(frozen=True)
class SyncSubject:
    """An object that is synchronised: its kind, and its Slack id where a team may have several."""

    kind: PostingKind
    slack_id: str = ""

    @property
    def name(self) -> str:
        """Its key in the database."""
        return f"{self.kind} {self.slack_id}".strip()


@dataclass(frozen=True)
class SyncProblem:
    """Why an object cannot be synchronised, as a code; `is_temporary` when the next attempt may succeed."""

    code: str
    is_temporary: bool = False

    @classmethod
    def of(cls, refusal: SlackError) -> "SyncProblem":
        """Convert an error of Slack's; one without a response is temporary."""
        return cls(refusal.code, is_temporary=refusal.is_passing)


class ProblemNotices:
    """State, leases and notices of all synchronised objects. Methods raise DatabaseUnavailable."""

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
        """Return the lock of a subject: a second change waits for the first, and sees its result."""
        return self._locks.setdefault(subject, asyncio.Lock())

    async def is_recorded(self, team: Team, subject: SyncSubject, state: str) -> bool:
        """Whether the subject was in this state recently, so that Slack need not be read."""
        now = self._now()
        if _is_recent(self._checked.get((team.name, subject)), state, now):
            return True
        return _is_recent(await self._states.read(team.name, subject.name, now), state, now)

    async def record_state(self, team: Team, subject: SyncSubject, state: str) -> None:
        """Record that the subject is in this state now; stored when it has changed, and once a day against expiry."""
        now = self._now()
        seen = self._checked[team.name, subject] = SyncState(state=state, checked_at=now)
        stored = await self._states.read(team.name, subject.name, now)
        if stored is not None and stored.state == state and now - stored.checked_at < STORE_AGAIN_AFTER:
            return
        await self._states.put(team.name, subject.name, seen, kept_until=now + STATE_RETENTION)

    async def hold_lease(self, team: Team, subject: SyncSubject) -> bool:
        """Take or renew the lease of a subject, which one replica has at a time; False when another has it."""
        return await self._leases.hold(f"{team.name} {subject.name}")

    async def resolve_problem(self, team: Team, subject: SyncSubject, message: Message) -> None:
        """Clear the problems of a subject; where one was announced, post `message`, which reports the end."""
        stored = await self._problems.of_subject(team.name, subject.name, self._now())
        announced = [one for one in stored if one.is_announced]
        if not stored or not await self.hold_lease(team, subject):
            return
        if announced and not await self._post(team, subject, announced[0], message=message, is_over=True):
            return
        await self._problems.clear(team.name, subject.name)

    async def raise_problem(self, team: Team, subject: SyncSubject, problem: SyncProblem, *, message: Message) -> None:
        """Announce a problem in the team's channel, each code once until it is resolved, and again after a week.

        A temporary problem is announced when the subject has had problems of any kind for half an hour, and only while
        no other problem is announced.
        """
        if not await self.hold_lease(team, subject):
            return
        now = self._now()
        stored = await self._problems.of_subject(team.name, subject.name, now)
        since = stored[0].since if stored else now
        code = bounded_key(problem.code, SUBJECT_LENGTH)
        current = _of_code(stored, code)
        if current is None:
            current = StoredProblem(code=code, episode=self._token(), since=now, is_announced=False)
        may_wait = problem.is_temporary and (
            now - since < ANNOUNCE_PASSING_AFTER or any(one.is_announced for one in stored if one is not current)
        )
        if not may_wait:
            await self._post(team, subject, current, message=message)
            current = replace(current, is_announced=True)
        await self._problems.put(team.name, subject.name, current, kept_until=since + PROBLEM_RETENTION)

    async def _post(
        self, team: Team, subject: SyncSubject, problem: StoredProblem, *, message: Message, is_over: bool = False
    ) -> bool:
        """Post a notice once; return whether it is posted, or the team has no channel for it."""
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


def _is_recent(recorded: SyncState | None, state: str, now: datetime) -> bool:
    return recorded is not None and recorded.state == state and now - recorded.checked_at < CHECK_AGAIN_AFTER
