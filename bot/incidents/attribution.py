"""Who acknowledged and who closed in Slack, for every view that shows who has an incident, or who closed it."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from bot.audit.closers import Closers
from bot.flashduty import Incident
from bot.incidents.acknowledgements import LOOKUP_FAILURES, LOOKUP_TIMEOUT
from bot.incidents.changes import is_same_time
from bot.incidents.holders import UNKNOWN, Attribution
from bot.storage.acknowledgements import AcknowledgementTable, StoredAcknowledgement
from bot.teams.team import MemberStatus, SlackPerson

log = structlog.get_logger(__name__)


class Attributions:
    """Who pressed Acknowledge, in whose name Flashduty has the acknowledgement, and who pressed Close.

    While the database does not answer, people read what Flashduty has.
    """

    def __init__(self, table: AcknowledgementTable, closers: Closers, now: Callable[[], datetime]) -> None:
        self._table = table
        self._closers = closers
        self._now = now

    async def record(
        self, team: str, before: Incident, after: Incident, *, person: SlackPerson, person_id: int
    ) -> None:
        """Store in whose name a press acknowledged, by the incident right before it and right after."""
        new = {one.person_id for one in after.acknowledgers} - {one.person_id for one in before.acknowledgers}
        if len(new) != 1:
            return
        (owner,) = new
        was_there = owner in {one.person_id for one in before.responders}
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                stored = (await self._table.read(team, [after.id], self._now())).get(after.id)
                await self._table.attribute(
                    team,
                    after.id,
                    slack_user_id=person.id,
                    person_id=person_id,
                    owner_id=owner,
                    put_there_at=_earlier(stored, owner) if was_there else (after.acknowledged_at or self._now()),
                )
        except LOOKUP_FAILURES as error:
            log.warning("attribution.not_stored", team=team, why=str(error))

    async def of(self, team: str, incidents: Iterable[Incident]) -> dict[str, Attribution]:
        """Return the attributions of incidents by their ids; never raises."""
        requested = {one.id: one for one in incidents}
        if not requested:
            return {}
        stored: dict[str, StoredAcknowledgement] = {}
        closed_by: Mapping[str, SlackPerson] = {}
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                stored = await self._table.read(team, requested, self._now())
                closed_by = await self._closers.of(team, requested.values())
        except LOOKUP_FAILURES as error:
            log.warning("attribution.lookup_failed", team=team, why=str(error))
        return {
            number: replace(_attribution(one, stored.get(number)), closed_by=closed_by.get(number))
            for number, one in requested.items()
        }

    async def presser(self, team: str, incident: Incident) -> SlackPerson | None:
        """Return who pressed Acknowledge, if that acknowledgement is still valid; never raises."""
        return (await self.of(team, [incident]))[incident.id].presser

    async def pressed_by(self, team: str, person: SlackPerson) -> frozenset[str]:
        """Return the ids of incidents a person acknowledged in Slack, still theirs or not; never raises."""
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                return await self._table.pressed_by(team, person.id, self._now())
        except LOOKUP_FAILURES as error:
            log.warning("attribution.lookup_failed", team=team, why=str(error))
            return frozenset()


def _earlier(stored: StoredAcknowledgement | None, owner: int) -> datetime | None:
    """Return the stored time since which the key's owner is a responder only because of a press."""
    return stored.put_there_at if stored is not None and stored.owner_id == owner else None


def _attribution(incident: Incident, stored: StoredAcknowledgement | None) -> Attribution:
    if stored is None:
        return UNKNOWN
    presser = _presser(incident, stored)
    acknowledged = [one.person_id for one in incident.acknowledgers]
    if stored.owner_id is None:
        # A press without a stored attribution is certain only if exactly one person has acknowledged.
        return Attribution(presser, owner_id=acknowledged[0]) if presser and len(acknowledged) == 1 else UNKNOWN
    stands = presser is not None and stored.owner_id in acknowledged
    return Attribution(
        presser if stands else None,
        presser_id=(stored.person_id or 0) if presser is not None else 0,
        owner_id=stored.owner_id,
        put_there_at=stored.put_there_at,
        withdrawn_by=_slack_person(stored) if stored.press is None else None,
    )


def _slack_person(stored: StoredAcknowledgement) -> SlackPerson:
    return SlackPerson(stored.slack_user_id, stored.slack_user_name, MemberStatus.MEMBER)


def _presser(incident: Incident, stored: StoredAcknowledgement) -> SlackPerson | None:
    """Return who pressed, if the acknowledgement in Flashduty is the one of that press."""
    mine, theirs = stored.acknowledged_at, incident.acknowledged_at
    if mine is None or theirs is None or not is_same_time(theirs, mine.timestamp()):
        return None
    return _slack_person(stored)
