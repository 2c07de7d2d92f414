"""The choice of an incident to catch up on, where none was named, or several have the number. Pure."""

from collections.abc import Sequence
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import Incident
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.row import catch_up_control
from bot.incidents.messages.status import severity_mark, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, section
from bot.messages.buttons import REFRESH, control
from bot.messages.message import Message
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, mrkdwn
from bot.messages.views import ViewValue

# Below them is the way to all.
MAX_OPEN_CHOICES: Final = 5


def which_open(to: Audience, incidents: Sequence[Incident], team: str) -> Message:
    """Say how an incident is named, and offer the first of those that are open; all of them are one press away."""
    question = to.say(
        "Which incident? Type its number, for example `{command} catchup 0E83EE`, or choose an open one.",
        command=to.command,
    )
    whole = control(to.label("Open incidents"), REFRESH, ViewValue(team=team, view=IncidentList()), suffix="list")
    return Message.of(section(question), _choices(to, incidents, team), actions(whole))


def which_of_number(to: Audience, incidents: Sequence[Incident], typed: str, *, team: str) -> Message:
    """Offer the newest of those that have one number."""
    question = to.counted(
        len(incidents),
        "{count} incident has the number #{number}.",
        "{count} incidents have the number #{number}. Which one?",
        number=clipped(typed, 40),
    )
    return Message.of(section(question), _choices(to, incidents, team))


def _choices(to: Audience, incidents: Sequence[Incident], team: str) -> Rows | None:
    shown = incidents[:MAX_OPEN_CHOICES]
    blocks: list[Block] = [section(_named(to, one), catch_up_control(to, one, team)) for one in shown]
    return Rows(len(blocks), lambda count: Drawn.of(*blocks[:count])) if blocks else None


def _named(to: Audience, incident: Incident) -> Mrkdwn:
    return mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident))
