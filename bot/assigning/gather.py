"""Read whom an incident can be given to. What cannot be read is told as unread: the form does not wait for it."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

import structlog

from bot.assigning.model import Assignees, on_call_ids, on_call_now, rule_steps
from bot.flashduty import EscalationRule, Flashduty, FlashdutyError, Incident, Person
from bot.oncall.schedules import ScheduleCache
from bot.people.directory import address_of, look_up_people, normalised_email
from bot.teams.team import Team

log = structlog.get_logger(__name__)


async def gather_assignees(
    flashduty: Flashduty, team: Team, incident: Incident, *, schedules: ScheduleCache, now: datetime
) -> Assignees:
    """Read who is on call in the schedules of the team, with the names of all responders: two calls at most."""
    current = await schedules.get_recent(team)
    on_call = on_call_now(current.schedules, now) if current is not None else None
    ids = {*on_call_ids(on_call or ()), *(one.person_id for one in incident.responders)}
    return Assignees(on_call=on_call, people=await names_of(flashduty, ids))


async def gather_steps(
    flashduty: Flashduty, team: Team, incident: Incident, *, schedules: ScheduleCache, now: datetime
) -> Assignees:
    """Read the levels that an incident can be given to, and whom each pages: two calls, and those of the schedules."""
    rules, current = await asyncio.gather(_rules(flashduty, incident), schedules.get_recent(team))
    if rules is None:
        return Assignees(people=await names_of(flashduty, (one.person_id for one in incident.responders)))
    steps = rule_steps(incident, rules, current.schedules if current is not None else None, now=now)
    ids = {person for step in steps for person in step.person_ids} | {one.person_id for one in incident.responders}
    return Assignees(steps=steps, people=await names_of(flashduty, ids))


async def find_members(flashduty: Flashduty, words: str) -> tuple[Person, ...]:
    """Find people of the account by a part of a name or an address, 100 at most; raises FlashdutyError.

    The id of a member need not be that of the person: the address confirms it.
    """
    members = [one for one in await flashduty.members(words) if one.is_active and one.email]
    cached = flashduty.cached_persons(one.id for one in members)
    missing = [one.id for one in members if one.id not in cached]
    people = cached | (await flashduty.persons(missing) if missing else {})
    found = (people[one.id] for one in members if _is_of(people.get(one.id), one.email))
    return tuple(one for one in found if one.status != "deleted")


async def names_of(flashduty: Flashduty, ids: Iterable[int]) -> dict[int, Person]:
    """Return people by their ids, without a call where all of them were looked up before."""
    wanted = sorted({one for one in ids if one})
    cached = flashduty.cached_persons(wanted)
    return cached if len(cached) == len(wanted) else await look_up_people(flashduty, wanted)


def _is_of(person: Person | None, address: str | None) -> bool:
    return person is not None and address_of(person) == normalised_email(address)


async def _rules(flashduty: Flashduty, incident: Incident) -> tuple[EscalationRule, ...] | None:
    try:
        return await flashduty.escalation_rules(incident.channel_id)
    except FlashdutyError as error:
        log.warning("assignees.rules_unread", incident=incident.id, code=error.raw_code or str(error))
        return None
