"""The actions on incidents, and their rows in the routing tables."""

from collections.abc import Mapping
from typing import Any, Final

from bot.assigning.messages.choices import FIND_PERSON
from bot.incidents.messages.actions.values import AnnounceActionValue, DetailsValue, FormValue
from bot.messages.buttons import ANNOUNCE_ACTION, INCIDENT_DETAILS, MORE, OPEN_FORM
from bot.messages.changes import actions
from bot.teams.access import Permission
from handlers.assigning.actions import ADDING, ESCALATING, REASSIGNING
from handlers.assigning.people import FIND_PERSON_ROUTE
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request
from handlers.dispatch.retries import press_again
from handlers.dispatch.route import FormRoute, OptionsRoute, Route, Visibility
from handlers.incidents.actions.action import Action
from handlers.incidents.actions.announce import announce_action
from handlers.incidents.actions.answers import with_answers
from handlers.incidents.actions.close import CLOSING, REOPENING
from handlers.incidents.actions.custom_action import RUNNING_ACTION
from handlers.incidents.actions.forms import FORM_SPECS, open_form, open_more, title_of_form
from handlers.incidents.actions.snooze import SNOOZING, WAKING
from handlers.incidents.actions.unacknowledge import UNACKNOWLEDGING
from handlers.incidents.details import opens_details, show_details

_ALL: Final[tuple[Action[Any], ...]] = (SNOOZING, WAKING, CLOSING, REOPENING, UNACKNOWLEDGING)
_GIVING: Final[tuple[Action[Any], ...]] = (REASSIGNING, ESCALATING, ADDING)
ACTIONS: Final[Mapping[str, Action[Any]]] = {one.route: one for one in (*_ALL, *_GIVING, RUNNING_ACTION)}


async def _announce(request: Request) -> Reply:
    return await announce_action(request, ACTIONS)


ACTION_BUTTONS: Final[Mapping[str, Route]] = {
    **{name: action.route_row() for name, action in ACTIONS.items()},
    ANNOUNCE_ACTION: Route(
        handle=_announce,
        reads=AnnounceActionValue,
        permission=Permission.RESPOND,
        visibility=Visibility.IN_PLACE,
        retry=press_again,
        change=lambda to, incoming: actions.announcing(to, incoming.incident),
    ),
    OPEN_FORM: Route(
        handle=open_form, reads=FormValue, permission=Permission.RESPOND, retry=press_again, opens=title_of_form
    ),
    INCIDENT_DETAILS: Route(
        handle=show_details, reads=DetailsValue, permission=Permission.VIEW, retry=press_again, opens=opens_details
    ),
    MORE: Route(handle=open_more, reads=FormValue, permission=Permission.VIEW, retry=press_again, opens=title_of_form),
}
ACTION_FORMS: Final[Mapping[str, FormRoute]] = {
    spec.callback_id: with_answers(spec.route_row()) for spec in FORM_SPECS.values()
}
ACTION_OPTIONS: Final[Mapping[str, OptionsRoute]] = {FIND_PERSON: FIND_PERSON_ROUTE}
