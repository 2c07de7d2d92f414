"""Keeps one marked part of a team's channel topic up to date: who is on call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from bot.messages.topic import topic_part, trouble, with_part
from bot.noticeboard import Noticeboard
from bot.on_call import on_call
from bot.rotas import AHEAD, Rota
from bot.slack_calls import SlackUnwilling
from bot.store import StoreUnavailable
from bot.teams import Team
from bot.turns import SLACK_SLOW_TIER, Turns
from bot.upkeep import Upkeep

log = structlog.get_logger(__name__)

NO_ROOM: Final = "no_room"


@dataclass(frozen=True)
class TopicKeeper:
    """The topics of all teams' channels; one that is right costs no write."""

    noticeboard: Noticeboard
    upkeep: Upkeep
    turns: Turns
    now: Callable[[], datetime]

    async def tick(self, team: Team, rota: Rota) -> None:
        """Look after a team's topic; nothing is changed by what Flashduty said a while ago."""
        channel = team.home
        if not team.keeps_topic or channel is None or not rota.is_fresh:
            return
        now = self.now()
        part = topic_part([on_call(one, now, now + AHEAD) for one in rota.schedules], rota.people)
        try:
            async with self.upkeep.lock(_subject(channel)):
                await self._look_after(team, channel, part)
        except StoreUnavailable as error:
            log.error("topic left alone", channel=channel, why=str(error))  # noqa: TRY400 - the driver's words

    async def _look_after(self, team: Team, channel: str, part: str) -> None:
        subject = _subject(channel)
        if await self.upkeep.is_known(team, subject, part) or not await self.upkeep.is_mine(team, subject):
            return
        code = await self._write(channel, part)
        if code is not None:
            await self.upkeep.tell(team, subject, code, trouble(code, team.name))
            return
        await self.upkeep.know(team, subject, part)
        await self.upkeep.right(team, subject)

    async def _write(self, channel: str, part: str) -> str | None:
        """Change the topic where it is not right; give what stands in the way."""
        try:
            topic = await self.noticeboard.topic(channel)
            right = with_part(topic, part)
            if right is None:
                return NO_ROOM
            if right != topic:
                await self.turns.wait(SLACK_SLOW_TIER)
                await self.noticeboard.set_topic(channel, right)
        except SlackUnwilling as refusal:
            log.warning("topic not changed", channel=channel, method=refusal.method, code=refusal.code)
            return refusal.code
        return None


def _subject(channel: str) -> str:
    return f"topic {channel}"
