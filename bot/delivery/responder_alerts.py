"""Tells who runs the bot that somebody who is on call could not act in Slack, and when they can."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.delivery.alert_messages import NO_ADDRESS, NO_RESPONDER, NOBODY, NOT_VERIFIED, ON_CALL, SOON_ON_CALL
from bot.delivery.operator_alerts import OperatorAlerts
from bot.delivery.publisher import DeliveryFailure
from bot.digest.model import OnCallPart
from bot.flashduty import Person
from bot.oncall.current import LookupProblem, on_call_or_soon, unable_to_act
from bot.oncall.schedules import TeamSchedules
from bot.people.directory import address_of, display_name
from bot.people.slack_profiles import SlackProfiles
from bot.teams.responders import AccessCheck, Verdict
from bot.teams.team import SlackPerson, Team

log = structlog.get_logger(__name__)

# The same people are looked at again after this.
AGAIN: Final = timedelta(minutes=15)
_CODES: Final = {
    LookupProblem.NO_ADDRESS: NO_ADDRESS,
    LookupProblem.NOT_VERIFIED: NOT_VERIFIED,
    LookupProblem.NOBODY_THERE: NOBODY,
    # Of a guest or of somebody of another organisation as little is known here as of nobody.
    LookupProblem.NO_MEMBER: NOBODY,
}


@dataclass(frozen=True)
class ResponderAlerts:
    """Looks at the teams whose schedules are read anyway, so that it costs Flashduty nothing."""

    profiles: SlackProfiles
    admins: OperatorAlerts
    may_act: AccessCheck
    now: Callable[[], datetime]
    looked: dict[str, tuple[frozenset[int], datetime]] = field(default_factory=dict, repr=False)

    async def tick(self, team: Team, rota: TeamSchedules) -> None:
        """Look at who is on call now or soon by a team's schedules."""
        now = self.now()
        on_call = on_call_or_soon(rota.schedules, now, timedelta(0))
        await self._look(team, on_call, on_call_or_soon(rota.schedules, now, team.shift_notices.lead), rota.people)

    async def after_digest(self, team: Team, part: OnCallPart) -> None:
        """Look at who is on call now or soon by what a digest has read."""
        now = self.now()
        on_call = [one for entry in part.entries if entry.now for one in entry.now.person_ids]
        until = now + team.shift_notices.lead
        coming = (one for change in part.handoffs if change.at <= until for one in change.coming)
        await self._look(team, on_call, {*on_call, *coming}, part.people)

    async def _look(
        self, team: Team, on_call: Collection[int], or_soon: Iterable[int], known: Mapping[int, Person]
    ) -> None:
        """Look at people when they have changed and every quarter of an hour."""
        if not self.admins.user_ids:
            return
        now, ids = self.now(), frozenset(or_soon)
        before, at = self.looked.get(team.name, (frozenset[int](), now - AGAIN))
        if ids == before and timedelta(0) <= now - at < AGAIN:
            return
        self.looked[team.name] = ids, now
        people = [known[number] for number in sorted(ids) if number in known]
        in_slack = await self.profiles.by_email(frozenset(filter(None, map(address_of, people))))
        judge = self._for_being_on_call if team.oncall_may_act else self._by_settings
        able, unable = await judge(team, people, in_slack)
        for person, code in unable:
            await self._tell(team, person, code, ON_CALL if person.id in on_call else SOON_ON_CALL)
        await self.admins.able_to_act(team.name, able)

    async def _for_being_on_call(
        self, team: Team, people: list[Person], in_slack: Mapping[str, SlackPerson | None]
    ) -> tuple[list[int], list[tuple[Person, str]]]:
        async def told(_: frozenset[str]) -> Mapping[str, SlackPerson | None]:
            return in_slack

        found = [(person, _CODES[hindrance]) for person, hindrance in await unable_to_act(people, told)]
        unable = {person.id for person, _ in found}
        able = [one.id for one in people if address_of(one) in in_slack and one.id not in unable]
        # Where people are reminded, whoever cannot be found for that was told of before the shift.
        return able, [one for one in found if not (team.shift_notices.reminds_people and one[1] == NOBODY)]

    async def _by_settings(
        self, team: Team, people: list[Person], in_slack: Mapping[str, SlackPerson | None]
    ) -> tuple[list[int], list[tuple[Person, str]]]:
        """Judge those who are found in Slack; others may be responders there by another address."""
        verdicts = [
            (person, await self.may_act(team, slack))
            for person in people
            if (slack := in_slack.get(address_of(person))) is not None
        ]
        able = [person.id for person, verdict in verdicts if verdict is Verdict.YES]
        return able, [(person, NO_RESPONDER) for person, verdict in verdicts if verdict is Verdict.NO]

    async def _tell(self, team: Team, person: Person, code: str, kind: str) -> None:
        log.warning("on call and cannot act in Slack", team=team.name, person=person.id, why=code)
        on = self.now().astimezone(team.timezone).date()
        why = f"{display_name(person)}: {code}"
        await self.admins.report(DeliveryFailure(team.name, f"{kind} {person.id}", on, None, why, 1, is_final=False))
