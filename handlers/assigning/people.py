"""The select that searches people for an incident."""

import asyncio
from typing import Final

from bot.assigning.gather import find_members, names_of
from bot.assigning.messages.choices import nobody_found, people_unread, person_choices
from bot.assigning.model import OnCallSchedule, on_call_ids, on_call_now
from bot.flashduty import FlashdutyError, Person
from bot.messages.audience import Audience
from bot.teams.access import Permission
from handlers.dispatch.answers import Options
from handlers.dispatch.context import Request
from handlers.dispatch.requests import OptionsQuery
from handlers.dispatch.route import OptionsRoute

_TYPED_LIMIT: Final = 100


async def find_person_options(request: Request, query: OptionsQuery) -> Options:
    """List who is on call and fits what was typed, then the members of the account that do."""
    to, typed = request.to_person, query.typed.strip().lstrip("@")[:_TYPED_LIMIT]
    on_call, members = await asyncio.gather(_on_call(request), _members(request, typed))
    people = await names_of(request.flashduty, on_call_ids(on_call))
    choices = person_choices(to, typed, on_call=on_call, people=people, others=members or ())
    if members is None:
        return Options((*choices, people_unread(to)))
    return Options(choices or (nobody_found(to, typed),))


def fallback_person_options(to: Audience, _: OptionsQuery) -> Options:
    """Say that people could not be read."""
    return Options((people_unread(to),))


async def _on_call(request: Request) -> tuple[OnCallSchedule, ...]:
    current = await request.services.schedules.get_recent(request.team)
    return on_call_now(current.schedules, request.now) if current is not None else ()


async def _members(request: Request, typed: str) -> tuple[Person, ...] | None:
    try:
        return await find_members(request.flashduty_for_names(), typed)
    except FlashdutyError:
        return None


FIND_PERSON_ROUTE: Final = OptionsRoute(
    handle=find_person_options, fallback=fallback_person_options, permission=Permission.RESPOND
)
