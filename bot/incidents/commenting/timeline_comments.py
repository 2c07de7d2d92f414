"""Writes the comments that say who did something in Slack, each once, after the person has had their answer.

A comment is owed from the moment its change is made, in the transaction that notes the outcome. Whether it can be
written changes nothing for the person.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.audit.audited import reason_of
from bot.flashduty import FlashdutyError
from bot.incidents.changes import CLOCK_TOLERANCE
from bot.incidents.commenting.comments import fingerprint, search_comments
from bot.incidents.commenting.own_comments import OwnComments
from bot.runtime.tasks import BackgroundTasks
from bot.storage.audit.owed_comments import OwedComment, OwedComments
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.leases import Leases
from bot.teams.access import Teams
from bot.teams.team import Team

log = structlog.get_logger(__name__)

COMMENTS_LEASE: Final = "outbox timeline comments"
# By then the person has had their answer, or never will have it.
ANSWER_MARGIN: Final = timedelta(minutes=1)
WRITE_TIMEOUT: Final = 15.0
FIRST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(minutes=30)
# Requests whose answer was never confirmed; their comments are written by a later tick.
MAX_WAITING: Final = 1_000

# A comment, and whether the transaction that stores it succeeded.
_Waiting = tuple[OwedComment, asyncio.Future[bool]]


class TimelineComments:
    """Writes owed comments to Flashduty. No method raises but `tick`, which raises DatabaseUnavailable."""

    def __init__(
        self,
        table: OwedComments,
        *,
        teams: Teams,
        leases: Leases,
        tasks: BackgroundTasks,
        own_comments: OwnComments,
        now: Callable[[], datetime],
    ) -> None:
        self._table = table
        self._teams = teams
        self._leases = leases
        self._tasks = tasks
        self._own_comments = own_comments
        self._now = now
        self._waiting: dict[str, list[_Waiting]] = {}

    def owe(self, request_name: str, comments: Sequence[OwedComment], *, are_stored: "asyncio.Future[bool]") -> None:
        """Take the comments of a request until it is answered; what could not be stored is tried once."""
        if comments and len(self._waiting) < MAX_WAITING:
            self._waiting.setdefault(request_name, []).extend((one, are_stored) for one in comments)

    def answered(self, request_name: str) -> None:
        """Write the comments of a request whose person has the answer, in the background."""
        waiting = self._waiting.pop(request_name, None)
        if waiting:
            self._tasks.start(self._write_all(waiting), name=f"timeline comments {request_name}")

    async def tick(self) -> None:
        """Write what nobody has written: after a crash, or where an attempt failed; raises DatabaseUnavailable."""
        now = self._now()
        untried = await self._table.due(now, fresh=True)
        owed = [one for one in untried if now - one.created_at >= ANSWER_MARGIN]
        again = await self._table.due(now, fresh=False)
        if again and await self._leases.hold(COMMENTS_LEASE):
            owed += again
        for one in owed:
            await self._write_stored(one)

    async def _write_all(self, waiting: Sequence[_Waiting]) -> None:
        for owed, are_stored in waiting:
            try:
                # What is stored later than the person waited for it would be written twice.
                is_stored = await asyncio.shield(are_stored)
                await (self._write_stored(owed) if is_stored else self._write(owed))
            except DatabaseUnavailable as error:
                log.warning("timeline_comment.postponed", team=owed.team, why=str(error))

    async def _write_stored(self, owed: OwedComment) -> None:
        """Claim the attempt, so that no other replica makes it too; raises DatabaseUnavailable."""
        claimed = await self._table.claim(owed, next_attempt=self._now() + _pause(owed.tries))
        if claimed and await self._write(owed):
            await self._table.drop(owed.attempt_id)

    async def _write(self, owed: OwedComment) -> bool:
        """Write a comment; return whether nothing more is to be done about it."""
        team = next((one for one in self._teams if one.name == owed.team), None)
        if team is None:
            return True
        try:
            if not (owed.tries and await _is_there(team, owed)):
                await self._own_comments.note(owed.team, owed.incident_id, owed.text)
                until = asyncio.get_running_loop().time() + WRITE_TIMEOUT
                await team.flashduty.until(until).comment(owed.incident_id, owed.text)
        except FlashdutyError as error:
            is_final = not (error.is_ambiguous or error.is_worth_retrying)
            log.warning(
                "timeline_comment.refused" if is_final else "timeline_comment.not_written",
                team=owed.team,
                incident=owed.incident_id,
                code=reason_of(error),
                request_id=error.request_id,
            )
            return is_final
        return True


async def _is_there(team: Team, owed: OwedComment) -> bool:
    """Whether an earlier attempt has written it, although its answer was lost; raises FlashdutyError.

    The same is said of a later change of the same person.
    """
    deadline = asyncio.get_running_loop().time() + WRITE_TIMEOUT
    page = await team.flashduty.until(deadline).newest_comments(owed.incident_id)
    since = owed.created_at - CLOCK_TOLERANCE
    until = _tried_until(owed)
    return bool(search_comments(page, fingerprint(owed.text), since, until=until).writers)


def _pause(tries: int) -> timedelta:
    """Return how long the next try waits for the one that is made now; `tries` are those before."""
    doubled: int = 2**tries
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


def _tried_until(owed: OwedComment) -> datetime | None:
    """Return when the last try was over, by Flashduty's clock; None where that is not known."""
    if owed.next_attempt is None:
        return None
    return owed.next_attempt - _pause(owed.tries - 1) + timedelta(seconds=WRITE_TIMEOUT) + CLOCK_TOLERANCE
