"""Read what the thread of a card, and the summary of an incident, tell besides the timeline."""

from collections.abc import Iterable, Mapping
from typing import Final

import structlog

from bot.cards.messages.past import says_how
from bot.cards.timeline.story import people_in
from bot.cards.timeline.told import Cast, Told
from bot.flashduty import Flashduty, FlashdutyError, Incident, Person
from bot.incidents.messages.status import responder_names
from bot.people.directory import look_up_people

log = structlog.get_logger(__name__)

# The closest one may say nothing of how it was resolved.
MAX_PAST_INCIDENTS: Final = 5


async def gather_cast(
    flashduty: Flashduty, incident: Incident, told: Iterable[Told], *, also: Iterable[int] = ()
) -> Cast:
    """Look up the people whom a story names, those of the incident, and others, in one call at most."""
    given = responder_names(incident)
    responders = {one.person_id for one in incident.responders if one.person_id}
    people = await _people(flashduty, (people_in(told) | responders | set(also)) - given.keys())
    return Cast(people=people, given=given, incident_id=incident.id)


async def _people(flashduty: Flashduty, ids: Iterable[int]) -> Mapping[int, Person]:
    wanted = sorted(ids)
    cached = flashduty.cached_persons(wanted)
    return cached if len(cached) == len(wanted) else await look_up_people(flashduty, wanted)


async def closest_past_incident(flashduty: Flashduty, incident: Incident) -> Incident | None:
    """Read the past incident most similar to one, preferably one that says how it was resolved; None where unread."""
    try:
        found = await flashduty.past_incidents(incident.id, limit=MAX_PAST_INCIDENTS)
    except FlashdutyError as error:
        log.info("card.past_unread", incident=incident.id, code=error.raw_code or str(error))
        return None
    return next((one for one in found if says_how(one)), found[0] if found else None)
