"""Alert the operators that a person on call cannot act in Slack, and report when they can."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.delivery.model import (
    NO_ADDRESS,
    NO_RESPONDER,
    NO_SUCH_MEMBER,
    NOT_VERIFIED,
    DeliveryFailure,
    ResponderProblem,
)
from bot.delivery.operator_alerts import OperatorAlerts
from bot.flashduty import Person
from bot.oncall.current import LookupProblem, on_call_or_soon, unable_to_act
from bot.oncall.schedules import TeamSchedules
from bot.oncall.shifts import Handoff, OnCallEntry
from bot.people.directory import address_of, display_name
from bot.people.slack_profiles import SlackProfiles
from bot.teams.responders import AccessCheck, Verdict
from bot.teams.team import SlackPerson, Team

log = structlog.get_logger(__name__)

# The same people are checked again after this.
CHECK_INTERVAL: Final = timedelta(minutes=15)
_CODES: Final = {
    LookupProblem.NO_ADDRESS: NO_ADDRESS,
    LookupProblem.NOT_VERIFIED: NOT_VERIFIED,
    LookupProblem.NOBODY_THERE: NO_SUCH_MEMBER,
    # A guest or a person of another organisation is as unable to act as a person without an account.
    LookupProblem.NO_MEMBER: NO_SUCH_MEMBER,
}


class ResponderAlerts:
    """Check the teams whose schedules are read anyway, so that it costs no call to Flashduty."""

    def __init__(
        self,
        profiles: SlackProfiles,
        alerts: OperatorAlerts,
        *,
        may_act: AccessCheck,
        now: Callable[[], datetime],
    ) -> None:
        self._profiles = profiles
        self._alerts = alerts
        self._may_act = may_act
        self._now = now
        self._checked: dict[str, tuple[frozenset[int], datetime]] = {}

    async def tick(self, team: Team, current: TeamSchedules) -> None:
        """Check the people on call now or soon, by a team's schedules."""
        now = self._now()
        on_call = on_call_or_soon(current.schedules, now, timedelta(0))
        or_soon = on_call_or_soon(current.schedules, now, team.shift_notices.lead)
        await self._check(team, current.people, on_call=on_call, or_soon=or_soon)

    async def after_digest(
        self, team: Team, people: Mapping[int, Person], *, entries: Iterable[OnCallEntry], handoffs: Iterable[Handoff]
    ) -> None:
        """Check the people on call now or soon, by what a digest has read."""
        on_call = [one for entry in entries if entry.now for one in entry.now.person_ids]
        until = self._now() + team.shift_notices.lead
        coming = (one for handoff in handoffs if handoff.at <= until for one in handoff.coming)
        await self._check(team, people, on_call=on_call, or_soon={*on_call, *coming})

    async def _check(
        self, team: Team, known: Mapping[int, Person], *, on_call: Collection[int], or_soon: Iterable[int]
    ) -> None:
        """Check people when they have changed, and every quarter of an hour."""
        if not self._alerts.user_ids:
            return
        now, ids = self._now(), frozenset(or_soon)
        before, at = self._checked.get(team.name, (frozenset[int](), now - CHECK_INTERVAL))
        if ids == before and timedelta(0) <= now - at < CHECK_INTERVAL:
            return
        self._checked[team.name] = ids, now
        people = [known[number] for number in sorted(ids) if number in known]
        in_slack = await self._profiles.by_email(frozenset(filter(None, map(address_of, people))))
        check = self._for_being_on_call if team.oncall_may_act else self._by_settings
        able, unable = await check(team, people, in_slack)
        for person, code in unable:
            is_now = person.id in on_call
            problem = ResponderProblem.ON_CALL if is_now else ResponderProblem.SOON_ON_CALL
            await self._alert(team, person, code=code, kind=problem)
        await self._alerts.able_to_act(team.name, able)

    async def _for_being_on_call(
        self, team: Team, people: list[Person], in_slack: Mapping[str, SlackPerson | None]
    ) -> tuple[list[int], list[tuple[Person, str]]]:
        async def by_email(_: frozenset[str]) -> Mapping[str, SlackPerson | None]:
            return in_slack

        found = [(person, _CODES[why]) for person, why in await unable_to_act(people, by_email)]
        unable = {person.id for person, _ in found}
        able = [one.id for one in people if address_of(one) in in_slack and one.id not in unable]
        # Where people are reminded, the reminder has already alerted about those not found in Slack.
        return able, [one for one in found if not (team.shift_notices.reminds_people and one[1] == NO_SUCH_MEMBER)]

    async def _by_settings(
        self, team: Team, people: list[Person], in_slack: Mapping[str, SlackPerson | None]
    ) -> tuple[list[int], list[tuple[Person, str]]]:
        """Check the people found in Slack; others may be responders there under another address."""
        verdicts = [
            (person, await self._may_act(team, slack))
            for person in people
            if (slack := in_slack.get(address_of(person))) is not None
        ]
        able = [person.id for person, verdict in verdicts if verdict is Verdict.YES]
        return able, [(person, NO_RESPONDER) for person, verdict in verdicts if verdict is Verdict.NO]

    async def _alert(self, team: Team, person: Person, *, code: str, kind: ResponderProblem) -> None:
        log.warning("responder.cannot_act", team=team.name, person=person.id, why=code)
        await self._alerts.report(
            DeliveryFailure(
                team=team.name,
                kind=kind,
                local_date=self._now().astimezone(team.timezone).date(),
                channel=None,
                why=code,
                attempts=1,
                is_final=False,
                person_id=person.id,
                person_name=display_name(person),
            )
        )
