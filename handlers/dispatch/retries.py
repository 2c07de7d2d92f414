"""Controls that ask for the same again after a failure; each route names the one it needs.

There is none for what is too long for a control to carry: a part of it would ask for something else.
"""

from dataclasses import replace

from bot.incidents.messages.row import AcknowledgeValue
from bot.messages.buttons import REFRESH, ButtonValue, fits
from bot.messages.errors import Retry
from bot.messages.views import IncidentCard
from handlers.dispatch.context import Incoming


def retry_by_drawing(incoming: Incoming, team: str) -> Retry | None:
    """Offer to draw what was asked for, in place of the error."""
    return _offer(REFRESH, _repeated(incoming, team))


def press_again(incoming: Incoming, team: str) -> Retry | None:
    """Offer the pressed control as it was."""
    return _offer(incoming.route or REFRESH, _repeated(incoming, team))


def press_on_the_card(incoming: Incoming, team: str) -> Retry | None:
    """Offer the pressed control as it stands on the incident's card, which takes the place of the error."""
    value = _repeated(incoming, team)
    if isinstance(value, AcknowledgeValue):
        value = replace(value, view=IncidentCard(asked=value.incident_id))
    return _offer(incoming.route or REFRESH, value)


def _repeated(incoming: Incoming, team: str) -> ButtonValue:
    """Return the value it was asked with, and when and in which thread that was first."""
    return replace(incoming.value, team=team, occasion=incoming.occasion, thread=incoming.origin.line_thread or "")


def _offer(route: str, value: ButtonValue) -> Retry | None:
    return Retry(route, value) if fits(value) else None
