"""Unacknowledge: withdraw what was acknowledged in Slack, whoever pressed then."""

from typing import Final

from bot.incidents.actions.acknowledge import WithdrawAcknowledgement
from bot.incidents.messages.actions.unacknowledge import UnacknowledgeWords
from bot.incidents.messages.actions.values import UnacknowledgeValue
from bot.messages.buttons import UNACKNOWLEDGE
from bot.messages.changes import actions
from handlers.dispatch.context import Request
from handlers.incidents.actions.action import Action


def _unacknowledge(request: Request, value: UnacknowledgeValue) -> WithdrawAcknowledgement:
    del value
    services = request.services
    return WithdrawAcknowledgement(acknowledgements=services.acknowledgements, attributions=services.attributions)


UNACKNOWLEDGING: Final = Action(
    route=UNACKNOWLEDGE,
    reads=UnacknowledgeValue,
    changing=actions.unacknowledging,
    words=UnacknowledgeWords(),
    command=_unacknowledge,
)
