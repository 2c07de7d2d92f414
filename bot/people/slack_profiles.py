"""Look up Slack profiles by e-mail address, and keep the answers in the database for a day or more."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.fingerprints import key_fingerprint
from bot.storage.people.slack_profiles import SlackProfileTable, StoredProfile
from bot.teams.access import MemberStatus, SlackPerson

log = structlog.get_logger(__name__)

# One to three days, by address, so that not all profiles expire on the same morning.
PROFILE_TTL_HOURS: Final = 24
TTL_SPREAD_HOURS: Final = 48
# An address without a profile may be invited at any time; the lookup costs one call.
NOT_FOUND_TTL: Final = timedelta(hours=2)
# users.lookupByEmail is in tier 3, 50 calls a minute, which all teams' digests at nine o'clock share.
LOOKUPS_A_MINUTE: Final = 40
LOOKUP_PERIOD: Final = 60.0


class SlackProfiles:
    """Profiles by e-mail address. Where Slack does not answer, a person keeps the name from Flashduty."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        table: SlackProfileTable,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workspace = workspace
        self._table = table
        self._now = now
        self._monotonic = monotonic
        self._calls: deque[float] = deque(maxlen=LOOKUPS_A_MINUTE)

    async def by_email(self, emails: frozenset[str]) -> Mapping[str, SlackPerson | None]:
        """Return the full member of each lower-case address: None without one, missing when unknown. Never raises."""
        found = await self._cached(emails)
        unknown = [email for email in sorted(emails - found.keys()) if self._may_call()]
        # Concurrently, because a person may be waiting for the result.
        answers = await asyncio.gather(*map(self._look_up, unknown), return_exceptions=True)
        for email, answer in zip(unknown, answers, strict=True):
            if isinstance(answer, SlackError):
                log.warning("slack_profile.lookup_failed", code=answer.code)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                found[email] = answer
        return found

    async def forget(self, emails: frozenset[str]) -> None:
        """Drop cached profiles that Slack has just refused. Never raises."""
        try:
            await self._table.forget(emails)
        except DatabaseUnavailable as error:
            log.warning("slack_profile.not_dropped", why=str(error))

    def _may_call(self) -> bool:
        now = self._monotonic()
        if len(self._calls) == LOOKUPS_A_MINUTE and now - self._calls[0] < LOOKUP_PERIOD:
            return False
        self._calls.append(now)
        return True

    async def _cached(self, emails: frozenset[str]) -> dict[str, SlackPerson | None]:
        try:
            stored = await self._table.read(emails, self._now())
        except DatabaseUnavailable as error:
            log.warning("slack_profile.cache_unreadable", why=str(error))
            return {}
        return {email: _person(profile) for email, profile in stored.items()}

    async def _look_up(self, email: str) -> SlackPerson | None:
        found = await self._workspace.person_with_email(email)
        person = found if found is not None and found.status is MemberStatus.MEMBER else None
        profile = StoredProfile(slack_user_id=person.id, slack_user_name=person.name) if person else None
        until = self._now() + (_profile_ttl(email) if person else NOT_FOUND_TTL)
        try:
            await self._table.put(email, profile, kept_until=until)
        except DatabaseUnavailable as error:
            log.warning("slack_profile.not_stored", why=str(error))
        return person


def _profile_ttl(email: str) -> timedelta:
    return timedelta(hours=PROFILE_TTL_HOURS + int(key_fingerprint(email)[:8], 16) % TTL_SPREAD_HOURS)


def _person(profile: StoredProfile | None) -> SlackPerson | None:
    if profile is None:
        return None
    return SlackPerson(profile.slack_user_id, profile.slack_user_name, MemberStatus.MEMBER)
