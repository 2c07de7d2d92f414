"""Post each team's digest when it is due; one team's trouble touches no other."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import structlog

from bot.digest import gather
from bot.digest_times import Due, latest_due
from bot.messages import Message, errors
from bot.messages.digest import digest, failed
from bot.teams import Team, Teams
from bot.workspace import SlackUnwilling, Workspace

log = structlog.get_logger(__name__)

# Nobody waits for a digest in front of the screen: slow answers are worth waiting for.
PATIENCE: Final = 60.0


class MorningDigests:
    """The digests of all teams; each nominal local date is posted at most once while the bot runs."""

    def __init__(self, teams: Teams, workspace: Workspace, now: Callable[[], datetime]) -> None:
        self._teams = teams
        self._workspace = workspace
        self._now = now
        self._seen_until = now()
        self._posted: dict[str, date] = {}

    async def tick(self) -> None:
        """Post what came due since the last call."""
        after, until = self._seen_until, self._now()
        self._seen_until = max(after, until)
        found = [(team, latest_due(team.digest, after, until)) for team in self._teams if team.digest]
        await asyncio.gather(*(self._guarded(team, due) for team, due in found if due))

    async def _guarded(self, team: Team, due: Due) -> None:
        if self._posted.get(team.name, date.min) >= due.on:
            return
        self._posted[team.name] = due.on
        try:
            await self._post(team, due)
        except SlackUnwilling as refusal:
            log.error("digest not posted", team=team.name, on=str(due.on), code=refusal.code)  # noqa: TRY400 - the code says it
        except Exception:
            log.exception("digest failed", team=team.name, on=str(due.on))

    async def _post(self, team: Team, due: Due) -> None:
        if team.digest is None:
            return
        message = await self._message(team, due)
        at = await self._workspace.post(team.digest.channel, message, once=f"digest {team.name} {due.on}")
        log.info("digest posted", team=team.name, on=str(due.on), ts=at)

    async def _message(self, team: Team, due: Due) -> Message:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        found = await gather(team.flashduty.until(deadline), team, self._now(), due.on)
        if found.failure is not None:
            log.error(
                "digest not made",
                team=team.name,
                code=found.failure.raw_code,
                request_id=found.failure.request_id,
            )
            return failed(team.name, errors.Failure(found.failure, team.name, team.key_setting))
        return digest(found)
