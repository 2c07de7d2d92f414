"""Open the form of an action, or More: at once, and drawn when the incident is read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.incidents.messages.actions.more import MORE_TITLE, form_elsewhere, more_form
from bot.incidents.messages.actions.offer_rows import ControlPlace
from bot.incidents.messages.actions.snooze_form import ACKNOWLEDGE_AND_SNOOZE_TITLE
from bot.incidents.messages.actions.values import ActionForm, FormValue
from bot.incidents.queries import people_of
from bot.incidents.scope import read_incident
from bot.messages.language import Marked
from handlers.assigning.forms import ADD_SPEC, ESCALATE_SPEC, REASSIGN_SPEC
from handlers.dispatch.answers import OpenForm, Refusal
from handlers.dispatch.context import Incoming, Request
from handlers.incidents.actions.answers import ANSWER_SPECS
from handlers.incidents.actions.close import CLOSE_SPEC, REOPEN_SPEC
from handlers.incidents.actions.form import ActionFormSpec
from handlers.incidents.actions.snooze import SNOOZE_SPEC

FORM_SPECS: Final[Mapping[ActionForm, ActionFormSpec]] = {
    "snooze": SNOOZE_SPEC,
    "acknowledge_and_snooze": replace(SNOOZE_SPEC, title=ACKNOWLEDGE_AND_SNOOZE_TITLE),
    "close": CLOSE_SPEC,
    "reopen": REOPEN_SPEC,
    "reassign": REASSIGN_SPEC,
    "escalate": ESCALATE_SPEC,
    "add_responder": ADD_SPEC,
    "answer_acknowledge": ANSWER_SPECS["answer_acknowledge"],
    "answer_close": ANSWER_SPECS["answer_close"],
}


def title_of_form(incoming: Incoming) -> Marked | None:
    """Return the title of the form that opens before anything is read."""
    value = incoming.value
    if not isinstance(value, FormValue):
        return None
    return MORE_TITLE if value.form == "more" else FORM_SPECS[value.form].title


async def open_form(request: Request) -> OpenForm | Refusal:
    """Read the incident, and draw the form of the action."""
    value = _began(request)
    if value.form == "more":
        return await open_more(request)
    incident = await read_incident(request.flashduty, request.team, value.incident_id)
    return await FORM_SPECS[value.form].open(request, value, incident)


async def open_more(request: Request) -> OpenForm:
    """Read the incident, and list what can be done about it."""
    value = _began(request)
    incident = await read_incident(request.flashduty, request.team, value.incident_id)
    request.services.seen_incidents.note(request.team.name, incident, request.now)
    may_change = await request.services.key_permissions.may_change(request.team.name)
    audience = replace(request.to_person, may_act=await request.shows_action_controls(), may_change=may_change)
    known = await request.services.attributions.of(request.team.name, [incident])
    people = await people_of(request.flashduty_for_names(), [incident], remembered_will_do=True)
    place = ControlPlace(team=request.team.name, view=value.view, channel=value.channel, thread=value.thread)
    learnt = await request.services.learnt_actions.of(request.team.name, incident.channel_id)
    custom = request.team.custom_actions(learnt)
    form = more_form(audience, incident, people, place=place, known=known[incident.id], custom=custom)
    return OpenForm(form, form_elsewhere(request.to_person, incident), outcome="more shown")


def _began(request: Request) -> FormValue:
    """Return what opened a form, with the channel and the thread in which that was pressed."""
    value, origin = request.value_as(FormValue), request.origin
    if value.channel or not origin.channel:
        return value
    return replace(value, channel=origin.channel, thread=origin.announcement_thread or "")
