"""Keeps who pressed Acknowledge here in whose name, for every view that says who has an incident."""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from bot.flashduty import Incident
from bot.incidents.acknowledgements import KEPT, PATIENCE, TROUBLE, Acknowledgements
from bot.incidents.holders import Attribution
from bot.teams.team import SlackPerson

log = structlog.get_logger(__name__)

KIND: Final = "attribution"
# By person, so that somebody's own are found.
PRESSED_BY: Final = "pressed by"


@dataclass(frozen=True)
class Attributions:
    """What `Acknowledgements` keeps of the presser, and beside it in whose name Flashduty has the acknowledgement.

    While the database does not answer, people are told as Flashduty tells them.
    """

    acknowledgements: Acknowledgements

    async def note(self, team: str, before: Incident, after: Incident, person: SlackPerson, person_id: int) -> None:
        """Keep in whose name a press acknowledged, by the incident right before it and right after."""
        new = {one.person_id for one in after.acknowledgers} - {one.person_id for one in before.acknowledgers}
        if len(new) != 1:
            return
        (owner,) = new
        now = self.acknowledgements.now()
        was_there = owner in {one.person_id for one in before.responders}
        try:
            async with asyncio.timeout(PATIENCE):
                held = (await self._read(team, [after.id])).get(after.id, {})
                put_there = _earlier(held, owner) if was_there else int((after.acknowledged_at or now).timestamp())
                body = {"by": person.id, "as": person_id, "owner": owner, "put_there": put_there}
                until = now + KEPT
                await self.acknowledgements.notes.write(team, KIND, after.id, json.dumps(body), until)
                await self.acknowledgements.notes.write(team, f"{PRESSED_BY} {person.id}"[:60], after.id, "", until)
        except TROUBLE as error:
            log.warning("attribution not remembered", team=team, why=str(error))

    async def of(self, team: str, incidents: Iterable[Incident]) -> dict[str, Attribution]:
        """Give what is known of incidents, by their ids; never raises."""
        asked = {one.id: one for one in incidents}
        if not asked:
            return {}
        pressers = await self.acknowledgements.pressers(team, asked.values())
        try:
            async with asyncio.timeout(PATIENCE):
                held = await self._read(team, asked)
        except TROUBLE as error:
            log.warning("attributions not known", team=team, why=str(error))
            held = {}
        return {number: _attribution(asked[number], pressers.get(number), held.get(number)) for number in asked}

    async def presser(self, team: str, incident: Incident) -> SlackPerson | None:
        """Give who pressed Acknowledge here, where that acknowledgement stands; never raises."""
        return (await self.of(team, [incident]))[incident.id].presser

    async def pressed_by(self, team: str, person: SlackPerson) -> frozenset[str]:
        """Give the ids of incidents somebody acknowledged here, whether they still have them or not; never raises."""
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self.acknowledgements.notes.all_of(
                    f"{PRESSED_BY} {person.id}"[:60], self.acknowledgements.now()
                )
        except TROUBLE as error:
            log.warning("presses not known", team=team, why=str(error))
            return frozenset()
        return frozenset(name for of_team, name, _ in found if of_team == team)

    async def _read(self, team: str, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        found = await self.acknowledgements.notes.read(team, KIND, ids, self.acknowledgements.now())
        return {name: json.loads(body) for name, body in found.items()}


def _earlier(held: Mapping[str, Any], owner: int) -> int | None:
    """Tell since when the key's owner is a responder for a press alone, as an earlier press noted."""
    return held.get("put_there") if held.get("owner") == owner else None


def _attribution(incident: Incident, presser: SlackPerson | None, held: dict[str, Any] | None) -> Attribution:
    acknowledged = [one.person_id for one in incident.acknowledgers]
    if held is None:
        # A press of before this was kept: certain where one person alone has acknowledged.
        return Attribution(presser, owner_id=acknowledged[0]) if presser and len(acknowledged) == 1 else Attribution()
    owner, at = held["owner"], held["put_there"]
    stands = presser is not None and owner in acknowledged
    return Attribution(
        presser if stands else None,
        presser_id=held["as"] if presser is not None and presser.id == held["by"] else 0,
        owner_id=owner,
        put_there_at=datetime.fromtimestamp(at, UTC) if at is not None else None,
    )
