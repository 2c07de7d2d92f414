"""Tells who runs the bot that somebody who is on call could not act in Slack, and when they can."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.admins import Admins
from bot.flashduty import Person
from bot.messages.admins import NO_ADDRESS, NOBODY, NOT_VERIFIED, ON_CALL
from bot.on_call_now import Hindrance, hindered, on_call_or_soon
from bot.people import Acquaintances, address_of, called
from bot.poster import Trouble
from bot.rotas import Rota
from bot.team import SlackPerson, Team

log = structlog.get_logger(__name__)

# The same people are looked at again after this.
AGAIN: Final = timedelta(minutes=15)
_CODES: Final = {
    Hindrance.NO_ADDRESS: NO_ADDRESS,
    Hindrance.NOT_VERIFIED: NOT_VERIFIED,
    Hindrance.NOBODY_THERE: NOBODY,
    # Of a guest or of somebody of another organisation as little is known here as of nobody.
    Hindrance.NO_MEMBER: NOBODY,
}


@dataclass(frozen=True)
class OnCallWatch:
    """Looks at the teams whose schedules are read anyway, so that it costs Flashduty nothing."""

    acquaintances: Acquaintances
    admins: Admins
    now: Callable[[], datetime]
    looked: dict[str, tuple[frozenset[int], datetime]] = field(default_factory=dict, repr=False)

    async def tick(self, team: Team, rota: Rota) -> None:
        """Look at who is on call now, when that has changed and every quarter of an hour."""
        now = self.now()
        if not team.oncall_may_act or not self.admins.user_ids:
            return
        ids = frozenset(on_call_or_soon(rota.schedules, now, timedelta(0)))
        before, at = self.looked.get(team.name, (frozenset[int](), now - AGAIN))
        if ids == before and timedelta(0) <= now - at < AGAIN:
            return
        self.looked[team.name] = ids, now
        people = [rota.people[number] for number in sorted(ids) if number in rota.people]
        known = await self.acquaintances.by_email(frozenset(filter(None, map(address_of, people))))

        async def told(_: frozenset[str]) -> Mapping[str, SlackPerson | None]:
            return known

        found = await hindered(people, told)
        for person, hindrance in found:
            # Where people are reminded, whoever cannot be found for that was told of before the shift.
            if not (team.shifts.reminds_people and _CODES[hindrance] == NOBODY):
                await self._tell(team, person, _CODES[hindrance])
        unable = {person.id for person, _ in found}
        await self.admins.able_to_act(one.id for one in people if address_of(one) in known and one.id not in unable)

    async def _tell(self, team: Team, person: Person, code: str) -> None:
        log.warning("on call and cannot act in Slack", team=team.name, person=person.id, why=code)
        on = self.now().astimezone(team.timezone).date()
        why = f"{called(person)}: {code}"
        await self.admins.report(Trouble(team.name, f"{ON_CALL} {person.id}", on, None, why, 1, is_final=False))
