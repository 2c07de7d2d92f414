"""`/flashduty incidents` and `/flashduty incident`."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.cards.storms.model import storm_of
from bot.flashduty import Incident, Person
from bot.home.messages import not_matched
from bot.home.model import MatchProblem
from bot.incidents.card_links import link_buttons
from bot.incidents.filters import matching_all
from bot.incidents.list_view import NAME_FILTER_LIMIT, IncidentList
from bot.incidents.messages.card import card, chooser, not_found
from bot.incidents.messages.listing import listing
from bot.incidents.queries import find_incidents, gather_listing, people_of
from bot.incidents.search import read_search
from bot.messages import Message
from bot.messages.input.typed import unquoted
from bot.messages.views import IncidentCard
from bot.people.directory import link_profiles, normalised_email
from bot.teams.access import SlackPerson
from handlers.dispatch.answers import Refusal
from handlers.dispatch.context import Request

# Six digits without # may be an error code to search for.
_NUMBER: Final = re.compile(r"#[0-9A-F]{6}|(?=[A-F]*[0-9])(?=[0-9]*[A-F])[0-9A-F]{6}|[0-9a-f]{24}", re.IGNORECASE)


def read_list(words: str) -> IncidentList | IncidentCard:
    """Parse the words behind `incidents`; an incident's number asks for its card: 故障 is one word for both."""
    if _NUMBER.fullmatch(words):
        return read_card(words)
    return read_search(words)


def read_card(words: str) -> IncidentCard:
    """Parse the words behind `incident`: a number, an id or a pasted URL."""
    return IncidentCard(asked=unquoted(words))


async def draw_list(request: Request, view: IncidentList) -> Message:
    """List the incidents that a search finds."""
    if view.is_mine and not normalised_email(request.person.email):
        return not_matched(request.audience, MatchProblem.NO_ADDRESS, request.team.name)
    search = _named(view, request.person)
    among = await _in_storm(request, search.storm) if search.storm else None
    found, audience = await asyncio.gather(
        gather_listing(
            request.flashduty,
            request.team,
            search,
            now=request.now,
            fresh=request.fresh,
            among=among,
            narrow=lambda incidents: _narrowed(request, search, incidents),
        ),
        request.audience_by_permission(),
    )
    found = replace(found, known=await request.services.attributions.of(request.team.name, found.shown))
    return listing(audience, found, request.team.name)


def _named(view: IncidentList, person: SlackPerson) -> IncidentList:
    """Name the person who asks for their own incidents: whoever refreshes the message sees the same person's."""
    if not view.is_mine:
        return view
    return replace(view, is_mine=False, responder=person.name[:NAME_FILTER_LIMIT], responder_slack_id=person.id)


async def _narrowed(request: Request, search: IncidentList, incidents: Sequence[Incident]) -> Sequence[Incident]:
    """Leave out what fits no filter of ours; who the responders are in Slack is looked up where the filter needs it."""
    if not search.has_filter_of_ours:
        return incidents
    people: dict[int, Person] = {}
    if search.names_responder:
        ids = {one.person_id for incident in incidents for one in incident.responders if one.person_id}
        # Without the names it is not known whose the incidents are, so that a failure is the answer.
        people = await request.flashduty.persons(sorted(ids))
        if search.responder_slack_id not in {"", request.person.id}:
            people = await link_profiles(people, ids, request.services.digest_dependencies.profiles, notifies=False)
    known = await request.services.attributions.of(request.team.name, incidents) if search.names_responder else {}
    return matching_all(incidents, search, people=people, known=known, reader=request.person, now=request.now)


async def _in_storm(request: Request, storm: str) -> list[str]:
    """Return the ids of the incidents in a storm of the team that were open when they were seen last."""
    channel, began_at = storm_of(storm)
    rows = await request.services.cards.in_storm(request.team.name, channel, began_at)
    return [row.incident_id for row in rows if row.closed_at is None]


async def draw_incident(request: Request, view: IncidentCard) -> Message | Refusal:
    """Show one incident, or a choice where several match."""
    asked = view.asked
    if not asked:
        return Refusal(not_found(request.to_person, "", request.team.name))
    if request.fresh is not None and request.fresh.id == asked.lower():
        return await draw_card(request, request.fresh)
    found = await find_incidents(request.flashduty, request.team, asked, now=request.now)
    if not found:
        return Refusal(not_found(request.to_person, asked, request.team.name), "not found")
    if len(found) > 1:
        people = await people_of(request.flashduty, found)
        known = await request.services.attributions.of(request.team.name, found)
        return chooser(
            request.audience,
            found,
            asked.lstrip("#"),
            people=people,
            team=request.team.name,
            known=known,
        )
    return await draw_card(request, found[0])


async def draw_card(request: Request, incident: Incident) -> Message:
    """Draw the card of an incident."""
    people, audience = await asyncio.gather(
        people_of(request.flashduty, [incident], remembered_will_do=request.fresh is not None),
        request.audience_by_permission(),
    )
    known = await request.services.attributions.of(request.team.name, [incident])
    cards = request.team.settings.cards
    return card(
        audience,
        incident,
        people,
        team=request.team.name,
        known=known[incident.id],
        labels=cards.labels,
        links=tuple(link_buttons(incident.labels, cards)),
    )
