"""What it takes to keep something in Slack equal to who is on call: its last state, a turn at it, trouble told once."""

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from weakref import WeakValueDictionary

from bot.delivery.ledger import ScheduledPost
from bot.delivery.publisher import Publisher
from bot.delivery.targets import ChannelMessage
from bot.messages import Message, PostedMessage
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.notes import Notes
from bot.teams.access import Team

STATES: Final = "kept state"
TROUBLES: Final = "kept trouble"
# Somebody may have changed it by hand; it is read again after this.
CHECKED: Final = timedelta(minutes=15)
KEPT: Final = timedelta(days=30)
# What may pass by itself is told when it has lasted for this long; trouble that lasts is told again after a week.
LASTING: Final = timedelta(minutes=30)
TOLD: Final = timedelta(days=7)
KIND_LENGTH: Final = 60


@dataclass(frozen=True)
class SyncProblem:
    """What stands in the way, in a word of Slack's or ours; `passes` when the next minute may do better."""

    code: str
    passes: bool = False

    @classmethod
    def of(cls, refusal: SlackError) -> "SyncProblem":
        """Take over a refusal of Slack; one without an answer says nothing of what Slack would have said."""
        return cls(refusal.code, passes=refusal.is_passing)


@dataclass(frozen=True)
class ProblemNotices:
    """Shared by everything that is kept; a `subject` is such a thing by name. Methods raise StoreUnavailable."""

    notes: Notes
    publisher: Publisher
    workspace: Workspace
    now: Callable[[], datetime]
    owner: str
    """This process's name among the replicas."""
    locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False)

    def lock(self, subject: str) -> asyncio.Lock:
        """Give the lock of a subject: whoever comes while it is being changed finds it right."""
        return self.locks.setdefault(subject, asyncio.Lock())

    async def is_known(self, team: Team, subject: str, state: str) -> bool:
        """Tell whether it was in this state not long ago, so that Slack need not be asked."""
        held = (await self.notes.read(team.name, STATES, [subject], self.now())).get(subject)
        if held is None:
            return False
        known = json.loads(held)
        return bool(known["state"] == state and self.now() - datetime.fromisoformat(known["at"]) < CHECKED)

    async def know(self, team: Team, subject: str, state: str) -> None:
        """Note that it is in this state now."""
        body = json.dumps({"state": state, "at": self.now().isoformat()})
        await self.notes.write(team.name, STATES, subject, body, self.now() + KEPT)

    async def is_mine(self, team: Team, subject: str) -> bool:
        """Take this minute's turn at it; one replica gets it."""
        return await self.notes.minute_is_mine(team.name, subject, self.owner, self.now())

    async def has_problem(self, team: Team, subject: str) -> bool:
        """Tell whether a problem is noted that has not been resolved."""
        return bool(await self.notes.read(team.name, TROUBLES, [subject], self.now()))

    async def right(self, team: Team, subject: str, message: Message) -> None:
        """Note that all is well; where trouble was told, `message` says that it is over."""
        held = (await self.notes.read(team.name, TROUBLES, [subject], self.now())).get(subject)
        if held is None:
            return
        trouble = json.loads(held)
        if trouble["told"]:
            await self._post(
                team, f"{subject} {trouble['episode']} over", datetime.fromisoformat(trouble["at"]), message
            )
        await self.notes.drop(team.name, TROUBLES, subject)

    async def tell(self, team: Team, subject: str, obstacle: SyncProblem, message: Message) -> None:
        """Tell the team's channel of trouble once until all is well, and again when it lasts for a week."""
        held = (await self.notes.read(team.name, TROUBLES, [subject], self.now())).get(subject)
        trouble = json.loads(held) if held else {}
        if trouble.get("code") != obstacle.code:
            episode = secrets.token_hex(3)
            trouble = {"code": obstacle.code, "at": self.now().isoformat(), "episode": episode, "told": False}
        since = datetime.fromisoformat(trouble["at"])
        if not obstacle.passes or self.now() - since >= LASTING:
            await self._post(team, f"{subject} {trouble['episode']}", since, message)
            trouble["told"] = True
        await self.notes.write(team.name, TROUBLES, subject, json.dumps(trouble), since + TOLD)

    async def _post(self, team: Team, kind: str, since: datetime, message: Message) -> None:
        if team.announcement_channel is None:
            return

        async def compose() -> PostedMessage:
            return PostedMessage(message)

        on = since.astimezone(team.timezone).date()
        ends = datetime.combine(on, time(), tzinfo=team.timezone) + TOLD
        await self.publisher.deliver(
            ScheduledPost(team.name, kind[:KIND_LENGTH], on, ends),
            team.announcement_channel,
            compose,
            ChannelMessage(self.workspace),
        )
