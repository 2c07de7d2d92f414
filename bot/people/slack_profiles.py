"""Who in Slack has which e-mail address, remembered in the database for a day or more."""

import asyncio
import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.notes import Notes
from bot.storage.postings import DatabaseUnavailable
from bot.teams.access import MemberStatus, SlackPerson

log = structlog.get_logger(__name__)

PROFILE: Final = "slack person"
# All teams of this bot are in one workspace.
ALL_TEAMS: Final = ""
# From one to three days, by address, so that not everybody is looked for again on the same morning.
PROFILE_TTL_HOURS: Final = 24
TTL_SPREAD_HOURS: Final = 48
# Somebody who is not there yet may be invited any minute; the search costs one call.
NOT_FOUND_TTL: Final = timedelta(hours=2)
# users.lookupByEmail is in tier 3, 50 calls a minute, which all teams' digests at nine o'clock share.
LOOKUPS_A_MINUTE: Final = 40
LOOKUP_PERIOD: Final = 60.0


@dataclass(frozen=True)
class SlackProfiles:
    """Asks Slack for addresses it has not asked for lately; whom Slack does not tell keeps the name from Flashduty."""

    workspace: Workspace
    notes: Notes
    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    asked: deque[float] = field(default_factory=lambda: deque(maxlen=LOOKUPS_A_MINUTE), repr=False)
    """When the last calls were made, by a clock that only runs forward."""

    async def by_email(self, emails: frozenset[str]) -> Mapping[str, SlackPerson | None]:
        """Say for addresses whose they are: None for nobody's, left out when it is not known. Never raises."""
        found = await self._remembered(emails)
        unknown = [email for email in sorted(emails - found.keys()) if self._may_ask()]
        # At once, because somebody may be waiting for the answer.
        answers = await asyncio.gather(*map(self._ask, unknown), return_exceptions=True)
        for email, answer in zip(unknown, answers, strict=True):
            if isinstance(answer, SlackError):
                log.warning("somebody not matched to Slack", code=answer.code)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                found[email] = answer
        return found

    async def forget(self, emails: frozenset[str]) -> None:
        """Ask again next time, because Slack has just said that somebody is not who they were."""
        for email in emails:
            try:
                await self.notes.drop(ALL_TEAMS, PROFILE, _name(email))
            except DatabaseUnavailable as error:
                log.warning("somebody of Slack not forgotten", why=str(error))

    def _may_ask(self) -> bool:
        now = self.monotonic()
        if len(self.asked) == LOOKUPS_A_MINUTE and now - self.asked[0] < LOOKUP_PERIOD:
            return False
        self.asked.append(now)
        return True

    async def _remembered(self, emails: frozenset[str]) -> dict[str, SlackPerson | None]:
        names = {_name(email): email for email in emails}
        try:
            held = await self.notes.read(ALL_TEAMS, PROFILE, names, self.now())
        except DatabaseUnavailable as error:
            log.warning("people of Slack not remembered", why=str(error))
            return {}
        return {names[name]: _person(body) for name, body in held.items()}

    async def _ask(self, email: str) -> SlackPerson | None:
        told = await self.workspace.person_with_email(email)
        person = told if told is not None and told.status is MemberStatus.MEMBER else None
        body = json.dumps({"id": person.id, "name": person.name} if person else {})
        try:
            until = self.now() + (_profile_ttl(email) if person else NOT_FOUND_TTL)
            await self.notes.write(ALL_TEAMS, PROFILE, _name(email), body, until)
        except DatabaseUnavailable as error:
            log.warning("people of Slack not remembered", why=str(error))
        return person


def _name(email: str) -> str:
    # Addresses are longer than a name may be, and nobody needs to find them in the database.
    return hashlib.sha256(email.encode()).hexdigest()


def _profile_ttl(email: str) -> timedelta:
    return timedelta(hours=PROFILE_TTL_HOURS + int(_name(email)[:8], 16) % TTL_SPREAD_HOURS)


def _person(body: str) -> SlackPerson | None:
    held = json.loads(body)
    return SlackPerson(held["id"], held["name"], MemberStatus.MEMBER) if held else None
