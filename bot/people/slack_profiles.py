"""Look up Slack profiles by e-mail address, and keep the answers in the database for a day or more."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import structlog

from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.fingerprints import key_fingerprint
from bot.storage.people.slack_profiles import SlackProfileTable, StoredProfile
from bot.teams.access import MemberStatus, SlackPerson

T = TypeVar("T")
log = structlog.get_logger(__name__)

# One to three days, by address, so that not all profiles expire on the same morning.
PROFILE_TTL_HOURS: Final = 24
TTL_SPREAD_HOURS: Final = 48
# An address without a profile may be invited at any time; the lookup costs one call.
NOT_FOUND_TTL: Final = timedelta(hours=2)
# users.lookupByEmail is in tier 3, 50 calls a minute, which all teams' digests at nine o'clock share.
LOOKUPS_A_MINUTE: Final = 40
LOOKUP_PERIOD: Final = 60.0
# A person may be waiting for the names; while the database fails, nobody waits for it again before the pause is over.
DATABASE_TIMEOUT: Final = 1.0
DATABASE_PAUSE: Final = 15.0
REMEMBERED_ADDRESSES: Final = 5_000


class SlackProfiles:
    """Profiles by e-mail address. Where Slack does not answer, a person keeps the name from Flashduty.

    While the database does not answer, what this process has read or looked up counts for as long as it would there.
    """

    def __init__(
        self,
        *,
        workspace: Workspace,
        table: SlackProfileTable,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        database_timeout: float = DATABASE_TIMEOUT,
    ) -> None:
        self._workspace = workspace
        self._table = table
        self._now = now
        self._monotonic = monotonic
        self._calls: deque[float] = deque(maxlen=LOOKUPS_A_MINUTE)
        self._known: dict[str, tuple[datetime, SlackPerson | None]] = {}
        self._database_timeout = database_timeout
        self._not_before = float("-inf")

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
        for email in emails:
            self._known.pop(email, None)
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
        stored = await self._within_time(self._table.read(emails, self._now()), "slack_profile.cache_unreadable")
        if stored is None:
            return {email: self._known[email][1] for email in emails if self._is_known(email)}
        found = {email: _person(profile) for email, profile in stored.items()}
        for email, person in found.items():
            self._remember(email, person, self._now() + NOT_FOUND_TTL)
        return found

    async def _look_up(self, email: str) -> SlackPerson | None:
        found = await self._workspace.person_with_email(email)
        person = found if found is not None and found.status is MemberStatus.MEMBER else None
        profile = StoredProfile(slack_user_id=person.id, slack_user_name=person.name) if person else None
        until = self._now() + (_profile_ttl(email) if person else NOT_FOUND_TTL)
        self._remember(email, person, until)
        storing = self._table.put(email, profile, kept_until=until)
        await self._within_time(storing, "slack_profile.not_stored", is_write=True)
        return person

    def _is_known(self, email: str) -> bool:
        return email in self._known and self._known[email][0] > self._now()

    def _remember(self, email: str, person: SlackPerson | None, until: datetime) -> None:
        if len(self._known) >= REMEMBERED_ADDRESSES:
            self._known.clear()
        self._known[email] = (until, person)

    async def _within_time(self, work: Coroutine[Any, Any, T], event: str, *, is_write: bool = False) -> T | None:
        """Wait for the database a second; None where it does not answer, and during the pause after that.

        Many rows may take longer to be stored: a time-out begins no pause, and does not keep them from it.
        """
        if self._monotonic() < self._not_before:
            work.close()
            return None
        try:
            async with asyncio.timeout(self._database_timeout):
                return await work
        except (DatabaseUnavailable, TimeoutError) as error:
            if isinstance(error, DatabaseUnavailable) or not is_write:
                self._not_before = self._monotonic() + DATABASE_PAUSE
            log.warning(event, why=str(error) or type(error).__name__)
            return None


def _profile_ttl(email: str) -> timedelta:
    return timedelta(hours=PROFILE_TTL_HOURS + int(key_fingerprint(email)[:8], 16) % TTL_SPREAD_HOURS)


def _person(profile: StoredProfile | None) -> SlackPerson | None:
    if profile is None:
        return None
    return SlackPerson(profile.slack_user_id, profile.slack_user_name, MemberStatus.MEMBER)
