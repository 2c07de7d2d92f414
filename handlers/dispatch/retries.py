"""Controls that repeat a request after a failure; each route names the function that makes its control.

A value too long for a control gets none: a truncated value would request something else.
"""

from dataclasses import replace

from bot.incidents.messages.actions.values import ActionValue
from bot.messages.buttons import REFRESH, SHARE, ButtonValue, fits
from bot.messages.errors import Retry
from bot.messages.views import IncidentCard
from handlers.dispatch.context import Incoming


def retry_by_drawing(incoming: Incoming, team: str) -> Retry | None:
    """Return the control that draws the requested view in place of the error."""
    return _offer(REFRESH, _repeated(incoming, team))


def press_again(incoming: Incoming, team: str) -> Retry | None:
    """Return the pressed control itself."""
    return _offer(incoming.route or REFRESH, _repeated(incoming, team))


def press_on_the_card(incoming: Incoming, team: str) -> Retry | None:
    """Return the pressed control as on the incident's card, which replaces the error."""
    value = _repeated(incoming, team)
    if isinstance(value, ActionValue):
        value = replace(value, view=IncidentCard(asked=value.incident_id))
    return _offer(incoming.route or REFRESH, value)


def share_again(incoming: Incoming, team: str) -> Retry | None:
    """Return the control that shows the requested view to the channel, in the thread of the request."""
    return _offer(SHARE, _repeated(incoming, team))


def _repeated(incoming: Incoming, team: str) -> ButtonValue:
    """Return the value with the minute and the thread of the first request."""
    return replace(
        incoming.value, team=team, occasion=incoming.occasion, thread=incoming.origin.announcement_thread or ""
    )


def _offer(route: str, value: ButtonValue) -> Retry | None:
    return Retry(route, value) if fits(value) else None
