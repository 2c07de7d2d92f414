"""What it takes to keep something in Slack equal to who is on call: its last state, a turn at it, trouble told once."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from weakref import WeakValueDictionary

from bot.ledger import Occasion
from bot.messages import Message, Posting
from bot.notes import Notes
from bot.poster import Poster
from bot.teams import Team
from bot.ways import AsMessage
from bot.workspace import Workspace

STATES: Final = "kept state"
TROUBLES: Final = "kept trouble"
TURNS: Final = "kept turn"
# Somebody may have changed it by hand; it is read again after this.
CHECKED: Final = timedelta(minutes=15)
KEPT: Final = timedelta(days=30)
# Trouble that lasts is told again after this.
TOLD: Final = timedelta(days=7)
# Slack could not be asked, or not be told; the next minute will do.
PASSING: Final = frozenset(
    {"ratelimited", "ClientConnectorError", "TimeoutError", "request_timeout", "internal_error", "service_unavailable"}
)
KIND_LENGTH: Final = 60


@dataclass(frozen=True)
class Upkeep:
    """Shared by everything that is kept; a `subject` is such a thing by name. Methods raise StoreUnavailable."""

    notes: Notes
    poster: Poster
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
        minute = self.now().replace(second=0, microsecond=0)
        name = f"{subject} {minute:%Y-%m-%d %H:%M}"
        return self.owner == await self.notes.first(team.name, TURNS, name, self.owner, minute + timedelta(hours=1))

    async def right(self, team: Team, subject: str) -> None:
        """Note that all is well, so that the next trouble is told."""
        await self.notes.drop(team.name, TROUBLES, subject)

    async def tell(self, team: Team, subject: str, code: str, message: Message) -> None:
        """Tell the team's channel of trouble once until all is well, and again when it lasts for a week."""
        if code in PASSING or team.home is None:
            return
        today = self.now().astimezone(team.timezone).date()
        fresh = {"code": code, "on": today.isoformat()}
        held = json.loads(await self.notes.first(team.name, TROUBLES, subject, json.dumps(fresh), self.now() + TOLD))
        if held["code"] != code:
            await self.notes.write(team.name, TROUBLES, subject, json.dumps(fresh), self.now() + TOLD)
            held = fresh
        first = datetime.fromisoformat(held["on"]).date()
        ends = datetime.combine(first, time(), tzinfo=team.timezone) + TOLD

        async def compose() -> Posting:
            return Posting(message)

        occasion = Occasion(team.name, f"{subject} {code}"[:KIND_LENGTH], first, ends)
        await self.poster.deliver(occasion, team.home, compose, AsMessage(self.workspace))
