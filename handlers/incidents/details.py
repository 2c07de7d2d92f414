"""Details: everything about one incident, in a view that opens at once and fills as its parts are read."""

import asyncio
from dataclasses import replace

from bot.cards.details.gather import gather_details, read_told_timeline
from bot.cards.details.model import DetailsContents
from bot.cards.details.seen import SeenIncident
from bot.cards.messages.details.details import DETAILS_TITLE, incident_details, later_page
from bot.flashduty import Incident, Unreachable
from bot.incidents.messages.actions.more import form_elsewhere
from bot.incidents.messages.actions.values import DetailsValue
from bot.incidents.queries import people_of
from bot.incidents.scope import read_incident
from bot.messages import Message
from bot.messages.buttons import REFRESH_SUFFIX
from bot.messages.forms import Form, message_form
from bot.messages.language import Marked
from handlers.dispatch.answers import OpenForm
from handlers.dispatch.context import Incoming, Request


def opens_details(incoming: Incoming) -> Marked | None:
    """Return the title of the view; None where it shows the incident already, which stays until there is more."""
    suffix = incoming.pressed[0].partition(":")[2] if incoming.pressed is not None else ""
    return None if suffix in {REFRESH_SUFFIX, "older", "newer"} else DETAILS_TITLE


async def show_details(request: Request) -> OpenForm:
    """Read an incident and its parts, and show each as soon as it is there."""
    value = request.value_as(DetailsValue)
    seen = request.services.seen_incidents.of(request.team.name, value.incident_id)
    try:
        incident = await _read(request, value, seen)
    except Unreachable as silence:
        if seen is None or request.standing is not None:
            raise
        return _drawn(request, (await _contents(request, seen)).without(silence), value)
    contents = await _contents(request, SeenIncident(incident, request.now))
    if value.skip:
        return await _later_page(request, contents, value)
    found = await gather_details(
        request.flashduty,
        contents,
        team=request.team,
        sources=request.services.summary_sources,
        attributions=request.services.attributions,
        show=lambda so_far: _show(request, so_far, value),
        step=request.limits.part,
    )
    request.keep_what_stands([found.timeline, found.alerts, found.similar])
    return _drawn(request, found, value)


async def _read(request: Request, value: DetailsValue, seen: SeenIncident | None) -> Incident:
    """Read the incident; while that takes long, show what was seen of it last."""
    reading = asyncio.ensure_future(read_incident(request.flashduty, request.team, value.incident_id))
    try:
        if seen is not None:
            done, _ = await asyncio.wait({reading}, timeout=request.limits.part)
            if not done:
                await _show(request, await _contents(request, seen), value)
        incident = await reading
    finally:
        reading.cancel()
    request.services.seen_incidents.note(request.team.name, incident, request.now)
    return incident


async def _contents(request: Request, seen: SeenIncident) -> DetailsContents:
    known = await request.services.attributions.of(request.team.name, [seen.incident])
    people = request.flashduty.cached_persons(one.person_id for one in seen.incident.responders if one.person_id)
    return DetailsContents(
        incident=seen.incident,
        as_of=seen.at,
        key_setting=request.team.key_setting,
        people=people,
        known=known[seen.incident.id],
    )


async def _show(request: Request, contents: DetailsContents, value: DetailsValue) -> None:
    """Show what there is so far; what stood there before a refresh stays instead."""
    if request.standing is None:
        message = incident_details(request.to_person, contents, value)
        await request.show_meanwhile(_form(request, message))


async def _later_page(request: Request, contents: DetailsContents, value: DetailsValue) -> OpenForm:
    incident, flashduty = contents.incident, request.flashduty
    people, timeline = await asyncio.gather(
        people_of(flashduty, [incident], remembered_will_do=True),
        read_told_timeline(
            flashduty, incident, contents.known, team=request.team, sources=request.services.summary_sources
        ),
    )
    message = later_page(request.to_person, replace(contents, people=people), timeline, place=value)
    return _opened(request, message, incident)


def _drawn(request: Request, contents: DetailsContents, value: DetailsValue) -> OpenForm:
    return _opened(request, incident_details(request.to_person, contents, value), contents.incident)


def _opened(request: Request, message: Message, incident: Incident) -> OpenForm:
    elsewhere = form_elsewhere(request.to_person, incident)
    return OpenForm(_form(request, message), elsewhere, outcome="details shown")


def _form(request: Request, message: Message) -> Form:
    to = request.to_person
    return message_form(to, to.translated_label(DETAILS_TITLE), message)
